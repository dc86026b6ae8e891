/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text as a terminal takes it: UTF-8 in, one terminal cell at a time out. Nothing that could
 * move the cursor or change the terminal comes through: control characters, bidirectional marks
 * and invalid bytes become a replacement character, invisible joiners and variation selectors
 * vanish, combining characters stay with their base. Any thread; set up once.
 */
#ifndef SCREEN_RUNES_H
#define SCREEN_RUNES_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

enum { RUNES_A_CELL = 4 };              /* a base, at most two combining characters, the end */

struct rune_cell {
    wchar_t text[RUNES_A_CELL];         /* ends with 0 */
    int width;                          /* 1 or 2 */
};

/* ascii: everything outside ASCII is shown as `?`. Widths follow the locale (LC_CTYPE). */
void runes_init(bool ascii);
/* Takes the next cell from *text and moves *text on. Return: false at the end. */
bool runes_next(const char **text, struct rune_cell *cell);
/* Return: columns the text takes. */
int runes_width(const char *text);
/* Return: how many bytes of text fit into `width` columns, never cutting a character. */
size_t runes_fit(const char *text, int width);
/* Return: bytes of the last whole character (with what combines with it) of the first `bytes` bytes; 0 if there is none. */
size_t runes_last(const char *text, size_t bytes);
/* Copies text to `out`, cut to `width` columns; where something was cut the last column is `mark` (may be ""). */
void runes_copy(char *out, size_t size, const char *text, int width, const char *mark);

#endif
