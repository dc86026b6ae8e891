/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libconfig text as plain nodes: see tree.h. */
#include "config.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "session/tree.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 256 * 1024, ALIGNMENT = 8 };

struct tree_block {
    struct tree_block *next;
    _Alignas(ALIGNMENT) char bytes[];
};

void tree_doc_init(struct tree_doc *doc)
{
    *doc = (struct tree_doc){0};
}

void tree_doc_clear(struct tree_doc *doc)
{
    while (doc->blocks) {
        struct tree_block *block = doc->blocks;
        doc->blocks = block->next;
        free(block);
    }
    tree_doc_init(doc);
}

static void *take(struct tree_doc *doc, size_t bytes)
{
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes > doc->spare_bytes) {
        size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        struct tree_block *block = xmalloc(sizeof *block + size);
        block->next = doc->blocks;
        doc->blocks = block;
        doc->spare = block->bytes;
        doc->spare_bytes = size;
    }
    void *taken = doc->spare;
    doc->spare += bytes;
    doc->spare_bytes -= bytes;
    return taken;
}

const char *tree_keep_text(struct tree_doc *doc, const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(take(doc, bytes), text, bytes);
}

struct tree *tree_add(struct tree_doc *doc, struct tree *parent, enum tree_kind kind, const char *name, int line)
{
    struct tree *node = take(doc, sizeof *node);
    *node = (struct tree){.kind = kind, .line = line, .name = name ? tree_keep_text(doc, name) : NULL};
    if (!parent)
        return node;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->count++;
    return node;
}

void tree_drop(struct tree *parent, struct tree *child)
{
    struct tree *before = NULL;
    for (struct tree *node = parent->first; node && node != child; node = node->next)
        before = node;
    if (before)
        before->next = child->next;
    else
        parent->first = child->next;
    if (parent->last == child)
        parent->last = before;
    parent->count--;
}

struct tree *tree_find(const struct tree *group, const char *name)
{
    for (struct tree *node = group->first; node; node = node->next)
        if (node->name && !strcmp(node->name, name))
            return node;
    return NULL;
}

bool tree_number(const struct tree *node, double *value)
{
    if (node->kind == TREE_FLOAT)
        *value = node->real;
    else if (node->kind == TREE_INT || node->kind == TREE_INT64)
        *value = (double)node->integer;
    else
        return false;
    return true;
}

const char *tree_kind_words(enum tree_kind kind)
{
    static const char *const words[] = {
        [TREE_BOOL] = "true or false", [TREE_INT] = "a whole number", [TREE_INT64] = "a whole number (64-bit)",
        [TREE_FLOAT] = "a number with a point", [TREE_TEXT] = "text in quotes", [TREE_GROUP] = "a group { }",
        [TREE_ARRAY] = "an array [ ]", [TREE_LIST] = "a list ( )",
    };
    return words[kind];
}

int tree_fail(struct err *err, const char *file, int line, const char *format, ...)
{
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(err, ERR_REFUSED, "%s:%d: %s", file, line, text);
}

/* --- as libconfig text --- */
void tree_fmt_text(struct strbuf *out, const char *text)
{
    strbuf_addc(out, '"');
    for (; *text; text++) {
        size_t plain = 0;
        while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\' && text[plain] != 0x7f)
            plain++;
        strbuf_add(out, text, plain);
        text += plain;
        if (!*text)
            break;
        if (*text == '"' || *text == '\\')
            strbuf_addf(out, "\\%c", *text);
        else if (*text == '\n')
            strbuf_adds(out, "\\n");
        else
            strbuf_addf(out, "\\x%02X", (unsigned)(unsigned char)*text);
    }
    strbuf_addc(out, '"');
}

void tree_fmt_real(struct strbuf *out, double value)
{
    struct strbuf number = {0};
    text_fmt_double(&number, value);
    const char *exponent = strchr(number.s, 'e');
    if (exponent && !strchr(number.s, '.')) {
        strbuf_add(out, number.s, (size_t)(exponent - number.s));
        strbuf_addf(out, ".0%s", exponent);
    } else {
        strbuf_adds(out, number.s);
    }
    strbuf_clear(&number);
}

static void fmt_integer(struct strbuf *out, const struct tree *node)
{
    const char *suffix = node->kind == TREE_INT64 ? "L" : "";
    if (node->hex)
        strbuf_addf(out, "0x%" PRIX64 "%s", (uint64_t)node->integer, suffix);
    else
        strbuf_addf(out, "%" PRId64 "%s", node->integer, suffix);
}

static void fmt_children(struct strbuf *out, const struct tree *node)
{
    const char *brackets = node->kind == TREE_GROUP ? "{}" : node->kind == TREE_ARRAY ? "[]" : "()";
    strbuf_addc(out, brackets[0]);
    for (const struct tree *child = node->first; child; child = child->next) {
        strbuf_addc(out, ' ');
        if (child->name) {
            strbuf_adds(out, child->name);
            strbuf_adds(out, " = ");
        }
        tree_fmt(out, child);
        if (child->name)
            strbuf_addc(out, ';');
        else if (child->next)
            strbuf_addc(out, ',');
    }
    strbuf_adds(out, node->first ? " " : "");
    strbuf_addc(out, brackets[1]);
}

void tree_fmt(struct strbuf *out, const struct tree *node)
{
    switch (node->kind) {
    case TREE_BOOL: strbuf_adds(out, node->yes ? "true" : "false"); return;
    case TREE_INT:
    case TREE_INT64: fmt_integer(out, node); return;
    case TREE_FLOAT: tree_fmt_real(out, node->real); return;
    case TREE_TEXT: tree_fmt_text(out, node->text); return;
    case TREE_GROUP:
    case TREE_ARRAY:
    case TREE_LIST: fmt_children(out, node); return;
    }
}

void tree_fmt_setting(struct strbuf *out, const struct tree *node)
{
    strbuf_adds(out, node->name);
    strbuf_adds(out, " = ");
    tree_fmt(out, node);
    strbuf_adds(out, ";\n");
}
