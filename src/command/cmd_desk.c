/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the desk shows and tells: tab, detach, lock, status, check, idle. */
#include "config.h"

#include "command/commands.h"
#include "base/text.h"

int cmd_tab(struct command_call *call)
{
    int64_t number;
    int tabs = show_tabs(call->context->show);
    if (!text_parse_i64(call->word[0], &number))
        return command_refuse(call, ERR_USAGE, "tab %s: a number from 1 to %d", call->word[0], tabs);
    if (number < 1 || number > tabs)
        return command_refuse(call, ERR_RANGE, "tab %s: a number from 1 to %d, as many as the show has", call->word[0], tabs);
    command_act(call, ACTION_TAB)->target = (struct command_target){TARGET_OBJECT_TAB, (int)number - 1};
    return 0;
}

int cmd_detach(struct command_call *call)
{
    command_act(call, ACTION_DETACH);
    return 0;
}

int cmd_lock(struct command_call *call)
{
    bool on;
    if (command_arg_on_off(call, 0, &on))
        return -1;
    command_act(call, ACTION_LOCK)->on = on;
    return 0;
}

/* status and check may be asked for JSON. */
static int act_report(struct command_call *call, enum action_type type)
{
    if (call->count && command_arg_keyword(call, 0, "--json"))
        return -1;
    command_act(call, type)->on = call->count > 0;
    return 0;
}

int cmd_status(struct command_call *call)
{
    return act_report(call, ACTION_STATUS);
}

int cmd_check(struct command_call *call)
{
    return act_report(call, ACTION_CHECK);
}

int cmd_idle(struct command_call *call)
{
    command_act(call, ACTION_IDLE);
    return 0;
}
