/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which part of the screen is where, for every size of the terminal. Pure. The bottom lines have
 * fixed places, so that the eye learns them; what is left over goes to the grid and the playing list.
 */
#ifndef SCREEN_GEOMETRY_H
#define SCREEN_GEOMETRY_H

#include <stdbool.h>

enum { GEOMETRY_ROWS = 24, GEOMETRY_COLUMNS = 80 };     /* the least terminal */

struct geometry_tab { int rows, columns; };             /* size of a tab that is shown */

struct geometry_page {                  /* the grid of one tab */
    int y, x, width;
    int cell_height, cell_width, gap;   /* width without the gap right of it */
    int rows, columns;                  /* cells shown */
};

enum { GEOMETRY_PAGES = 2 };
struct geometry {
    bool fits;                          /* false: too small, only a sentence is shown */
    int width, height;
    int tabs_y;
    int pages;                          /* side by side, from the left */
    struct geometry_page page[GEOMETRY_PAGES];
    int list_y, list_height;            /* playing list; height 0: hidden by a panel, as are the next three (y -1) */
    int meters_y, cursor_y, device_y;
    int panel_y, panel_height;          /* 0: no panel */
    int notice_y;
};

/* tab: of so many pages, 1 or 2; a size of 0 is taken for that of the key window. */
void geometry_make(struct geometry *geometry, int height, int width, const struct geometry_tab *tab, int pages, bool panel);

#endif
