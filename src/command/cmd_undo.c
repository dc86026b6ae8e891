/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undo and redo. A screen is told what it was that was undone. */
#include "config.h"

#include "command/commands.h"

static int tell(struct command_call *call, const char *what)
{
    if (!what)
        return command_refuse(call, ERR_REFUSED, "%s: there is nothing to %s", call->row->name, call->row->name);
    if (call->context->source == COMMAND_FROM_SCREEN)
        strbuf_adds(&call->reply->value, what);
    call->reply->edited = true;
    return 0;
}

int cmd_undo(struct command_call *call)
{
    return tell(call, show_undo(call->context->show));
}

int cmd_redo(struct command_call *call)
{
    return tell(call, show_redo(call->context->show));
}
