/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things are on the screen: see geometry.h. */
#include "config.h"

#include "screen/geometry.h"

#include <string.h>

enum {
    BOTTOM = 4,                         /* meters, cursor, device, notice */
    LIST_LEAST = 3,
    KEY_ROWS = 4, KEY_COLUMNS = 10,     /* always shown */
    WIDE_CELL = 12,                     /* from here on a cell shows all; wider terminals show more columns */
    WIDEST_CELL = 24,
};

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

static void place_columns(struct geometry *geometry, int tab_columns)
{
    int shown = clamp(geometry->width / WIDE_CELL, KEY_COLUMNS, tab_columns > KEY_COLUMNS ? tab_columns : KEY_COLUMNS);
    if (tab_columns < shown)
        shown = tab_columns;
    int pitch = clamp(geometry->width / shown, GEOMETRY_COLUMNS / KEY_COLUMNS, WIDEST_CELL);
    geometry->gap = 1;
    geometry->cell_width = pitch - geometry->gap;
    geometry->grid_columns = shown;
}

/* Cells have four lines; five where that shows the whole tab; three beside a panel. The list has an eighth of the screen, less
 * where that shows the whole tab. */
static void place_rows(struct geometry *geometry, int tab_rows, bool panel)
{
    int rows = tab_rows > KEY_ROWS ? tab_rows : KEY_ROWS, room = geometry->height - 1 - BOTTOM - LIST_LEAST;
    if (rows * 4 > room)
        room = geometry->height - 1 - BOTTOM - geometry->height / 8;
    geometry->cell_height = panel ? 3 : room >= rows * 5 ? 5 : 4;
    int most = panel ? KEY_ROWS : room / geometry->cell_height;
    geometry->grid_rows = tab_rows < most ? tab_rows : most;
}

static void place_panel(struct geometry *geometry, int below)
{
    geometry->panel_y = below;
    geometry->panel_height = geometry->notice_y - below;
    geometry->list_y = geometry->meters_y = geometry->cursor_y = geometry->device_y = -1;
    geometry->list_height = 0;
}

void geometry_make(struct geometry *geometry, int height, int width, int tab_rows, int tab_columns, bool panel)
{
    memset(geometry, 0, sizeof *geometry);
    geometry->height = height;
    geometry->width = width;
    geometry->fits = height >= GEOMETRY_ROWS && width >= GEOMETRY_COLUMNS;
    geometry->notice_y = height - 1;
    if (!geometry->fits)
        return;
    geometry->grid_y = 1;
    place_columns(geometry, tab_columns > 0 ? tab_columns : KEY_COLUMNS);
    place_rows(geometry, tab_rows > 0 ? tab_rows : KEY_ROWS, panel);
    int shown = geometry->grid_rows > KEY_ROWS ? geometry->grid_rows : KEY_ROWS;
    int below = geometry->grid_y + shown * geometry->cell_height;
    if (panel) {
        place_panel(geometry, below);
        return;
    }
    geometry->device_y = height - 2;
    geometry->cursor_y = height - 3;
    geometry->meters_y = height - 4;
    geometry->list_y = below;
    geometry->list_height = geometry->meters_y - below;
}
