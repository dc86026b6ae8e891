/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flat form: see flat.h. Writing and reading walk the property table. A value is escaped
 * (newline, backslash) and then quoted as a word, so any text survives. Of a clip the lines
 * stand together; it is put into the show when the next object begins.
 */
#include "config.h"

#include "show/flat.h"
#include "show/property.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* --- writing --- */

static void write_value(struct strbuf *out, const char *prefix, const char *key, const char *value)
{
    struct strbuf escaped = {0};
    text_fmt_escaped(&escaped, value);
    strbuf_adds(out, prefix);
    strbuf_adds(out, key);
    strbuf_addc(out, ' ');
    text_fmt_word(out, escaped.s ? escaped.s : "");
    strbuf_addc(out, '\n');
    strbuf_clear(&escaped);
}

/* These stand in the prefix of a clip's line. */
static bool in_prefix(const struct property *property)
{
    return property->kind == PROPERTY_PLACE || (property->scope == PROPERTY_CLIP && !strcmp(property->key, "id"));
}

static void write_object(struct strbuf *out, enum property_scope scope, const char *prefix, const void *object, const char *extra)
{
    struct strbuf value = {0};
    for (int i = 0; i < property_count; i++) {
        const struct property *property = &property_table[i];
        if (property->scope != scope || in_prefix(property) || property_is_default(property, object))
            continue;
        strbuf_reset(&value);
        property_fmt(property, object, &value);
        write_value(out, prefix, property->key, value.s ? value.s : "");
    }
    if (extra)
        write_value(out, prefix, "extra", extra);
    strbuf_clear(&value);
}

static void write_clip(struct strbuf *out, const struct show_clip *clip)
{
    struct strbuf prefix = {0};
    char address[16];
    strbuf_addf(&prefix, "clip %s %s ", show_address(clip, address), clip->id);
    write_object(out, PROPERTY_CLIP, prefix.s, clip, clip->extra);
    strbuf_clear(&prefix);
}

static void write_tab(const struct show *show, int tab, struct strbuf *out)
{
    char prefix[16] = "tab 1 ";
    prefix[4] = (char)('1' + tab);
    const struct show_tab *it = show_tab(show, tab);
    if (property_is_default(property_find(PROPERTY_TAB, "rows"), it))
        strbuf_addf(out, "%srows %d\n", prefix, it->rows);      /* so that every tab has a line */
    write_object(out, PROPERTY_TAB, prefix, it, it->extra);
}

void flat_write(const struct show *show, struct strbuf *out)
{
    const struct show_head *head = show_head(show);
    write_object(out, PROPERTY_SHOW, "show ", head, head->extra);
    for (int i = 0; i < SHOW_GROUPS; i++) {
        char prefix[16] = "group A ";
        prefix[6] = (char)('A' + i);
        write_object(out, PROPERTY_GROUP, prefix, show_group(show, i), show_group(show, i)->extra);
    }
    for (int i = 0; i < show_tabs(show); i++)
        write_tab(show, i, out);
    for (int i = 0; i < show_slots(show); i++)
        if (show_clip(show, i))
            write_clip(out, show_clip(show, i));
}

/* --- reading --- */

struct reader {
    struct show *show;
    struct show_clip clip;              /* being gathered; its id says whether there is one */
    int line, clip_line;                /* being read; where the clip began */
    struct err *err;
};

static int set_property(struct reader *reader, enum property_scope scope, void *object, char **extra, const char *key,
                        char *value)
{
    text_unescape(value);
    if (!strcmp(key, "extra")) {
        free(*extra);
        *extra = xstrdup(value);
        return 0;
    }
    const struct property *property = property_find(scope, key);
    if (!property || in_prefix(property))
        return err_set(reader->err, ERR_UNKNOWN, "%s: no such property", key);
    return property_parse_value(property, object, value, reader->err);
}

static int end_clip(struct reader *reader)
{
    int slot = reader->clip.id ? show_put_clip(reader->show, -1, &reader->clip, reader->err) : 0;
    show_clip_clear(&reader->clip);
    if (slot >= 0)
        return 0;
    reader->line = reader->clip_line;
    return -1;
}

