/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things are on the screen: see layout.h. */
#include "config.h"

#include "screen/layout.h"

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

static void place_columns(struct layout *layout, int tab_columns)
{
    int shown = clamp(layout->width / WIDE_CELL, KEY_COLUMNS, tab_columns > KEY_COLUMNS ? tab_columns : KEY_COLUMNS);
    if (tab_columns < shown)
        shown = tab_columns;
    int pitch = clamp(layout->width / shown, LAYOUT_COLUMNS / KEY_COLUMNS, WIDEST_CELL);
    layout->gap = 1;
    layout->cell_width = pitch - layout->gap;
    layout->grid_columns = shown;
}

/* Cells have four lines; five where that shows the whole tab; three beside a panel. */
static void place_rows(struct layout *layout, int tab_rows, bool panel)
{
    int room = layout->height - 1 - BOTTOM - LIST_LEAST;
    layout->cell_height = panel ? 3 : room >= tab_rows * 5 && tab_rows > 0 ? 5 : 4;
    int most = panel ? KEY_ROWS : room / layout->cell_height;
    layout->grid_rows = tab_rows < most ? tab_rows : most;
}

static void place_panel(struct layout *layout, int below)
{
    layout->panel_y = below;
    layout->panel_height = layout->notice_y - below;
    layout->list_y = layout->meters_y = layout->cursor_y = layout->device_y = -1;
    layout->list_height = 0;
}

void layout_make(struct layout *layout, int height, int width, int tab_rows, int tab_columns, bool panel)
{
    memset(layout, 0, sizeof *layout);
    layout->height = height;
    layout->width = width;
    layout->fits = height >= LAYOUT_ROWS && width >= LAYOUT_COLUMNS;
    layout->notice_y = height - 1;
    if (!layout->fits)
        return;
    layout->grid_y = 1;
    place_columns(layout, tab_columns > 0 ? tab_columns : KEY_COLUMNS);
    place_rows(layout, tab_rows > 0 ? tab_rows : KEY_ROWS, panel);
    int shown = layout->grid_rows > KEY_ROWS ? layout->grid_rows : KEY_ROWS;
    int below = layout->grid_y + shown * layout->cell_height;
    if (panel) {
        place_panel(layout, below);
        return;
    }
    layout->device_y = height - 2;
    layout->cursor_y = height - 3;
    layout->meters_y = height - 4;
    layout->list_y = below;
    layout->list_height = layout->meters_y - below;
}
