/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changing the document: the put functions check an object against the rest of the show and swap
 * it in. What they refuse changes nothing; what they do is recorded in the open edit.
 */
#include "config.h"

#include "show/objects.h"
#include "base/xalloc.h"

#include <assert.h>
#include <stdlib.h>

static struct show_clip *swap_clip(struct show *show, int slot, struct show_clip *clip)
{
    struct show_clip *old = show->clip[slot];
    if (old) {
        ids_remove(show, slot);
        cells_set(show, old, -1);
        show->clips--;
    }
    show->clip[slot] = clip;
    if (clip) {
        ids_insert(show, slot);
        cells_set(show, clip, slot);
        show->clips++;
        if (slot >= show->slots)
            show->slots = slot + 1;
    }
    return old;
}

static struct show_tab *swap_tab(struct show *show, int index, struct show_tab *tab)
{
    struct show_tab *old = show->tab[index];
    show->tab[index] = tab;
    show->tabs += (tab != NULL) - (old != NULL);
    return old;
}

union document_image document_swap(struct show *show, struct show_change object, union document_image image)
{
    union document_image old = {0};
    switch (object.object) {
    case SHOW_OBJECT_CLIP:
        old.clip = swap_clip(show, object.index, image.clip);
        break;
    case SHOW_OBJECT_GROUP:
        old.group = show->group[object.index];
        show->group[object.index] = image.group;
        break;
    case SHOW_OBJECT_TAB:
        old.tab = swap_tab(show, object.index, image.tab);
        break;
    case SHOW_OBJECT_HEAD:
        old.head = show->head;
        show->head = image.head;
        break;
    }
    changes_add(&show->changes, object);
    return old;
}

static void put(struct show *show, enum show_object object, int index, union document_image image)
{
    struct show_change change = {object, index};
    history_record(show, change, document_swap(show, change, image));
}

static int check_id(const struct show *show, int slot, const char *id, struct err *err)
{
    if (!show_id_valid(id))
        return err_set(err, ERR_RANGE, "id %s: a letter and up to 62 letters, digits, _ . or -, and no word of the commands", id);
    int holder = show_slot_by_id(show, id);
    if (holder >= 0 && holder != slot) {
        char address[16];
        return err_set(err, ERR_REFUSED, "id %s: taken by the clip at %s", id, show_address(show->clip[holder], address));
    }
    return 0;
}

static int check_points(const struct show_clip *clip, struct err *err)
{
    int64_t in = clip->in < 0 ? 0 : clip->in;
    if (clip->out >= 0 && in >= clip->out)
        return err_set(err, ERR_RANGE, "in %lld, out %lld: in must be before out", (long long)in, (long long)clip->out);
    return 0;
}

static int free_slot(struct show *show)
{
    while (show->clip[show->free_slot])
        show->free_slot = (show->free_slot + 1) % SHOW_CLIPS;
    int slot = show->free_slot;
    show->free_slot = (slot + 1) % SHOW_CLIPS;
    return slot;
}

int show_put_clip(struct show *show, int slot, const struct show_clip *clip, struct err *err)
{
    if (!clip->file || !*clip->file)
        return err_set(err, ERR_RANGE, "file: a clip needs one");
    if (cells_check(show, slot, clip, err) || check_points(clip, err) || (clip->id && check_id(show, slot, clip->id, err)))
        return -1;
    union document_image image = {.clip = xmalloc(sizeof *image.clip)};
    show_clip_copy(image.clip, clip);
    if (!clip->id) {
        char id[64];
        show_new_id(show, id);
        image.clip->id = xstrdup(id);
    }
    if (slot < 0)
        slot = free_slot(show);
    put(show, SHOW_OBJECT_CLIP, slot, image);
    return slot;
}

int show_remove_clip(struct show *show, int slot)
{
    if (slot < 0 || slot >= SHOW_CLIPS || !show->clip[slot])
        return -1;
    put(show, SHOW_OBJECT_CLIP, slot, (union document_image){0});
    return 0;
}

void show_put_group(struct show *show, int group, const struct show_group *value)
{
    assert(group >= 0 && group < SHOW_GROUPS);
    union document_image image = {.group = xmalloc(sizeof *image.group)};
    show_group_copy(image.group, value);
    put(show, SHOW_OBJECT_GROUP, group, image);
}

int show_put_tab(struct show *show, int tab, const struct show_tab *value, struct err *err)
{
    if (tab < 0 || tab >= SHOW_TABS || tab > show->tabs)
        return err_set(err, ERR_REFUSED, "tab:%d: the show has %d tabs, the next new one is tab:%d of at most %d",
                       tab + 1, show->tabs, show->tabs + 1, SHOW_TABS);
    if (value->rows < 1 || value->rows > SHOW_ROWS || value->columns < 1 || value->columns > SHOW_COLUMNS)
        return err_set(err, ERR_RANGE, "tab:%d with %d rows and %d columns: 1 to %d rows and 1 to %d columns",
                       tab + 1, value->rows, value->columns, SHOW_ROWS, SHOW_COLUMNS);
    int outside = cells_outside(show, tab, value->rows, value->columns);
    if (outside)
        return err_set(err, ERR_REFUSED, "tab:%d with %d rows and %d columns: %d clip%s would not fit",
                       tab + 1, value->rows, value->columns, outside, outside == 1 ? "" : "s");
    union document_image image = {.tab = xmalloc(sizeof *image.tab)};
    show_tab_copy(image.tab, value);
    put(show, SHOW_OBJECT_TAB, tab, image);
    return 0;
}

void show_put_head(struct show *show, const struct show_head *value)
{
    union document_image image = {.head = xmalloc(sizeof *image.head)};
    show_head_copy(image.head, value);
    put(show, SHOW_OBJECT_HEAD, 0, image);
}
