/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands whose words are known and checked, and which are refused until they are built. */
#include "config.h"

#include "command/commands.h"

#include <string.h>

int cmd_page(struct command_call *call)
{
    if (strcmp(call->word[0], "single") && strcmp(call->word[0], "dual"))
        return command_refuse(call, ERR_USAGE, "page %s: single or dual", call->word[0]);
    return command_refuse_later(call, "page");
}
