/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Undo (SPEC M6). A step is the list of swaps of one edit; each entry holds the image (or the one
 * field) that is not in the document now. Undoing swaps them back from the last to the first and leaves the step
 * holding the newer images, so the same step redoes. A new edit forgets what could be redone.
 */
#include "config.h"

#include "show/objects.h"
#include "base/xalloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void step_free(struct step *step)
{
    if (!step)
        return;
    for (int i = 0; i < step->entries; i++)
        if (!step->entry[i].field)
            document_image_free(step->entry[i].object.object, step->entry[i].other);
    free(step->entry);
    free(step->what);
    free(step);
}

static void swap_entry(struct show *show, struct step_entry *entry)
{
    if (!entry->field) {
        entry->other = document_swap(show, entry->object, entry->other);
        return;
    }
    entry->bits = difference_swap(show->clip[entry->object.index], entry->field, entry->bits);
    changes_add(&show->changes, entry->object);
}

static void step_undo(struct show *show, struct step *step)
{
    for (int i = step->entries - 1; i >= 0; i--)
        swap_entry(show, &step->entry[i]);
}

static void step_redo(struct show *show, struct step *step)
{
    for (int i = 0; i < step->entries; i++)
        swap_entry(show, &step->entry[i]);
}

/* What is needed to take the swap of `object` back, `other` being the image that went out. */
static struct step_entry make_entry(struct show *show, struct show_change object, union document_image other)
{
    struct step_entry entry = {.object = object, .other = other};
    const struct show_clip *now = object.object == SHOW_OBJECT_CLIP && other.clip ? show->clip[object.index] : NULL;
    entry.field = now ? difference_field(other.clip, now) : NULL;
    if (entry.field) {
        entry.bits = difference_swap(other.clip, entry.field, 0);
        document_image_free(object.object, other);
    }
    return entry;
}

void history_record(struct show *show, struct show_change object, union document_image other)
{
    struct step *step = show->history.open;
    assert(step);                       /* an edit outside of begin and end is a mistake of ours */
    if (step->entries == step->room) {
        step->room = step->room ? step->room * 2 : 2;
        step->entry = xrealloc_array(step->entry, (size_t)step->room, sizeof *step->entry);
    }
    step->entry[step->entries++] = make_entry(show, object, other);
}

static void forget_redo(struct history *history)
{
    while (history->steps > history->done)
        step_free(history->step[--history->steps]);
}

static void push(struct history *history, struct step *step)
{
    forget_redo(history);
    if (history->steps == DOCUMENT_UNDO) {
        step_free(history->step[0]);
        memmove(history->step, history->step + 1, (DOCUMENT_UNDO - 1) * sizeof *history->step);
        history->steps--;
    }
    history->step[history->steps++] = step;
    history->done = history->steps;
}

void history_clear(struct history *history)
{
    history->done = 0;
    forget_redo(history);
    step_free(history->open);
    history->open = NULL;
    free(history->said);
    history->said = NULL;
}

void show_edit_begin(struct show *show, const char *what)
{
    assert(!show->history.open);
    struct step *step = xcalloc(1, sizeof *step);
    step->what = xstrdup(what);
    show->history.open = step;
}

void show_edit_end(struct show *show)
{
    struct step *step = show->history.open;
    assert(step);
    show->history.open = NULL;
    if (!step->entries) {
        step_free(step);
        return;
    }
    step->room = step->entries;
    step->entry = xrealloc_array(step->entry, (size_t)step->room, sizeof *step->entry);
    push(&show->history, step);
    show->revision++;
}

void show_edit_abort(struct show *show)
{
    struct step *step = show->history.open;
    assert(step);
    show->history.open = NULL;
    step_undo(show, step);
    step_free(step);
}

static const char *say(struct show *show, const char *what)
{
    free(show->history.said);
    show->history.said = xstrdup(what);
    show->revision++;
    return show->history.said;
}

const char *show_undo(struct show *show)
{
    struct history *history = &show->history;
    if (!history->done)
        return NULL;
    struct step *step = history->step[--history->done];
    step_undo(show, step);
    return say(show, step->what);
}

const char *show_redo(struct show *show)
{
    struct history *history = &show->history;
    if (history->done == history->steps)
        return NULL;
    struct step *step = history->step[history->done++];
    step_redo(show, step);
    return say(show, step->what);
}

void show_forget_undo(struct show *show)
{
    history_clear(&show->history);
}

static void map_head(struct show_head *head, show_media_map *map, void *context)
{
    char *media = map(context, head->media && *head->media ? head->media : "media");
    free(head->media);
    head->media = media;
}

typedef void head_visit(struct show_head *head, void *context);

/* The head that holds, and those that undo and redo would bring. */
static void visit_heads(struct show *show, head_visit *visit, void *context)
{
    visit(show->head, context);
    for (int i = 0; i < show->history.steps; i++) {
        struct step *step = show->history.step[i];
        for (int e = 0; e < step->entries; e++)
            if (step->entry[e].object.object == SHOW_OBJECT_HEAD)
                visit(step->entry[e].other.head, context);
    }
}

struct mapping {
    show_media_map *map;
    void *context;
};

static void visit_map(struct show_head *head, void *context)
{
    const struct mapping *mapping = context;
    map_head(head, mapping->map, mapping->context);
}

void show_map_media(struct show *show, show_media_map *map, void *context)
{
    visit_heads(show, visit_map, &(struct mapping){map, context});
}

struct pairing {
    bool dual;
    int left, right;
};

static void visit_pair(struct show_head *head, void *context)
{
    const struct pairing *pairing = context;
    head->dual = pairing->dual;
    head->left = pairing->left ? pairing->left : head->left;
    head->right = pairing->right ? pairing->right : head->right;
}

void show_keep_pages(struct show *show, bool dual, int left, int right)
{
    visit_heads(show, visit_pair, &(struct pairing){dual, left, right});
}
