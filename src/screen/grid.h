/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The grid of the tab that is shown: its cursor, its key window and its scroll, each remembered for
 * every tab (SPEC G1, U2). The window is the four rows and ten columns the play keys fire; it is
 * always in sight, and so is the cursor. The window moves when it is told to, and by itself only
 * as far as the scroll takes it along. Places count from 0.
 */
#ifndef SCREEN_GRID_H
#define SCREEN_GRID_H

#include "screen/glyphs.h"
#include "screen/keys.h"
#include "screen/geometry.h"
#include "screen/snapshot.h"

struct grid_place { int row, column; };

struct grid {
    int tab;                            /* shown */
    bool focused;                       /* its keys and its cursor are shown */
    struct grid_place cursor[STATE_TABS], window[STATE_TABS], scroll[STATE_TABS];   /* scroll: top left cell in sight */
    uint64_t face[STATE_ROWS][STATE_COLUMNS];       /* of the voice drawn at each place in sight (cell.h) */
};

void grid_init(struct grid *grid);
/* Keeps all places inside the tab and in sight. Call after every move, resize and change of a tab. page NULL: nothing is in
 * sight. */
void grid_settle(struct grid *grid, const struct snapshot *snapshot, const struct geometry_page *page);
void grid_move_cursor(struct grid *grid, const struct snapshot *snapshot, int rows, int columns);
void grid_move_window(struct grid *grid, const struct snapshot *snapshot, int rows, int columns);
/* Return: the clip at the cursor, at a place of the key window; NULL: none. */
const struct state_cell *grid_cursor_cell(const struct grid *grid, const struct snapshot *snapshot);
const struct state_cell *grid_window_cell(const struct grid *grid, const struct snapshot *snapshot, int row, int column);
/* all: onto a blank picture; otherwise only cells whose voice looks different by now. */
void grid_draw(struct grid *grid, bool all, const struct snapshot *snapshot, const struct geometry_page *page,
               const struct glyphs *glyphs);

#endif