static int read_clip(struct reader *reader, struct words *words)
{
    if (words->count != 5)
        return err_set(reader->err, ERR_USAGE, "clip PLACE ID KEY VALUE");
    struct show_clip *clip = &reader->clip;
    if (!clip->id || strcmp(clip->id, words->word[2])) {
        if (end_clip(reader))
            return -1;
        if (show_parse_place(reader->show, words->word[1], &clip->tab, &clip->row, &clip->column, reader->err))
            return -1;
        clip->id = xstrdup(words->word[2]);
        reader->clip_line = reader->line;
    }
    return set_property(reader, PROPERTY_CLIP, clip, &clip->extra, words->word[3], words->word[4]);
}

static int read_head(struct reader *reader, struct words *words)
{
    if (words->count != 3)
        return err_set(reader->err, ERR_USAGE, "show KEY VALUE");
    struct show_head head;
    show_head_copy(&head, show_head(reader->show));
    int result = set_property(reader, PROPERTY_SHOW, &head, &head.extra, words->word[1], words->word[2]);
    if (!result)
        show_put_head(reader->show, &head);
    show_head_clear(&head);
    return result;
}

/* "A" of "ABCD" and the like. Return: its index, or -1. */
static int letter_index(const char *letters, const char *word)
{
    const char *at = word[0] && !word[1] ? strchr(letters, word[0]) : NULL;
    return at ? (int)(at - letters) : -1;
}

static int read_group(struct reader *reader, struct words *words)
{
    int index = words->count == 4 ? letter_index("ABCD", words->word[1]) : -1;
    if (index < 0)
        return err_set(reader->err, ERR_USAGE, "group A|B|C|D KEY VALUE");
    struct show_group group;
    show_group_copy(&group, show_group(reader->show, index));
    int result = set_property(reader, PROPERTY_GROUP, &group, &group.extra, words->word[2], words->word[3]);
    if (!result)
        show_put_group(reader->show, index, &group);
    show_group_clear(&group);
    return result;
}

static int read_tab(struct reader *reader, struct words *words)
{
    int index = words->count == 4 ? letter_index("12345678", words->word[1]) : -1;
    if (index < 0)
        return err_set(reader->err, ERR_USAGE, "tab 1-8 KEY VALUE");
    struct show_tab tab;
    if (show_tab(reader->show, index))
        show_tab_copy(&tab, show_tab(reader->show, index));
    else
        show_tab_init(&tab);
    int result = set_property(reader, PROPERTY_TAB, &tab, &tab.extra, words->word[2], words->word[3]);
    if (!result)
        result = show_put_tab(reader->show, index, &tab, reader->err);
    show_tab_clear(&tab);
    return result;
}

static int read_words(struct reader *reader, struct words *words)
{
    static const struct { const char *word; int (*read)(struct reader *, struct words *); } objects[] = {
        {"clip", read_clip}, {"show", read_head}, {"group", read_group}, {"tab", read_tab},
    };
    if (!words->count)
        return 0;
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (!strcmp(words->word[0], objects[i].word))
            return objects[i].read(reader, words);
    return err_set(reader->err, ERR_USAGE, "%s: show, group, tab or clip", words->word[0]);
}

static int read_line(struct reader *reader, char *line)
{
    struct words words;
    int result = words_split(&words, line, reader->err);
    if (!result)
        result = read_words(reader, &words);
    words_clear(&words);
    return result;
}

static int read_lines(struct reader *reader, char *text)
{
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        reader->line++;
        if (read_line(reader, line))
            return err_prefix(reader->err, "line %d", reader->line);
    }
    return end_clip(reader) ? err_prefix(reader->err, "line %d", reader->line) : 0;
}

int flat_read(struct show *show, const char *text, size_t bytes, struct err *err)
{
    struct reader reader = {.show = show, .err = err};
    char *copy = xstrndup(text, bytes);
    show_clip_init(&reader.clip);
    show_edit_begin(show, "read");
    int result = read_lines(&reader, copy);
    show_edit_end(show);
    show_forget_undo(show);
    show_mark_saved(show, show_revision(show));
    show_clip_clear(&reader.clip);
    free(copy);
    return result;
}
