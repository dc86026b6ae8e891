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

static void place_columns(struct geometry_page *page, int tab_columns)
{
    int shown = clamp(page->width / WIDE_CELL, KEY_COLUMNS, tab_columns > KEY_COLUMNS ? tab_columns : KEY_COLUMNS);
    if (tab_columns < shown)
        shown = tab_columns;
    page->gap = 1;
    page->cell_width = clamp(page->width / shown, 1 + page->gap, WIDEST_CELL) - page->gap;
    page->columns = shown;
}

/* Cells have four lines; five where that shows the whole tab; three beside a panel. The list has an eighth of the screen, less
 * where that shows the whole tab. rows: of the longest tab. */
static int place_rows(struct geometry *geometry, int rows, bool panel)
{
    int room = geometry->height - 1 - BOTTOM - LIST_LEAST;
    if (rows * 4 > room)
        room = geometry->height - 1 - BOTTOM - geometry->height / 8;
    int cell_height = panel ? 3 : room >= rows * 5 ? 5 : 4, most = panel ? KEY_ROWS : room / cell_height;
    for (int i = 0; i < geometry->pages; i++) {
        struct geometry_page *page = &geometry->page[i];
        page->cell_height = cell_height;
        page->rows = page->rows < most ? page->rows : most;
    }
    return (rows < most ? rows : most) * cell_height;
}

/* Return: where the grids end. */
static int place_pages(struct geometry *geometry, const struct geometry_tab *tab, bool panel)
{
    int longest = KEY_ROWS;
    for (int i = 0; i < geometry->pages; i++) {
        struct geometry_page *page = &geometry->page[i];
        page->y = 1;
        page->width = geometry->width / geometry->pages;
        page->x = i * page->width;
        page->rows = tab[i].rows > 0 ? tab[i].rows : KEY_ROWS;
        longest = page->rows > longest ? page->rows : longest;
        place_columns(page, tab[i].columns > 0 ? tab[i].columns : KEY_COLUMNS);
    }
    return 1 + place_rows(geometry, longest, panel);
}

static void place_panel(struct geometry *geometry, int below)
{
    geometry->panel_y = below;
    geometry->panel_height = geometry->notice_y - below;
    geometry->list_y = geometry->meters_y = geometry->cursor_y = geometry->device_y = -1;
    geometry->list_height = 0;
}

void geometry_make(struct geometry *geometry, int height, int width, const struct geometry_tab *tab, int pages, bool panel)
{
    memset(geometry, 0, sizeof *geometry);
    geometry->height = height;
    geometry->width = width;
    geometry->pages = pages;
    geometry->fits = height >= GEOMETRY_ROWS && width >= GEOMETRY_COLUMNS;
    geometry->notice_y = height - 1;
    if (!geometry->fits)
        return;
    int below = place_pages(geometry, tab, panel);
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
