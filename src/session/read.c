/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A session's nodes to a document: see session.h. Which keys there are, of what kind and range,
 * is the property table's (show/property.h), which formats there are migrate.h's; here is only what a row cannot say: the
 * lists within lists, and where unknown settings are kept. The first error ends the reading.
 */
#include "config.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "session/libconf.h"
#include "session/migrate.h"
#include "session/session.h"
#include "show/property.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    const char *file;
    struct show *show;
    struct strbuf text;         /* a value as property_parse_value takes it */
    struct err *err;
};

/* --- values --- */
static int refuse_kind(const struct reader *reader, const struct property *property, const struct tree *node)
{
    struct strbuf allowed = {0};
    property_fmt_allowed(property, &allowed);
    tree_fail(reader->err, reader->file, node->line, "%s: wants %s; this is %s", property->key, allowed.s,
              tree_kind_words(node->kind));
    strbuf_clear(&allowed);
    return -1;
}

static bool fits_kind(const struct property *property, const struct tree *node)
{
    bool whole = node->kind == TREE_INT || node->kind == TREE_INT64;
    switch (property->kind) {
    case PROPERTY_BOOL: return node->kind == TREE_BOOL;
    case PROPERTY_INT:
    case PROPERTY_PLACE:
    case PROPERTY_INT64: return whole;
    case PROPERTY_FLOAT: return whole || node->kind == TREE_FLOAT || (property->minus_inf && node->kind == TREE_TEXT);
    case PROPERTY_TEXT:
    case PROPERTY_CHOICE:
    case PROPERTY_SWITCH: return node->kind == TREE_TEXT;
    case PROPERTY_PAIR: return node->kind == TREE_ARRAY && node->count == 2 && (!node->first || node->first->kind == TREE_INT);
    case PROPERTY_ORDER:
    case PROPERTY_SET: return node->kind == TREE_ARRAY && (!node->first || node->first->kind == TREE_INT);
    case PROPERTY_FILES: return node->kind == TREE_ARRAY || node->kind == TREE_LIST;
    case PROPERTY_LINKS:
    case PROPERTY_MARKERS:
    case PROPERTY_FADES:
    case PROPERTY_SENDS: return node->kind == TREE_LIST;
    }
    return false;
}

/* Unknown settings of a marker, all on one line. Return: owned, NULL if there is none. */
static char *marker_extra(const struct tree *marker)
{
    struct strbuf out = {0};
    for (const struct tree *node = marker->first; node; node = node->next) {
        if (!strcmp(node->name, "name") || !strcmp(node->name, "at"))
            continue;
        if (out.len)
            out.s[out.len - 1] = ' ';
        tree_fmt_setting(&out, node);
    }
    if (out.len)
        out.s[out.len - 1] = '\0';
    return out.s;
}

static int read_marker(const struct reader *reader, const struct tree *node, struct show_marker *marker)
{
    static const char allowed[] = "a marker is { name = TEXT; at = FRAME; }";
    if (node->kind != TREE_GROUP)
        return tree_fail(reader->err, reader->file, node->line, "markers: %s", allowed);
    const struct tree *name = tree_find(node, "name"), *at = tree_find(node, "at");
    if (!at)
        return tree_fail(reader->err, reader->file, node->line, "markers: at is missing; %s", allowed);
    if ((at->kind != TREE_INT && at->kind != TREE_INT64) || at->integer < 0)
        return tree_fail(reader->err, reader->file, at->line, "markers: at wants a whole number of frames from 0 up");
    if (name && (name->kind != TREE_TEXT || text_has_control(name->text)))
        return tree_fail(reader->err, reader->file, name->line, "markers: name wants text in quotes, without control characters");
    marker->at = at->integer;
    marker->name = xstrdup(name ? name->text : "");
    marker->extra = marker_extra(node);
    return 0;
}

static int read_markers(const struct reader *reader, const struct tree *list, struct show_clip *clip)
{
    for (const struct tree *node = list->first; node; node = node->next) {
        if (clip->markers == SHOW_MARKERS)
            return tree_fail(reader->err, reader->file, node->line, "markers: more than %d, which is the most", SHOW_MARKERS);
        if (read_marker(reader, node, &clip->marker[clip->markers]) < 0)
            return -1;
        clip->markers++;
    }
    return 0;
}

