/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One document becomes another, as one step that can be undone. A clip whose id is in both keeps
 * its slot, so that what sounds stays what it is. First everything is taken out, then put in:
 * the places of two documents cannot meet.
 */
#include "config.h"

#include "show/objects.h"
#include "base/xalloc.h"

#include <assert.h>
#include <stdlib.h>

static void take_out(struct show *show)
{
    for (int slot = 0; slot < show->slots; slot++)
        show_remove_clip(show, slot);
}

static void take_tabs(struct show *show, const struct show *other)
{
    struct err err;
    for (int tab = show->tabs - 1; tab >= other->tabs; tab--) {
        struct show_change change = {SHOW_OBJECT_TAB, tab};
        history_record(show, change, document_swap(show, change, (union document_image){0}));
    }
    for (int tab = 0; tab < other->tabs; tab++) {
        int result = show_put_tab(show, tab, other->tab[tab], &err);
        assert(result == 0);
        (void)result;
    }
}

/* slot: of each of the other's clips in the show, -1: it has none of that id. */
static void put_in(struct show *show, const struct show *other, const int *slot, bool known)
{
    struct err err;
    for (int i = 0; i < other->slots; i++)
        if (other->clip[i] && known == (slot[i] >= 0))
            show_put_clip(show, slot[i], other->clip[i], &err);
}

void show_replace(struct show *show, const struct show *other, const char *what)
{
    int *slot = xcalloc(SHOW_CLIPS, sizeof *slot);
    for (int i = 0; i < other->slots; i++)
        slot[i] = other->clip[i] ? show_slot_by_id(show, other->clip[i]->id) : -1;
    show_edit_begin(show, what);
    take_out(show);
    take_tabs(show, other);
    show_put_head(show, other->head);
    for (int group = 0; group < SHOW_GROUPS; group++)
        show_put_group(show, group, other->group[group]);
    put_in(show, other, slot, true);
    put_in(show, other, slot, false);
    show_edit_end(show);
    free(slot);
}
