/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of help: see help.h. */
#include "config.h"

#include "screen/help.h"
#include "command/command.h"

#include <string.h>

static bool is_bound_anew(const struct keys *keys, const char *name)
{
    struct key key;
    if (!keys_parse(name, &key))
        return false;
    for (int i = 0; i < keys->bindings; i++)
        if (keys->bound[i].code == key.code && keys->bound[i].mods == key.mods)
            return true;
    return false;
}

enum { LEFT = 20, RIGHT = 56 };         /* columns: all lines fit the least terminal */

/* The sentence stands beside the left part or, where that is long, under it; it is broken at blanks. */
static void add_line(struct strbuf *out, const char *left, const char *right)
{
    strbuf_addf(out, "  %-*s ", LEFT, left);
    bool under = strlen(left) > LEFT;
    do {
        if (under)
            strbuf_addf(out, "\n  %-*s ", LEFT, "");
        size_t length = strlen(right);
        if (length > RIGHT)
            for (length = RIGHT; length > 1 && right[length] != ' ';)
                length--;
        strbuf_add(out, right, length);
        right += length + (right[length] == ' ');
        under = true;
    } while (*right);
    strbuf_addc(out, '\n');
}

static void add_keys(struct strbuf *out, const struct keys *keys)
{
    for (int i = 0; i < keys_count;) {
        struct strbuf names = {0};
        const char *sentence = keys_table[i].help;
        do {
            if (!is_bound_anew(keys, keys_table[i].key))
                strbuf_addf(&names, "%s%s", names.len ? " " : "", keys_table[i].key);
        } while (++i < keys_count && !keys_table[i].help);
        if (names.len)
            add_line(out, names.s, sentence);
        strbuf_clear(&names);
    }
}

static void add_bindings(struct strbuf *out, const struct keys *keys)
{
    if (keys->bindings)
        strbuf_adds(out, "Keys of the configuration\n");
    for (int i = 0; i < keys->bindings; i++)
        add_line(out, keys->binding[i].key, keys->bound[i].code ? keys->binding[i].command : "(this is not the name of a key)");
}

static void add_command(struct strbuf *out, const struct command_row *row)
{
    struct strbuf call = {0};
    strbuf_addf(&call, "%s%s%s", row->name, row->arguments && *row->arguments ? " " : "", row->arguments ? row->arguments : "");
    add_line(out, call.s, row->help);
    strbuf_clear(&call);
}

void help_text(struct strbuf *out, const struct keys *keys)
{
    strbuf_adds(out, "Play keys\n");
    add_line(out, "1..0 q..p a..; z../", "fire the clips of the key window: ten columns, four rows");
    add_line(out, "M-1 M-q M-a M-z ...", "Alt and a play key: audition it");
    strbuf_adds(out, "Keys\n");
    add_keys(out, keys);
    add_bindings(out, keys);
    strbuf_adds(out, "Commands, typed after : (@ is the clip under the cursor)\n");
    for (int i = 0; i < command_count; i++)
            add_command(out, &command_table[i]);
}

bool help_command(struct strbuf *out, const char *name)
{
    const struct command_row *row = command_find(name);
    if (!row)
        return false;
    strbuf_addf(out, "%s%s%s: %s", row->name, row->arguments && *row->arguments ? " " : "",
                row->arguments ? row->arguments : "", row->help);
    return true;
}