static int read_value(struct reader *reader, const struct property *property, const struct tree *node, void *object)
{
    if (!fits_kind(property, node))
        return refuse_kind(reader, property, node);
    if (property->kind == PROPERTY_MARKERS)
        return read_markers(reader, node, object);
    const char *text = node->text;
    if (node->kind != TREE_TEXT) {
        strbuf_reset(&reader->text);
        if (node->kind == TREE_INT || node->kind == TREE_INT64)
            strbuf_addf(&reader->text, "%lld", (long long)node->integer);       /* decimal, without an L */
        else
            tree_fmt(&reader->text, node);
        text = reader->text.s;
    }
    if (property_parse_value(property, object, text, reader->err) < 0)
        return err_prefix(reader->err, "%s:%d", reader->file, node->line);
    return 0;
}

/* --- objects --- */
static bool is_structure(enum property_scope scope, const char *name)
{
    switch (scope) {
    case PROPERTY_SHOW: return !strcmp(name, "format") || !strcmp(name, "groups") || !strcmp(name, "tabs");
    case PROPERTY_TAB: return !strcmp(name, "clips");
    default: return false;
    }
}

/* Under another name than theirs clips would be gone from the grid without a word. */
static bool holds_clips(const struct tree *node)
{
    return node->kind == TREE_LIST && node->first && node->first->kind == TREE_GROUP && tree_find(node->first, "row") &&
           tree_find(node->first, "file");
}

/* Every setting of a group into the object; what nobody knows goes to *extra as text. */
static int read_object(struct reader *reader, enum property_scope scope, const struct tree *group, void *object, char **extra)
{
    struct strbuf unknown = {0};
    int result = 0;
    for (const struct tree *node = group->first; node && !result; node = node->next) {
        const struct property *property = property_find(scope, node->name);
        if (property)
            result = read_value(reader, property, node, object);
        else if (scope == PROPERTY_TAB && !is_structure(scope, node->name) && holds_clips(node))
            result = tree_fail(reader->err, reader->file, node->line, "%s: is no setting, and there are clips in it; their list is "
                               "called clips", node->name);
        else if (!is_structure(scope, node->name))
            tree_fmt_setting(&unknown, node);
    }
    *extra = unknown.s;
    return result;
}

/* A list of groups. Return: false with err if the node is anything else, or longer than most. */
static bool is_list_of_groups(const struct reader *reader, const struct tree *list, int most, const char *allowed)
{
    const struct tree *bad = list->kind == TREE_LIST ? NULL : list;
    int count = 0;
    for (const struct tree *node = list->first; node && !bad; node = node->next)
        if (node->kind != TREE_GROUP || ++count > most)
            bad = node;
    if (bad)
        tree_fail(reader->err, reader->file, bad->line, "%s: wants %s", list->name, allowed);
    return !bad;
}

static int read_head(struct reader *reader, const struct tree *root)
{
    struct show_head head;
    show_head_init(&head);
    int result = read_object(reader, PROPERTY_SHOW, root, &head, &head.extra);
    if (!result)
        show_put_head(reader->show, &head);
    show_head_clear(&head);
    return result;
}

static int read_groups(struct reader *reader, const struct tree *root)
{
    const struct tree *list = tree_find(root, "groups");
    if (!list)
        return 0;
    if (!is_list_of_groups(reader, list, SHOW_GROUPS, "a list ( { ... }, ... ) of at most 4 groups, A to D"))
        return -1;
    int index = 0, result = 0;
    for (const struct tree *node = list->first; node && !result; node = node->next, index++) {
        struct show_group group;
        show_group_init(&group);
        result = read_object(reader, PROPERTY_GROUP, node, &group, &group.extra);
        if (!result)
            show_put_group(reader->show, index, &group);
        show_group_clear(&group);
    }
    return result;
}

