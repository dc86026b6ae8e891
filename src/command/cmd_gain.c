/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels of the document: gain of clips and groups, pan of clips. */
#include "config.h"

#include "command/commands.h"

static int put_group_gain(struct show *show, int index, double gain_db)
{
    struct show_group group;
    show_group_copy(&group, show_group(show, index));
    group.gain = gain_db;
    show_put_group(show, index, &group);
    show_group_clear(&group);
    return 0;
}

static int put_clip_levels(struct command_call *call, int slot, const double *gain_db, const double *pan)
{
    struct show_clip clip;
    show_clip_copy(&clip, show_clip(call->context->show, slot));
    if (gain_db)
        clip.gain = *gain_db;
    if (pan)
        clip.pan = *pan;
    int result = show_put_clip(call->context->show, slot, &clip, &call->reply->err);
    show_clip_clear(&clip);
    return result;
}

/* Every clip of a tab, or of the show with tab -1. */
static int put_gain_of_many(struct command_call *call, int tab, double gain_db)
{
    struct show *show = call->context->show;
    int done = 0;
    for (int slot = 0; slot < show_slots(show); slot++) {
        const struct show_clip *clip = show_clip(show, slot);
        if (!clip || (tab >= 0 && clip->tab != tab))
            continue;
        if (put_clip_levels(call, slot, &gain_db, NULL) < 0)
            return -1;
        done++;
    }
    return done ? 0 : command_refuse(call, ERR_REFUSED, "%s: there are no clips", call->word[0]);
}

static int put_gain(struct command_call *call, struct command_target target, double gain_db)
{
    switch (target.object) {
    case TARGET_OBJECT_CLIP: return put_clip_levels(call, target.index, &gain_db, NULL);
    case TARGET_OBJECT_TAB: return put_gain_of_many(call, target.index, gain_db);
    case TARGET_OBJECT_ALL: return put_gain_of_many(call, -1, gain_db);
    case TARGET_OBJECT_GROUP:
    case TARGET_OBJECT_BUS: break;
    }
    if (target.index >= SHOW_GROUPS)
        return command_refuse(call, ERR_REFUSED, "bus:audition: has no gain of its own; clips have theirs");
    return put_group_gain(call->context->show, target.index, gain_db);
}

int cmd_gain(struct command_call *call)
{
    struct command_target target;
    double gain_db;
    if (command_arg_target(call, 0, &target) || command_arg_number(call, 1, -60, 12, true, "dB", &gain_db))
        return -1;
    command_edit_begin(call);
    return command_edit_finish(call, put_gain(call, target, gain_db));
}

int cmd_pan(struct command_call *call)
{
    int slot;
    double pan;
    if (command_arg_clip(call, 0, &slot) || command_arg_number(call, 1, -1, 1, false, "", &pan))
        return -1;
    command_edit_begin(call);
    return command_edit_finish(call, put_clip_levels(call, slot, NULL, &pan));
}
