/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How people name a clip (SPEC G5): by place, T/R/C from 1, or by its id. */
#include "config.h"

#include "show/objects.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* One number of an address. Return: what follows it, or NULL. */
static const char *take_number(const char *text, int *number)
{
    int digits = 0;
    *number = 0;
    for (; isdigit((unsigned char)*text) && digits < 4; digits++)
        *number = *number * 10 + (*text++ - '0');
    return digits && digits < 4 ? text : NULL;
}

/* "T/R/C" by form alone. */
static bool read_place(const char *text, int *tab, int *row, int *column)
{
    const char *p = take_number(text, tab);
    if (p && *p == '/' && (p = take_number(p + 1, row)) && *p == '/' && (p = take_number(p + 1, column)) && !*p) {
        --*tab;
        --*row;
        --*column;
        return true;
    }
    return false;
}

int show_parse_place(const struct show *show, const char *text, int *tab, int *row, int *column, struct err *err)
{
    if (!read_place(text, tab, row, column))
        return err_set(err, ERR_USAGE, "%s: not a place; one is TAB/ROW/COLUMN, from 1, like 1/2/3", text);
    const struct show_tab *here = show_tab(show, *tab);
    if (!here)
        return err_set(err, ERR_UNKNOWN, "%s: there is no tab %d, the show has %d", text, *tab + 1, show->tabs);
    if (*row < 0 || *column < 0 || *row >= here->rows || *column >= here->columns)
        return err_set(err, ERR_RANGE, "%s: outside of tab %d, which has %d rows and %d columns",
                       text, *tab + 1, here->rows, here->columns);
    return 0;
}

int show_find(const struct show *show, const char *clip, struct err *err)
{
    int slot;
    if (strchr(clip, '/')) {
        int tab, row, column;
        if (show_parse_place(show, clip, &tab, &row, &column, err))
            return -1;
        slot = show_slot_at(show, tab, row, column);
        return slot >= 0 ? slot : err_set(err, ERR_UNKNOWN, "%s: no clip there", clip);
    }
    slot = show_slot_by_id(show, clip);
    if (slot >= 0)
        return slot;
    if (!show_id_valid(clip))
        return err_set(err, ERR_USAGE, "%s: not a clip; one is TAB/ROW/COLUMN, like 1/2/3, or an id", clip);
    return err_set(err, ERR_UNKNOWN, "%s: no clip has this id", clip);
}

const char *show_address(const struct show_clip *clip, char buffer[16])
{
    snprintf(buffer, 16, "%u/%u/%u", (clip->tab + 1) & 0xfu, (clip->row + 1) & 0x3fu, (clip->column + 1) & 0x3fu);
    return buffer;
}
