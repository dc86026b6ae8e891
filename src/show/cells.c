/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grid: which clip stands in which cell. A clip with a span (SPEC G4) stands in up to four. */
#include "config.h"

#include "show/objects.h"

void cells_set(struct show *show, const struct show_clip *clip, int slot)
{
    for (int r = clip->row; r < clip->row + clip->rows; r++)
        for (int c = clip->column; c < clip->column + clip->columns; c++)
            show->cell[clip->tab][r][c] = (int16_t)slot;
}

bool show_span_allowed(int rows, int columns)
{
    return rows >= 1 && columns >= 1 && rows * columns <= 4 && rows * columns != 3;
}

static int check_shape(const struct show *show, const struct show_clip *clip, struct err *err)
{
    if (clip->tab < 0 || clip->tab >= show->tabs)
        return err_set(err, ERR_UNKNOWN, "%d/%d/%d: there is no tab %d, the show has %d",
                       clip->tab + 1, clip->row + 1, clip->column + 1, clip->tab + 1, show->tabs);
    if (!show_span_allowed(clip->rows, clip->columns))
        return err_set(err, ERR_RANGE, "span [%d, %d]: [1, 1], [1, 2], [2, 1], [2, 2], [1, 4] or [4, 1] rows and columns",
                       clip->rows, clip->columns);
    const struct show_tab *tab = show->tab[clip->tab];
    if (clip->row < 0 || clip->column < 0 || clip->row + clip->rows > tab->rows || clip->column + clip->columns > tab->columns)
        return err_set(err, ERR_RANGE, "%d/%d/%d%s: outside of tab %d, which has %d rows and %d columns",
                       clip->tab + 1, clip->row + 1, clip->column + 1, clip->rows * clip->columns > 1 ? " with its span" : "",
                       clip->tab + 1, tab->rows, tab->columns);
    return 0;
}

int cells_check(const struct show *show, int slot, const struct show_clip *clip, struct err *err)
{
    if (check_shape(show, clip, err))
        return -1;
    for (int r = clip->row; r < clip->row + clip->rows; r++) {
        for (int c = clip->column; c < clip->column + clip->columns; c++) {
            int there = show->cell[clip->tab][r][c];
            if (there >= 0 && there != slot)
                return err_set(err, ERR_REFUSED, "%d/%d/%d: taken by %s", clip->tab + 1, r + 1, c + 1, show->clip[there]->id);
        }
    }
    return 0;
}

int cells_outside(const struct show *show, int tab, int rows, int columns)
{
    int outside = 0;
    for (int r = 0; r < SHOW_ROWS; r++) {
        for (int c = 0; c < SHOW_COLUMNS; c++) {
            int slot = show->cell[tab][r][c];
            if (slot < 0)
                continue;
            const struct show_clip *clip = show->clip[slot];
            bool first = clip->row == r && clip->column == c;
            if (first && (r + clip->rows > rows || c + clip->columns > columns))
                outside++;
        }
    }
    return outside;
}

int show_slot_at(const struct show *show, int tab, int row, int column)
{
    if (tab < 0 || tab >= SHOW_TABS || row < 0 || row >= SHOW_ROWS || column < 0 || column >= SHOW_COLUMNS)
        return -1;
    return show->cell[tab][row][column];
}
