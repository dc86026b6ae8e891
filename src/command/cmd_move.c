/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clips change places: move, copy, swap, within a tab or across tabs. */
#include "config.h"

#include "command/commands.h"

#include <stdbool.h>
#include <stdlib.h>

/* Puts a copy of `from` at the place of the second word. Return: its slot, or -1. */
static int put_at(struct command_call *call, int slot, struct show_clip *clip)
{
    struct show *show = call->context->show;
    if (show_parse_place(show, call->word[1], &clip->tab, &clip->row, &clip->column, &call->reply->err))
        return -1;
    int there = show_slot_at(show, clip->tab, clip->row, clip->column);
    if (there >= 0 && there == slot && show_clip(show, slot)->row == clip->row && show_clip(show, slot)->column == clip->column)
        return command_refuse(call, ERR_REFUSED, "%s: the clip is there already", call->word[1]);
    return show_put_clip(show, slot, clip, &call->reply->err);
}

/* The clip of the first word at the place of the second: itself, or (copy) one like it with an id of its own. */
static int put_first(struct command_call *call, bool copy)
{
    struct show_clip clip;
    int slot;
    if (command_arg_clip(call, 0, &slot))
        return -1;
    show_clip_copy(&clip, show_clip(call->context->show, slot));
    if (copy) {
        free(clip.id);
        clip.id = NULL;
    }
    command_edit_begin(call);
    int result = put_at(call, copy ? -1 : slot, &clip);
    show_clip_clear(&clip);
    return command_edit_finish(call, result);
}

int cmd_move(struct command_call *call)
{
    return put_first(call, false);
}

int cmd_copy(struct command_call *call)
{
    return put_first(call, true);
}

static int put_there(struct command_call *call, int slot, struct show_clip *clip, const struct show_clip *place)
{
    clip->tab = place->tab;
    clip->row = place->row;
    clip->column = place->column;
    return show_put_clip(call->context->show, slot, clip, &call->reply->err);
}

int cmd_swap(struct command_call *call)
{
    struct show *show = call->context->show;
    struct show_clip a, b, place;
    int slot_a, slot_b;
    if (command_arg_clip(call, 0, &slot_a) || command_arg_clip(call, 1, &slot_b))
        return -1;
    if (slot_a == slot_b)
        return command_refuse(call, ERR_REFUSED, "%s %s: these are the same clip", call->word[0], call->word[1]);
    show_clip_copy(&a, show_clip(show, slot_a));
    show_clip_copy(&b, show_clip(show, slot_b));
    place = a;                          /* for its place alone */
    command_edit_begin(call);
    show_remove_clip(show, slot_b);
    int result = put_there(call, slot_a, &a, &b);
    if (result >= 0)
        result = put_there(call, slot_b, &b, &place);
    show_clip_clear(&a);
    show_clip_clear(&b);
    return command_edit_finish(call, result);
}
