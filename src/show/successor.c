/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which clip comes after a clip, as its property `follow` says (SPEC P7). */
#include "config.h"

#include "show/show.h"

#include <string.h>

/* The next clip of its tab in reading order: along the row, then on with the row below. */
static int next_in_tab(const struct show *show, const struct show_clip *clip)
{
    const struct show_tab *tab = show_tab(show, clip->tab);
    for (int place = clip->row * tab->columns + clip->column + 1; place < tab->rows * tab->columns; place++) {
        int row = place / tab->columns, column = place % tab->columns;
        int slot = show_slot_at(show, clip->tab, row, column);
        const struct show_clip *found = slot < 0 ? NULL : show_clip(show, slot);
        if (found && found->row == row && found->column == column)      /* its own cell, not one it spans */
            return slot;
    }
    return -1;
}

int show_successor(const struct show *show, const struct show_clip *clip)
{
    if (!clip->follow || !strcmp(clip->follow, "stop"))
        return -1;
    return strcmp(clip->follow, "next") ? show_slot_by_id(show, clip->follow) : next_in_tab(show, clip);
}
