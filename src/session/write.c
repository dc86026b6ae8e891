/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A document to the text of a session file: see session.h. Order: the property table's, then
 * unknown settings as they came, then the lists; clips by row and column. Nothing depends on
 * slots or history, so equal documents give equal bytes.
 */
#include "config.h"

#include "base/strbuf.h"
#include "session/session.h"
#include "session/tree.h"
#include "show/property.h"

#include <inttypes.h>
#include <string.h>

static void indent(struct strbuf *out, int depth)
{
    static const char blanks[] = "                    ";
    strbuf_add(out, blanks, (size_t)depth * 4);         /* a clip's settings are the deepest: 4 */
}

/* --- values --- */
static void write_integer(struct strbuf *out, int64_t value)
{
    strbuf_addf(out, "%" PRId64 "%s", value, value > INT32_MAX || value < INT32_MIN ? "L" : "");
}

static void write_markers(struct strbuf *out, const struct show_clip *clip)
{
    strbuf_addc(out, '(');
    for (int i = 0; i < clip->markers; i++) {
        strbuf_adds(out, i ? ", { name = " : " { name = ");
        tree_fmt_text(out, clip->marker[i].name);
        strbuf_adds(out, "; at = ");
        write_integer(out, clip->marker[i].at);
        strbuf_addf(out, "; %s%s}", clip->marker[i].extra ? clip->marker[i].extra : "", clip->marker[i].extra ? " " : "");
    }
    strbuf_adds(out, " )");
}

/* From the form of `get` to libconfig's. */
static void write_value(struct strbuf *out, const struct property *property, const void *object, const char *text)
{
    const char *exponent = strchr(text, 'e');
    switch (property->kind) {
    case PROPERTY_BOOL:
    case PROPERTY_INT:
    case PROPERTY_PLACE:
    case PROPERTY_LINKS:
    case PROPERTY_FILES:
    case PROPERTY_PAIR:
    case PROPERTY_SET:
    case PROPERTY_ORDER:
    case PROPERTY_FADES:
    case PROPERTY_SENDS: strbuf_adds(out, text); return;
    case PROPERTY_INT64: write_integer(out, strtoimax(text, NULL, 10)); return;
    case PROPERTY_MARKERS: write_markers(out, object); return;
    case PROPERTY_TEXT:
    case PROPERTY_CHOICE:
    case PROPERTY_SWITCH: tree_fmt_text(out, text); return;
    case PROPERTY_FLOAT: break;
    }
    if (strchr(text, 'i'))
        tree_fmt_text(out, text);       /* "-inf": libconfig has no number for it */
    else if (exponent && !strchr(text, '.'))
        strbuf_addf(out, "%.*s.0%s", (int)(exponent - text), text, exponent);
    else
        strbuf_adds(out, text);
}

/* --- objects --- */
static void write_extra(struct strbuf *out, int depth, const char *extra)
{
    while (extra && *extra) {
        size_t length = strcspn(extra, "\n");
        indent(out, depth);
        strbuf_add(out, extra, length);
        strbuf_addc(out, '\n');
        extra += length + (extra[length] == '\n');
    }
}

static void write_object(struct strbuf *out, int depth, enum property_scope scope, const void *object, const char *extra)
{
    struct strbuf text = {0};
    for (int i = 0; i < property_count; i++) {
        const struct property *property = &property_table[i];
        if (property->scope != scope || property_is_default(property, object))
            continue;
        strbuf_reset(&text);
        property_fmt(property, object, &text);
        indent(out, depth);
        strbuf_adds(out, property->key);
        strbuf_adds(out, " = ");
        write_value(out, property, object, text.s ? text.s : "");
        strbuf_adds(out, ";\n");
    }
    strbuf_clear(&text);
    write_extra(out, depth, extra);
}

/* Elements of a list stand between these; the first one opens the list. */
static void open_element(struct strbuf *out, int depth, const char *list, int index)
{
    if (!index) {
        indent(out, depth);
        strbuf_addf(out, "%s = (\n", list);
    } else {
        strbuf_adds(out, ",\n");
    }
    indent(out, depth + 1);
    strbuf_adds(out, "{\n");
}

static void close_element(struct strbuf *out, int depth)
{
    indent(out, depth + 1);
    strbuf_addc(out, '}');
}

static void close_list(struct strbuf *out, int depth)
{
    strbuf_addc(out, '\n');
    indent(out, depth);
    strbuf_adds(out, ");\n");
}

static bool group_is_default(const struct show_group *group)
{
    for (int i = 0; i < property_count; i++)
        if (property_table[i].scope == PROPERTY_GROUP && !property_is_default(&property_table[i], group))
            return false;
    return !group->extra;
}

/* Up to the last one that differs from the default. */
static void write_groups(struct strbuf *out, const struct show *show)
{
    int count = SHOW_GROUPS;
    while (count && group_is_default(show_group(show, count - 1)))
        count--;
    for (int i = 0; i < count; i++) {
        const struct show_group *group = show_group(show, i);
        open_element(out, 0, "groups", i);
        write_object(out, 2, PROPERTY_GROUP, group, group->extra);
        close_element(out, 0);
    }
    if (count)
        close_list(out, 0);
}

static void write_clips(struct strbuf *out, const struct show *show, int tab)
{
    int count = 0;
    for (int row = 0; row < SHOW_ROWS; row++) {
        for (int column = 0; column < SHOW_COLUMNS; column++) {
            const struct show_clip *clip = show_clip(show, show_slot_at(show, tab, row, column));
            if (!clip || clip->row != row || clip->column != column)
                continue;               /* empty, or under another cell's span */
            open_element(out, 2, "clips", count++);
            write_object(out, 4, PROPERTY_CLIP, clip, clip->extra);
            close_element(out, 2);
        }
    }
    if (count)
        close_list(out, 2);
}

void session_write(const struct show *show, struct strbuf *out)
{
    strbuf_adds(out, "format = \"" SESSION_FORMAT "\";\n");
    write_object(out, 0, PROPERTY_SHOW, show_head(show), show_head(show)->extra);
    write_groups(out, show);
    for (int i = 0; i < show_tabs(show); i++) {
        const struct show_tab *tab = show_tab(show, i);
        open_element(out, 0, "tabs", i);
        write_object(out, 2, PROPERTY_TAB, tab, tab->extra);
        write_clips(out, show, i);
        close_element(out, 0);
    }
    close_list(out, 0);
}
