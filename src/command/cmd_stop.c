/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ending what sounds: stop, fade, panic; and what silences it for a while: pause, emergency, mute, solo. */
#include "config.h"

#include "command/commands.h"

static int act_on_target(struct command_call *call, enum action_type type)
{
    struct command_target target;
    if (command_arg_target(call, 0, &target))
        return -1;
    command_act(call, type)->target = target;
    return 0;
}

int cmd_stop(struct command_call *call)
{
    return act_on_target(call, ACTION_STOP);
}

int cmd_pause(struct command_call *call)
{
    return act_on_target(call, ACTION_PAUSE);
}

int cmd_resume(struct command_call *call)
{
    return act_on_target(call, ACTION_RESUME);
}

int cmd_fade(struct command_call *call)
{
    struct command_target target;
    double level_db, seconds;
    int curve = SHOW_CURVE_LINEAR;
    if (command_arg_target(call, 0, &target) || command_arg_number(call, 1, -60, 12, true, "dB", &level_db) ||
        command_arg_number(call, 2, 0, 3600, false, "s", &seconds) || (call->count > 3 && command_arg_curve(call, 3, &curve)))
        return -1;
    struct action *action = command_act(call, ACTION_FADE);
    action->target = target;
    action->number = level_db;
    action->seconds = seconds;
    action->curve = curve;
    return 0;
}

int cmd_panic(struct command_call *call)
{
    command_act(call, ACTION_PANIC);
    return 0;
}

int cmd_emergency(struct command_call *call)
{
    command_act(call, ACTION_EMERGENCY);
    return 0;
}

int cmd_mute(struct command_call *call)
{
    struct command_target target;
    bool on;
    if (command_arg_target(call, 0, &target) || command_arg_on_off(call, 1, &on))
        return -1;
    struct action *action = command_act(call, ACTION_MUTE);
    action->target = target;
    action->on = on;
    return 0;
}

int cmd_solo(struct command_call *call)
{
    struct command_target target;
    bool on;
    if (command_arg_target(call, 0, &target) || command_arg_on_off(call, 1, &on))
        return -1;
    if (target.object != TARGET_OBJECT_GROUP)
        return command_refuse(call, ERR_REFUSED, "%s: only groups have a solo, group:A to group:D", call->word[0]);
    struct action *action = command_act(call, ACTION_SOLO);
    action->target = target;
    action->on = on;
    return 0;
}
