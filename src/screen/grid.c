/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grid of a tab: see grid.h. */
#include "config.h"

#include "screen/grid.h"
#include "screen/cell.h"
#include "screen/term.h"

#include <stdio.h>
#include <string.h>

void grid_init(struct grid *grid)
{
    memset(grid, 0, sizeof *grid);
}

static int clamp(int value, int least, int most)
{
    return value > most ? (most < least ? least : most) : value < least ? least : value;
}

static const struct state_tab *tab_of(const struct grid *grid, const struct snapshot *snapshot)
{
    return &snapshot->desk.tab[grid->tab];
}

/* One axis: the least move of the scroll that shows the window, then the cursor; then the window is taken along. */
static void settle_axis(int *cursor, int *window, int *scroll, int size, int shown, int keys)
{
    int span = keys < size ? keys : size;
    *cursor = clamp(*cursor, 0, size - 1);
    *window = clamp(*window, 0, size - span);
    *scroll = clamp(*scroll, *window + span - shown, *window);
    *scroll = clamp(*scroll, *cursor - shown + 1, *cursor);
    *scroll = clamp(*scroll, 0, size - shown);
    *window = clamp(*window, *scroll, *scroll + shown - span);
}

void grid_settle(struct grid *grid, const struct snapshot *snapshot, const struct geometry_page *page)
{
    if (!snapshot_has_tab(snapshot, grid->tab))
        grid->tab = 0;
    const struct state_tab *tab = tab_of(grid, snapshot);
    if (tab->rows == 0 || tab->columns == 0)
        return;
    struct grid_place *cursor = &grid->cursor[grid->tab], *window = &grid->window[grid->tab], *scroll = &grid->scroll[grid->tab];
    int rows = page ? page->rows : KEYS_PLAY_ROWS;
    int columns = page ? page->columns : KEYS_PLAY_COLUMNS;
    settle_axis(&cursor->row, &window->row, &scroll->row, tab->rows, rows, KEYS_PLAY_ROWS);
    settle_axis(&cursor->column, &window->column, &scroll->column, tab->columns, columns, KEYS_PLAY_COLUMNS);
}

/* Within a span the cursor stands on its first place; a step goes past its end. */
void grid_move_cursor(struct grid *grid, const struct snapshot *snapshot, int rows, int columns)
{
    const struct state_tab *tab = tab_of(grid, snapshot);
    struct grid_place *cursor = &grid->cursor[grid->tab];
    const struct state_cell *from = grid_cursor_cell(grid, snapshot);
    struct grid_place to = {cursor->row + rows, cursor->column + columns};
    if (from && rows > 0)
        to.row = from->row + from->rows;
    if (from && columns > 0)
        to.column = from->column + from->columns;
    if (to.row < 0 || to.column < 0 || to.row >= tab->rows || to.column >= tab->columns)
        return;
    const struct state_cell *there = snapshot_cell_at(snapshot, grid->tab, to.row, to.column);
    if (there)
        to = (struct grid_place){there->row, there->column};
    *cursor = to;
}

/* The cursor goes with its window, and comes back into it. */
void grid_move_window(struct grid *grid, const struct snapshot *snapshot, int rows, int columns)
{
    const struct state_tab *tab = tab_of(grid, snapshot);
    struct grid_place *cursor = &grid->cursor[grid->tab], *window = &grid->window[grid->tab], was = *window;
    int span_rows = tab->rows < KEYS_PLAY_ROWS ? tab->rows : KEYS_PLAY_ROWS;
    int span_columns = tab->columns < KEYS_PLAY_COLUMNS ? tab->columns : KEYS_PLAY_COLUMNS;
    window->row = clamp(window->row + rows, 0, tab->rows - span_rows);
    window->column = clamp(window->column + columns, 0, tab->columns - span_columns);
    cursor->row = clamp(cursor->row + window->row - was.row, window->row, window->row + span_rows - 1);
    cursor->column = clamp(cursor->column + window->column - was.column, window->column, window->column + span_columns - 1);
}

const struct state_cell *grid_cursor_cell(const struct grid *grid, const struct snapshot *snapshot)
{
    const struct grid_place *cursor = &grid->cursor[grid->tab];
    return snapshot_cell_at(snapshot, grid->tab, cursor->row, cursor->column);
}

const struct state_cell *grid_window_cell(const struct grid *grid, const struct snapshot *snapshot, int row, int column)
{
    const struct grid_place *window = &grid->window[grid->tab];
    const struct state_tab *tab = tab_of(grid, snapshot);
    if (window->row + row >= tab->rows || window->column + column >= tab->columns)
        return NULL;
    return snapshot_cell_at(snapshot, grid->tab, window->row + row, window->column + column);
}

struct box { int y, x, height, width; };        /* of a cell on the screen, without its gap */

static struct box box_of(const struct geometry_page *page, int row, int column, int rows, int columns)
{
    int pitch = page->cell_width + page->gap;
    return (struct box){page->y + row * page->cell_height, page->x + column * pitch, rows * page->cell_height,
                        columns * pitch - page->gap};
}

