/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The `:` line: editing, history, completion. Pure but for its memory. While it is open letters are
 * text and fire nothing; panic goes before it (screen.c).
 *
 * Keys: arrows, Home ^A, End ^E, Backspace, Delete, ^W word, ^U to the start, ^K to the end, Up and
 * Down history (only lines that begin with what was typed), Tab completes, Enter does it, Esc leaves.
 */
#ifndef SCREEN_PROMPT_H
#define SCREEN_PROMPT_H

#include "base/strbuf.h"
#include "screen/input.h"

#include <stdbool.h>
#include <stddef.h>

enum { PROMPT_BYTES = 4096, PROMPT_HISTORY = 200 };
enum prompt_end { PROMPT_OPEN, PROMPT_DONE /* text is to be done */, PROMPT_LEFT };

struct prompt {
    bool open;
    char text[PROMPT_BYTES];            /* UTF-8 */
    size_t length, at;                  /* bytes; bytes before the cursor */
    char *history[PROMPT_HISTORY];      /* owned, oldest first, no two neighbours alike */
    int histories, recalled;            /* recalled: index shown, histories if none */
    char *typed;                        /* owned: what stood before recalling */
    struct strbuf candidates;           /* of the newest Tab, one a line, to be shown; "" or NULL: none */
};

void prompt_init(struct prompt *prompt);
void prompt_clear(struct prompt *prompt);       /* frees all */
void prompt_start(struct prompt *prompt, const char *text);
/* Gives it a key other than Tab. Return: what became of it; on PROMPT_DONE text stays until the next start. */
enum prompt_end prompt_key(struct prompt *prompt, struct key key);
void prompt_insert(struct prompt *prompt, const char *text);    /* control characters become blanks; cut at the room there is */
/* Completes the word before the cursor: inserts what all candidates have in common, and a blank after the only one.
 * candidates: whole words, one a line. Keeps them for showing where there are several. */
void prompt_complete(struct prompt *prompt, const char *candidates);
/* Return: where the word before the cursor begins. */
size_t prompt_word_start(const struct prompt *prompt);
/* Draws it in one line and places the cursor; candidates into the line above if y_above >= 0. */
void prompt_draw(const struct prompt *prompt, int y, int y_above, int width);

#endif
