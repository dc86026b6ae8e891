/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The four kinds of objects of a document as values: their defaults, deep copies and ends.
 * Texts are owned by the object that points to them and are never shared.
 */
#include "config.h"

#include "show/objects.h"
#include "base/xalloc.h"

#include <stdlib.h>

void show_clip_init(struct show_clip *clip)
{
    *clip = (struct show_clip){
        .rows = 1, .columns = 1, .in = -1, .out = -1,
        .fade_in = SHOW_INHERIT_S, .fade_out = SHOW_INHERIT_S,
        .fade_in_curve = SHOW_INHERIT, .fade_out_curve = SHOW_INHERIT,
        .guard = SHOW_INHERIT_S,
    };
}

void show_clip_clear(struct show_clip *clip)
{
    for (int i = 0; i < clip->markers; i++) {
        free(clip->marker[i].name);
        free(clip->marker[i].extra);
    }
    free(clip->id);
    free(clip->name);
    free(clip->file);
    free(clip->follow);
    free(clip->links);
    free(clip->list);
    free(clip->hotkey);
    free(clip->color);
    free(clip->notes);
    free(clip->key);
    free(clip->extra);
    show_clip_init(clip);
}

void show_clip_copy(struct show_clip *to, const struct show_clip *from)
{
    *to = *from;
    for (int i = 0; i < from->markers; i++) {
        to->marker[i].name = xstrdup(from->marker[i].name);
        to->marker[i].extra = xstrdup(from->marker[i].extra);
    }
    to->id = xstrdup(from->id);
    to->name = xstrdup(from->name);
    to->file = xstrdup(from->file);
    to->follow = xstrdup(from->follow);
    to->links = xstrdup(from->links);
    to->list = xstrdup(from->list);
    to->hotkey = xstrdup(from->hotkey);
    to->color = xstrdup(from->color);
    to->notes = xstrdup(from->notes);
    to->key = xstrdup(from->key);
    to->extra = xstrdup(from->extra);
}

void show_group_init(struct show_group *group)
{
    *group = (struct show_group){
        .voices = SHOW_INHERIT, .fade_in = SHOW_INHERIT_S, .fade_out = SHOW_INHERIT_S,
        .fade_in_curve = SHOW_INHERIT, .fade_out_curve = SHOW_INHERIT,
    };
}

void show_group_clear(struct show_group *group)
{
    free(group->name);
    free(group->color);
    free(group->extra);
    show_group_init(group);
}

void show_group_copy(struct show_group *to, const struct show_group *from)
{
    *to = *from;
    to->name = xstrdup(from->name);
    to->color = xstrdup(from->color);
    to->extra = xstrdup(from->extra);
}

void show_tab_init(struct show_tab *tab)
{
    *tab = (struct show_tab){.rows = 8, .columns = 10};
}

void show_tab_clear(struct show_tab *tab)
{
    free(tab->name);
    free(tab->extra);
    show_tab_init(tab);
}

void show_tab_copy(struct show_tab *to, const struct show_tab *from)
{
    *to = *from;
    to->name = xstrdup(from->name);
    to->extra = xstrdup(from->extra);
}

void show_head_init(struct show_head *head)
{
    *head = (struct show_head){
        .fade_in_curve = SHOW_CURVE_LINEAR, .fade_out_curve = SHOW_CURVE_EXPONENTIAL, .left = 1, .right = 2,
    };
}

void show_head_clear(struct show_head *head)
{
    free(head->name);
    free(head->media);
    free(head->extra);
    show_head_init(head);
}

void show_head_copy(struct show_head *to, const struct show_head *from)
{
    *to = *from;
    to->name = xstrdup(from->name);
    to->media = xstrdup(from->media);
    to->extra = xstrdup(from->extra);
}

void document_image_free(enum show_object object, union document_image image)
{
    switch (object) {
    case SHOW_OBJECT_CLIP:
        if (image.clip)
            show_clip_clear(image.clip);
        free(image.clip);
        break;
    case SHOW_OBJECT_GROUP:
        show_group_clear(image.group);
        free(image.group);
        break;
    case SHOW_OBJECT_TAB:
        if (image.tab)
            show_tab_clear(image.tab);
        free(image.tab);
        break;
    case SHOW_OBJECT_HEAD:
        show_head_clear(image.head);
        free(image.head);
        break;
    }
}