/* The setting that a refusal of show_put_clip speaks about, to name its line. */
static int line_of_refusal(const struct tree *clip, const char *text)
{
    static const struct { const char *begins, *key; } keys[] = {{"id ", "id"}, {"in ", "out"}, {"in ", "in"}, {"", "row"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct tree *node = tree_find(clip, keys[i].key);
        if (node && !strncmp(text, keys[i].begins, strlen(keys[i].begins)))
            return node->line;
    }
    return clip->line;
}

static int read_clip(struct reader *reader, const struct tree *node, int tab, int slot)
{
    static const char *const required[] = {"row", "column", "file"};
    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
        if (!tree_find(node, required[i]))
            return tree_fail(reader->err, reader->file, node->line, "clip: %s is missing; a clip wants row, column and file",
                             required[i]);
    struct show_clip clip;
    show_clip_init(&clip);
    clip.tab = tab;
    int result = read_object(reader, PROPERTY_CLIP, node, &clip, &clip.extra);
    struct err refusal;
    if (!result && show_put_clip(reader->show, slot, &clip, &refusal) < 0)
        result = tree_fail(reader->err, reader->file, line_of_refusal(node, refusal.text), "%s", refusal.text);
    show_clip_clear(&clip);
    return result;
}

/* Clips that have ids go first, so that no automatic id takes one of theirs; slots are in file order all the same.
 * Pre: no tab has more clips than cells (read_tab). */
static int read_clips(struct reader *reader, const struct tree *tabs, bool with_id)
{
    int tab = 0, slot = 0;
    for (const struct tree *node = tabs->first; node; node = node->next, tab++) {
        const struct tree *list = tree_find(node, "clips");
        for (const struct tree *clip = list ? list->first : NULL; clip; clip = clip->next, slot++)
            if ((tree_find(clip, "id") != NULL) == with_id && read_clip(reader, clip, tab, slot) < 0)
                return -1;
    }
    return 0;
}

static int read_tab(struct reader *reader, const struct tree *node, int index)
{
    const struct tree *clips = tree_find(node, "clips");
    if (clips && !is_list_of_groups(reader, clips, SHOW_ROWS * SHOW_COLUMNS, "a list ( { ... }, ... ) of at most 1280 clips"))
        return -1;
    struct show_tab tab;
    show_tab_init(&tab);
    int result = read_object(reader, PROPERTY_TAB, node, &tab, &tab.extra);
    if (!result && show_put_tab(reader->show, index, &tab, reader->err) < 0)
        result = err_prefix(reader->err, "%s:%d", reader->file, node->line);
    show_tab_clear(&tab);
    return result;
}

static int read_tabs(struct reader *reader, const struct tree *root)
{
    static const char allowed[] = "a list ( { ... }, ... ) of 1 to 8 tabs";
    const struct tree *list = tree_find(root, "tabs");
    if (!list || (list->kind == TREE_LIST && !list->count))
        return tree_fail(reader->err, reader->file, list ? list->line : root->line, "tabs: there is none; wants %s", allowed);
    if (!is_list_of_groups(reader, list, SHOW_TABS, allowed))
        return -1;
    int index = 0;
    for (const struct tree *node = list->first; node; node = node->next)
        if (read_tab(reader, node, index++) < 0)
            return -1;
    return read_clips(reader, list, true) < 0 ? -1 : read_clips(reader, list, false);
}

static int read_show(struct reader *reader, const struct tree *root)
{
    show_edit_begin(reader->show, "load");
    int result = read_head(reader, root);
    if (!result)
        result = read_groups(reader, root);
    if (!result)
        result = read_tabs(reader, root);
    show_edit_end(reader->show);
    show_forget_undo(reader->show);
    show_mark_saved(reader->show, show_revision(reader->show));
    return result;
}

/* What was brought up from an earlier format is written as ours, read again, and has to say the same. */
static int validate(const struct reader *reader)
{
    struct strbuf once = {0}, twice = {0};
    struct err why = {0};
    session_write(reader->show, &once);
    struct show *again = session_parse(once.s, once.len, reader->file, NULL, &why);
    if (again)
        session_write(again, &twice);
    bool same = again && once.len == twice.len && !memcmp(once.s, twice.s, once.len);
    show_free(again);
    strbuf_clear(&once);
    strbuf_clear(&twice);
    return same ? 0 : err_set(reader->err, ERR_REFUSED, "%s: brought to " SESSION_FORMAT " it does not read back as the "
                              "same show, and the file stays as it is%s%s", reader->file, *why.text ? ": " : "", why.text);
}

struct show *session_parse(const char *text, size_t bytes, const char *file, struct session_info *info, struct err *err)
{
    struct session_info unused;
    struct tree_doc doc;
    if (!info)
        info = &unused;
    *info = (struct session_info){0};
    int result = libconf_parse(&doc, text, bytes, file, err);
    info->commented = doc.commented;
    if (result < 0)
        return NULL;
    struct reader reader = {.file = file, .show = show_new(), .err = err};
    result = migrate_doc(&doc, file, info, err);
    if (!result)
        result = read_show(&reader, doc.root);
    if (!result && info->age == SESSION_OLDER)
        result = validate(&reader);
    strbuf_clear(&reader.text);
    tree_doc_clear(&doc);
    if (!result)
        return reader.show;
    show_free(reader.show);
    return NULL;
}
