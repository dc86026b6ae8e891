/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clips come and go: load, clear. */
#include "config.h"

#include "command/commands.h"
#include "base/xalloc.h"
#include "show/property.h"

#include <stdlib.h>
#include <string.h>

/* The clip that the word names, or an empty clip at the place it names. Return: its slot, -1 for a new one, -2 with err. */
static int take_cell(struct command_call *call, int word, struct show_clip *clip)
{
    struct show *show = call->context->show;
    int slot;
    show_clip_init(clip);
    if (strchr(call->word[word], '/')) {
        if (show_parse_place(show, call->word[word], &clip->tab, &clip->row, &clip->column, &call->reply->err))
            return -2;
        slot = show_slot_at(show, clip->tab, clip->row, clip->column);
    } else {
        slot = show_find(show, call->word[word], &call->reply->err);
        if (slot < 0)
            return -2;
    }
    if (slot >= 0)
        show_clip_copy(clip, show_clip(show, slot));
    return slot;
}

int cmd_load(struct command_call *call)
{
    struct show_clip clip;
    if (property_check_file(call->word[0], &call->reply->err))
        return -1;
    int slot = take_cell(call, 1, &clip);
    if (slot < -1)
        return -1;
    free(clip.file);
    clip.file = xstrdup(call->word[0]);
    command_edit_begin(call);
    int result = show_put_clip(call->context->show, slot, &clip, &call->reply->err);
    show_clip_clear(&clip);
    return command_edit_finish(call, result);
}

int cmd_clear(struct command_call *call)
{
    int slot;
    if (command_arg_clip(call, 0, &slot))
        return -1;
    command_edit_begin(call);
    return command_edit_finish(call, show_remove_clip(call->context->show, slot));
}
