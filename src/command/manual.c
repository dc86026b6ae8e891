/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help out of the command table: see manual.h. */
#include "config.h"

#include "command/manual.h"
#include "command/commands.h"

#include <string.h>

enum { LIST_COLUMN = 44 };      /* where the sentences begin */

static void fmt_usage(const struct command_row *row, struct strbuf *out)
{
    strbuf_adds(out, row->name);
    if (*row->arguments)
        strbuf_addf(out, " %s", row->arguments);
}

void manual_fmt_list(struct strbuf *out)
{
    for (int i = 0; i < command_count; i++) {
        const struct command_row *row = &command_table[i];
        if (out->len)
            strbuf_addc(out, '\n');
        size_t begin = out->len;
        fmt_usage(row, out);
        strbuf_addc(out, ' ');
        while (out->len - begin < LIST_COLUMN)
            strbuf_addc(out, ' ');
        strbuf_adds(out, row->help);
    }
}

static const char *kind_of(const struct command_row *row)
{
    return row->flags & COMMAND_EDIT ? "An edit: it can be undone." :
           row->flags & COMMAND_LIVE ? "Live: it changes what sounds, not the show." :
           row->flags & COMMAND_SCREEN ? "About the screen that says it." : "Changes neither show nor sound.";
}

void manual_fmt_command(const struct command_row *row, struct strbuf *out)
{
    static const char *const roles[] = {"view", "control", "edit"};
    fmt_usage(row, out);
    strbuf_addf(out, "\n%s\n", row->help);
    if (!strcmp(row->name, "undo") || !strcmp(row->name, "redo"))
        strbuf_adds(out, "At least 1,000 edits deep.");
    else
        strbuf_adds(out, kind_of(row));
    strbuf_addf(out, " Role: %s.%s%s", roles[row->role], row->flags & COMMAND_WHEN_LOCKED ? " Also under the show lock." : "",
                row->flags & COMMAND_NO_RENDER ? " Not in render scripts." : "");
}

/* One word of the arguments as mdoc: what is to be replaced is Ar, what is typed as it stands is Cm. */
static void fmt_mdoc_arguments(const char *arguments, struct strbuf *out)
{
    while (*arguments) {
        size_t length = strcspn(arguments, " []|");
        bool placeholder = arguments[0] >= 'A' && arguments[0] <= 'Z';
        if (length)
            strbuf_addf(out, " %s %.*s", placeholder ? "Ar" : "Cm", (int)length, arguments);
        else if (*arguments == '[')
            strbuf_adds(out, " Op");            /* it reaches to the end of the line, and so do our brackets */
        else if (*arguments == '|')
            strbuf_adds(out, " |");
        arguments += length ? length : 1;
    }
}

void manual_fmt_mdoc(struct strbuf *out)
{
    strbuf_adds(out, ".Bl -tag -width Ds\n");
    for (int i = 0; i < command_count; i++) {
        const struct command_row *row = &command_table[i];
        strbuf_addf(out, ".It Ic %s", row->name);
        fmt_mdoc_arguments(row->arguments, out);
        strbuf_addf(out, "\n%s\n", row->help);
    }
    strbuf_adds(out, ".El\n");
}

int cmd_help(struct command_call *call)
{
    if (!call->count) {
        manual_fmt_list(&call->reply->value);
        return 0;
    }
    const struct command_row *row = command_find(call->word[0]);
    if (!row)
        return command_refuse(call, ERR_UNKNOWN, "%s: no such command; help lists them", call->word[0]);
    manual_fmt_command(row, &call->reply->value);
    return 0;
}
