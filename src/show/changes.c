/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changed since it was last asked: a queue of touched objects in which each stands at most
 * once, so it can never be full. The reader looks the object up and sees what it is now.
 */
#include "config.h"

#include "show/objects.h"

static int object_number(struct show_change change)
{
    switch (change.object) {
    case SHOW_OBJECT_CLIP: return change.index;
    case SHOW_OBJECT_GROUP: return SHOW_CLIPS + change.index;
    case SHOW_OBJECT_TAB: return SHOW_CLIPS + SHOW_GROUPS + change.index;
    case SHOW_OBJECT_HEAD: break;
    }
    return DOCUMENT_OBJECTS - 1;
}

void changes_add(struct changes *changes, struct show_change change)
{
    bool *queued = &changes->queued[object_number(change)];
    if (*queued)
        return;
    *queued = true;
    changes->queue[(changes->first + changes->count++) % DOCUMENT_OBJECTS] = change;
}

bool show_take_change(struct show *show, struct show_change *change)
{
    struct changes *changes = &show->changes;
    if (!changes->count)
        return false;
    *change = changes->queue[changes->first];
    changes->first = (changes->first + 1) % DOCUMENT_OBJECTS;
    changes->count--;
    changes->queued[object_number(*change)] = false;
    return true;
}

void show_touch_all(struct show *show)
{
    changes_add(&show->changes, (struct show_change){SHOW_OBJECT_HEAD, 0});
    for (int i = 0; i < SHOW_GROUPS; i++)
        changes_add(&show->changes, (struct show_change){SHOW_OBJECT_GROUP, i});
    for (int i = 0; i < show->tabs; i++)
        changes_add(&show->changes, (struct show_change){SHOW_OBJECT_TAB, i});
    for (int i = 0; i < show->slots; i++)
        if (show->clip[i])
            changes_add(&show->changes, (struct show_change){SHOW_OBJECT_CLIP, i});
}
