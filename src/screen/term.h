/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal: set-up, colours, drawing, raw input. term.c is the only file that knows curses.
 * Drawing goes into a picture of our own; term_flush() hands curses only the cells that differ
 * from what it was given last, so a picture that did not change costs no byte and no time.
 * One terminal a process; the screen's only thread.
 */
#ifndef SCREEN_TERM_H
#define SCREEN_TERM_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* A style is a hue and looks or'ed together. Without colours the hue is left out and the looks stay. */
enum term_hue {
    TERM_DEFAULT, TERM_RED, TERM_GREEN, TERM_YELLOW, TERM_BLUE, TERM_MAGENTA, TERM_CYAN, TERM_WHITE,
    TERM_ORANGE, TERM_PINK, TERM_PURPLE, TERM_GREY, TERM_HUES,
};
enum {
    TERM_HUE = 0x0f,                    /* mask of the hue */
    TERM_BOLD = 0x10, TERM_DIM = 0x20, TERM_REVERSE = 0x40, TERM_UNDERLINE = 0x80, TERM_BLINK = 0x100,
};

/* Takes over the terminal on standard input and output. ascii: no character outside ASCII, also chosen when the locale is
 * not UTF-8. colors false, NO_COLOR or a terminal without: looks only. Return: 0, or -1 with err, the terminal untouched. */
int term_open(bool ascii, bool colors, struct err *err);
void term_close(void);                  /* gives it back as it was; safe on a terminal that is gone */
bool term_is_ascii(void);
/* Return: the hue of a colour name of the session ("red", "orange"...), or `otherwise`. */
enum term_hue term_hue_named(const char *name, enum term_hue otherwise);

int term_rows(void);
int term_columns(void);
bool term_resize(void);                 /* asks the terminal for its size. Return: it changed; the picture is blank then */
void term_repaint(void);                /* the next flush sends everything */

void term_erase(void);                  /* a blank picture */
/* Puts text at y, x, cut to `width` columns and to the screen. Return: columns used. */
int term_put(int y, int x, int width, unsigned style, const char *text);
/* Likewise, and blanks in the same style up to `width`. */
void term_put_line(int y, int x, int width, unsigned style, const char *text);
void term_cursor(int y, int x);         /* where the cursor is seen; y -1: nowhere */
void term_flush(void);
bool term_writable(void);               /* the terminal takes output now, so a flush would not wait */

int term_fd(void);                      /* for poll */
/* Return: bytes read (it was readable), 0 none, -1 the terminal is gone. */
long term_read(char *bytes, size_t size);

#endif