static void name_key(const struct grid *grid, int row, int column, char key[8])
{
    const struct grid_place *window = &grid->window[grid->tab];
    int r = row - window->row, c = column - window->column;
    bool inside = grid->focused && r >= 0 && r < KEYS_PLAY_ROWS && c >= 0 && c < KEYS_PLAY_COLUMNS;
    snprintf(key, 8, "%.1s", inside ? (const char[2]){keys_play(r, c), '\0'} : "");
}

static void draw_runs(const struct cell_layout *cell, const struct box *box, bool reversed)
{
    unsigned reverse = reversed ? TERM_REVERSE : 0;
    for (int y = 0; y < box->height; y++)
        term_put_line(box->y + y, box->x, box->width, reverse, "");
    for (int i = 0; i < cell->runs; i++) {
        const struct cell_run *run = &cell->run[i];
        unsigned style = reversed ? run->style & ~(unsigned)TERM_DIM : run->style;
        term_put(box->y + run->y, box->x + run->x, box->width - run->x, style | reverse, run->text);
    }
}

/* The clip fired last is outlined at its sides, also for who sees no colour. */
static void draw_sides(const struct box *box, const struct geometry_page *page, const struct glyphs *glyphs, unsigned hue)
{
    for (int y = 0; y < box->height - (page->cell_height > 4); y++) {
        if (box->x > page->x)
            term_put(box->y + y, box->x - 1, 1, hue | TERM_BOLD, glyphs->side);
        term_put(box->y + y, box->x + box->width, 1, hue | TERM_BOLD, glyphs->side);
    }
}

/* Return: false if the place shows already what it should. */
static bool has_new_face(struct grid *grid, const struct snapshot *snapshot, const struct geometry_page *page,
                         const struct state_cell *cell, int y, int x)
{
    const struct state_voice *voice = cell ? snapshot_voice_of(snapshot, (int)(cell - snapshot->cell)) : NULL;
    uint64_t face = cell_face(voice, cell ? cell->columns * (page->cell_width + page->gap) - page->gap : 0);
    bool is_new = grid->face[y][x] != face;
    grid->face[y][x] = face;
    return is_new;
}

static bool is_cursor(const struct grid *grid, const struct snapshot *snapshot, const struct state_cell *cell, int row,
                      int column)
{
    const struct grid_place *cursor = &grid->cursor[grid->tab];
    return cell ? cell == grid_cursor_cell(grid, snapshot) : row == cursor->row && column == cursor->column;
}

static void draw_place(struct grid *grid, bool all, const struct snapshot *snapshot, const struct geometry_page *page,
                       const struct glyphs *glyphs, int y, int x)
{
    const struct grid_place *scroll = &grid->scroll[grid->tab];
    int row = scroll->row + y, column = scroll->column + x, rows = 1, columns = 1;
    const struct state_cell *cell = snapshot_cell_at(snapshot, grid->tab, row, column);
    struct cell_view view = {.state = CELL_EMPTY, .progress = -1};
    if (!has_new_face(grid, snapshot, page, cell, y, x) && !all)
        return;
    if (cell) {                         /* a span is drawn once, from its first place in sight */
        bool first = (row == cell->row || y == 0) && (column == cell->column || x == 0);
        if (!first)
            return;
        cell_view_clip(&view, snapshot, (int)(cell - snapshot->cell));
        rows = cell->row + cell->rows - row;
        columns = cell->column + cell->columns - column;
    }
    rows = clamp(rows, 1, page->rows - y);
    columns = clamp(columns, 1, page->columns - x);
    struct box box = box_of(page, y, x, rows, columns);
    struct cell_layout text;
    name_key(grid, row, column, view.key);
    cell_layout(&text, &view, glyphs, box.width, box.height - (page->cell_height > 4));
    bool at_cursor = grid->focused && is_cursor(grid, snapshot, cell, row, column);
    draw_runs(&text, &box, at_cursor);
    if (!all)
        return;                         /* what is beside the box stands already */
    if (cell && cell - snapshot->cell == snapshot->fired)
        draw_sides(&box, page, glyphs, view.hue);
    if (at_cursor)
        term_put(box.y, box.x + box.width, 1, TERM_BOLD, glyphs->cursor);
}

static void draw_welcome(const struct geometry_page *page)
{
    static const char *const lines[] = {
        "An empty show. Arrows move the cursor.",
        ":load FILE @   puts an audio file under the cursor",
        "?              shows all keys",
        "clipgrid demo  in a shell makes a show to look around in",
    };
    int indent = page->width < 80 ? 1 : 12;
    for (int i = 0; i < 4; i++)
        term_put(page->y + page->cell_height + 2 * i, page->x + indent, page->width - indent, i ? TERM_DEFAULT : TERM_BOLD,
                 lines[i]);
}

void grid_draw(struct grid *grid, bool all, const struct snapshot *snapshot, const struct geometry_page *page,
               const struct glyphs *glyphs)
{
    for (int y = 0; y < page->rows; y++)
        for (int x = 0; x < page->columns; x++)
            draw_place(grid, all, snapshot, page, glyphs, y, x);
    if (all && grid->focused && snapshot->desk.clips == 0)
        draw_welcome(page);
}
