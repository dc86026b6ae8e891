/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two pages of a screen (SPEC G3): each has a tab of its own, with its cursor, key window and
 * scroll. One page is shown, or both side by side where there is room; keys and commands act on the
 * one that has the focus. The show keeps which tabs make a pair; each screen shows what it likes.
 */
#ifndef SCREEN_PAGES_H
#define SCREEN_PAGES_H

#include "screen/grid.h"

enum { PAGES = 2, PAGES_COLUMNS = 120 };        /* the least width for both */

struct pages {
    struct grid page[PAGES];            /* left, right */
    int focused;                        /* 0 or 1; alone in sight where one page is shown */
    bool dual;                          /* both are wanted */
    bool told;                          /* that there is no room for both */
};

void pages_init(struct pages *pages);
struct grid *pages_focused(struct pages *pages);
/* left, right: tabs from 1; 0: as they are. */
void pages_set(struct pages *pages, bool dual, int left, int right);
/* The tabs change sides; the focus goes with its tab. */
void pages_swap(struct pages *pages);
/* Return: how many are shown in so many columns. */
int pages_shown(const struct pages *pages, int width);
/* The page that stands at a place of so many shown. */
int pages_at(const struct pages *pages, int shown, int place);
/* The command by which the show learns what is paired. */
enum { PAGES_COMMAND = 48 };
void pages_fmt_command(const struct pages *pages, char line[PAGES_COMMAND]);

#endif
