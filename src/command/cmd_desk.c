/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the desk shows and tells: tab, page, detach, lock, status, check, idle. */
#include "config.h"

#include "command/commands.h"
#include "base/text.h"

#include <string.h>

/* A tab that the show has, from 1. */
static int read_tab(struct command_call *call, int word, int *tab)
{
    const char *name = call->row->name, *text = call->word[word];
    int64_t number;
    int tabs = show_tabs(call->context->show);
    if (!text_parse_i64(text, &number))
        return command_refuse(call, ERR_USAGE, "%s %s: a number from 1 to %d", name, text, tabs);
    if (number < 1 || number > tabs)
        return command_refuse(call, ERR_RANGE, "%s %s: a number from 1 to %d, as many as the show has", name, text, tabs);
    *tab = (int)number;
    return 0;
}

int cmd_tab(struct command_call *call)
{
    int tab;
    if (read_tab(call, 0, &tab))
        return -1;
    command_act(call, ACTION_TAB)->target = (struct command_target){TARGET_OBJECT_TAB, tab - 1};
    return 0;
}

/* A screen says it when it has done it; others want it done. */
int cmd_page(struct command_call *call)
{
    const struct command_context *context = call->context;
    int left = 0, right = 0;
    bool dual = !strcmp(call->word[0], "dual");
    if (!dual && strcmp(call->word[0], "single"))
        return command_refuse(call, ERR_USAGE, "page %s: single or dual", call->word[0]);
    if (call->count == 2)
        return command_refuse(call, ERR_USAGE, "page: LEFT and RIGHT are two tabs");
    if (call->count == 3 && (read_tab(call, 1, &left) || read_tab(call, 2, &right)))
        return -1;
    struct action *action = command_act(call, ACTION_PAGE);
    action->on = dual;
    action->left = left;
    action->right = right;
    action->keep = context->role == COMMAND_ROLE_EDIT && !context->locked;
    action->told = context->source != COMMAND_FROM_SCREEN;
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
