/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session document: making one, and reading it. How it changes is in edit.c and history.c. */
#include "config.h"

#include "show/objects.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct show *show_new(void)
{
    struct show *show = xcalloc(1, sizeof *show);
    memset(show->cell, -1, sizeof show->cell);
    ids_init(show);
    show->head = xmalloc(sizeof *show->head);
    show_head_init(show->head);
    for (int i = 0; i < SHOW_GROUPS; i++) {
        show->group[i] = xmalloc(sizeof *show->group[i]);
        show_group_init(show->group[i]);
    }
    show->tab[0] = xmalloc(sizeof *show->tab[0]);
    show_tab_init(show->tab[0]);
    show->tabs = 1;
    show_touch_all(show);
    return show;
}

void show_free(struct show *show)
{
    if (!show)
        return;
    history_clear(&show->history);
    for (int i = 0; i < show->slots; i++)
        document_image_free(SHOW_OBJECT_CLIP, (union document_image){.clip = show->clip[i]});
    for (int i = 0; i < SHOW_GROUPS; i++)
        document_image_free(SHOW_OBJECT_GROUP, (union document_image){.group = show->group[i]});
    for (int i = 0; i < SHOW_TABS; i++)
        document_image_free(SHOW_OBJECT_TAB, (union document_image){.tab = show->tab[i]});
    document_image_free(SHOW_OBJECT_HEAD, (union document_image){.head = show->head});
    free(show);
}

const struct show_head *show_head(const struct show *show)
{
    return show->head;
}

const struct show_group *show_group(const struct show *show, int group)
{
    return group >= 0 && group < SHOW_GROUPS ? show->group[group] : NULL;
}

int show_tabs(const struct show *show)
{
    return show->tabs;
}

const struct show_tab *show_tab(const struct show *show, int tab)
{
    return tab >= 0 && tab < SHOW_TABS ? show->tab[tab] : NULL;
}

const struct show_clip *show_clip(const struct show *show, int slot)
{
    return slot >= 0 && slot < SHOW_CLIPS ? show->clip[slot] : NULL;
}

int show_clips(const struct show *show)
{
    return show->clips;
}

int show_slots(const struct show *show)
{
    return show->slots;
}

uint64_t show_revision(const struct show *show)
{
    return show->revision;
}

void show_mark_saved(struct show *show, uint64_t revision)
{
    show->saved = revision;
}

bool show_dirty(const struct show *show)
{
    return show->revision != show->saved;
}
