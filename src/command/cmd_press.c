/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firing a clip: press, play, release, audition. Gate clips and pausing presses come later and are refused. */
#include "config.h"

#include "command/commands.h"
#include "show/position.h"

#include <string.h>

/* Clips of the show whose mode or press belongs to a later version. */
static int check_fireable(struct command_call *call, int slot, bool by_press)
{
    const struct show_clip *clip = show_clip(call->context->show, slot);
    if (clip->mode == SHOW_MODE_GATE)
        return command_refuse(call, ERR_REFUSED, "%s: its mode is gate, which comes with a later version", call->word[0]);
    if (by_press && clip->press == SHOW_PRESS_PAUSE)
        return command_refuse(call, ERR_REFUSED, "%s: its press is pause, which comes with a later version", call->word[0]);
    return 0;
}

static int act_on_clip(struct command_call *call, enum action_type type, int slot)
{
    struct action *action = command_act(call, type);
    action->slot = slot;
    action->target = (struct command_target){TARGET_OBJECT_CLIP, slot};
    return 0;
}

int cmd_press(struct command_call *call)
{
    enum command_edge edge = EDGE_BOTH;
    int slot;
    if (command_arg_clip(call, 0, &slot))
        return -1;
    if (call->count == 2) {
        if (strcmp(call->word[1], "down") && strcmp(call->word[1], "up"))
            return command_refuse(call, ERR_USAGE, "press %s: down or up", call->word[1]);
        edge = call->word[1][0] == 'd' ? EDGE_DOWN : EDGE_UP;
    }
    if (check_fireable(call, slot, true))
        return -1;
    act_on_clip(call, ACTION_PRESS, slot);
    call->reply->action[0].edge = edge;
    return 0;
}

/* The words `at TIME` or `marker N` after the clip: understood, and refused until they are built. */
static int refuse_entry(struct command_call *call, bool markers)
{
    struct position position;
    bool marker = markers && !strcmp(call->word[1], "marker");
    if (!marker && strcmp(call->word[1], "at"))
        return command_refuse(call, ERR_USAGE, "%s %s: %s may stand here", call->row->name, call->word[1],
                              markers ? "marker N or at TIME" : "at TIME");
    if (call->count < 3)
        return command_refuse(call, ERR_USAGE, "%s %s: %s is missing", call->row->name, call->word[1],
                              marker ? "a marker, 1 to 4" : "a time");
    if (marker && (strlen(call->word[2]) != 1 || !strchr("1234", call->word[2][0])))
        return command_refuse(call, ERR_RANGE, "marker %s: 1 to 4", call->word[2]);
    if (!marker && position_parse(call->word[2], &position, &call->reply->err))
        return -1;
    return command_refuse(call, ERR_REFUSED, "%s %s: comes with a later version", call->row->name, call->word[1]);
}

int cmd_play(struct command_call *call)
{
    int slot;
    if (command_arg_clip(call, 0, &slot) || (call->count > 1 && refuse_entry(call, true)) || check_fireable(call, slot, false))
        return -1;
    return act_on_clip(call, ACTION_PLAY, slot);
}

int cmd_audition(struct command_call *call)
{
    int slot;
    if (command_arg_clip(call, 0, &slot) || (call->count > 1 && refuse_entry(call, false)))
        return -1;
    return act_on_clip(call, ACTION_AUDITION, slot);
}

int cmd_release(struct command_call *call)
{
    int slot;
    if (command_arg_clip(call, 0, &slot))
        return -1;
    return act_on_clip(call, ACTION_RELEASE, slot);
}
