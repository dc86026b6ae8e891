/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions: save, save!, open, open!, restore, quit. */
#include "config.h"

#include "command/commands.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <string.h>

enum { RESTORE_MOST = 999 };

static int act_on_file(struct command_call *call, enum action_type type)
{
    if (call->count && !*call->word[0])
        return command_refuse(call, ERR_USAGE, "%s: an empty name is no file", call->row->name);
    struct action *action = command_act(call, type);
    action->text = call->count ? xstrdup(call->word[0]) : NULL;
    action->force = strchr(call->row->name, '!') != NULL;
    return 0;
}

int cmd_save(struct command_call *call)
{
    return act_on_file(call, ACTION_SAVE);
}

int cmd_open(struct command_call *call)
{
    return act_on_file(call, ACTION_OPEN);
}

int cmd_restore(struct command_call *call)
{
    int64_t number = 0;
    if (call->count && (!text_parse_i64(call->word[0], &number) || number < 1 || number > RESTORE_MOST))
        return command_refuse(call, ERR_RANGE, "restore %s: a number of those that restore lists, from 1", call->word[0]);
    command_act(call, ACTION_RESTORE)->number = (double)number;
    return 0;
}

int cmd_quit(struct command_call *call)
{
    command_act(call, ACTION_QUIT);
    return 0;
}
