/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of the manual, as mdoc(7), out of the rows that the program itself goes by. Each
 * stands between `.\" begin NAME` and `.\" end NAME`; contrib/update-man puts them into the pages.
 */
#include "config.h"

#include "base/strbuf.h"
#include "command/manual.h"
#include "screen/keys.h"
#include "session/conf.h"
#include "show/property.h"

#include <stdio.h>

static void print_table(const char *name, struct strbuf *table)
{
    printf(".\\\" begin %s\n%s.\\\" end %s\n", name, table->s, name);
    strbuf_clear(table);
}

/* A row without a sentence is one more key of the row before it. */
static void print_keys(void)
{
    struct strbuf table = {0};
    strbuf_adds(&table, ".Bl -tag -width Backspace\n");
    for (int i = 0; i < keys_count;) {
        const char *sentence = keys_table[i].help;
        strbuf_adds(&table, ".It");
        do
            strbuf_addf(&table, " Ic \\&%s", keys_table[i].key);     /* \& keeps : and ? from being punctuation */
        while (++i < keys_count && !keys_table[i].help);
        strbuf_addf(&table, "\n%s\n", sentence);
    }
    strbuf_adds(&table, ".El\n");
    print_table("keys", &table);
}

int main(void)
{
    static const char *const scopes[] = {
        [PROPERTY_SHOW] = "show", [PROPERTY_GROUP] = "group", [PROPERTY_TAB] = "tab", [PROPERTY_CLIP] = "clip",
    };
    struct strbuf table = {0};
    manual_fmt_mdoc(&table);
    print_table("commands", &table);
    print_keys();
    for (int scope = PROPERTY_SHOW; scope <= PROPERTY_CLIP; scope++) {
        property_fmt_mdoc((enum property_scope)scope, &table);
        print_table(scopes[scope], &table);
    }
    conf_fmt_mdoc(&table);
    print_table("configuration", &table);
    return 0;
}
