/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libconfig's one landlord: see libconf.h. The parsed settings are copied into our own nodes and
 * libconfig's are gone before this returns. What libconfig calls an error is said in our words.
 */
#include "config.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "session/libconf.h"
#include "session/prescan.h"

#include <libconfig.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(CLIPGRID_SANITIZED)
/* libconfig 1.5 forgets the text it was reading when a syntax error follows: a few bytes a bad file, which we can live with. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so";
}
#endif

static int explain(const config_t *config, const char *file, struct err *err)
{
    const char *text = config_error_text(config);
    int line = config_error_line(config);
    if (text && strstr(text, "mismatched"))
        return tree_fail(err, file, line, "an array [ ] holds values of one kind; a list ( ) may hold any");
    return tree_fail(err, file, line,
                     "not understood from here on; a setting is NAME = VALUE; and a value a number, true, false, "
                     "\"text\", [ array ], ( list, ) or { group; }");
}

static enum tree_kind kind_of(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_BOOL: return TREE_BOOL;
    case CONFIG_TYPE_INT: return TREE_INT;
    case CONFIG_TYPE_INT64: return TREE_INT64;
    case CONFIG_TYPE_FLOAT: return TREE_FLOAT;
    case CONFIG_TYPE_STRING: return TREE_TEXT;
    case CONFIG_TYPE_ARRAY: return TREE_ARRAY;
    case CONFIG_TYPE_LIST: return TREE_LIST;
    default: return TREE_GROUP;
    }
}

static int copy_value(struct tree_doc *doc, struct tree *node, const config_setting_t *setting, const char *file, struct err *err)
{
    switch (node->kind) {
    case TREE_BOOL:
        node->yes = config_setting_get_bool(setting);
        return 0;
    case TREE_INT:
        node->integer = config_setting_get_int(setting);
        break;
    case TREE_INT64:
        node->integer = config_setting_get_int64(setting);
        break;
    case TREE_FLOAT:
        node->real = config_setting_get_float(setting);
        if (!isfinite(node->real))
            return tree_fail(err, file, node->line, "a number too big; numbers go up to 1.7e308");
        return 0;
    default:
        node->text = tree_keep_text(doc, config_setting_get_string(setting));
        if (!utf8_valid(node->text, strlen(node->text)))
            return tree_fail(err, file, node->line, "the \\x bytes of this text are not UTF-8; text in UTF-8 is wanted");
        return 0;
    }
    node->hex = config_setting_get_format(setting) == CONFIG_FORMAT_HEX;
    return 0;
}

/* As deep as PRESCAN_DEPTH at most. */
static int copy_children(struct tree_doc *doc, struct tree *parent, const config_setting_t *setting, const char *file,
                         struct err *err)
{
    int count = config_setting_length(setting);
    for (int i = 0; i < count; i++) {
        const config_setting_t *child = config_setting_get_elem(setting, (unsigned)i);
        struct tree *node = tree_add(doc, parent, kind_of(child), config_setting_name(child),
                                     (int)config_setting_source_line(child));
        bool holds = node->kind == TREE_GROUP || node->kind == TREE_ARRAY || node->kind == TREE_LIST;
        if ((holds ? copy_children : copy_value)(doc, node, child, file, err) < 0)
            return -1;
    }
    return 0;
}

/* libconfig wants a NUL at the end, and a newline behind a comment. A byte order mark says nothing in UTF-8. */
static char *prepare(const char *text, size_t bytes)
{
    size_t mark = bytes >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
    char *prepared = xmalloc(bytes - mark + 2);
    memcpy(prepared, text + mark, bytes - mark);
    memcpy(prepared + bytes - mark, "\n", 2);
    return prepared;
}

static int parse(struct tree_doc *doc, const char *text, const char *file, struct err *err)
{
    config_t config;
    config_init(&config);
    int result;
    if (config_read_string(&config, text) == CONFIG_TRUE) {
        doc->root = tree_add(doc, NULL, TREE_GROUP, NULL, 1);
        result = copy_children(doc, doc->root, config_root_setting(&config), file, err);
    } else {
        result = explain(&config, file, err);
    }
    config_destroy(&config);
    return result;
}

int libconf_parse(struct tree_doc *doc, const char *text, size_t bytes, const char *file, struct err *err)
{
    tree_doc_init(doc);
    bool commented;
    int result = prescan_text(text, bytes, file, &commented, err);
    if (!result) {
        char *prepared = prepare(text, bytes);
        result = parse(doc, prepared, file, err);
        free(prepared);
    }
    if (result)
        tree_doc_clear(doc);
    doc->commented = commented;
    return result;
}
