/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A libconfig text as plain nodes, each with its line: what session and configuration readers
 * walk, so that libconfig itself stays in one file. Nodes and their texts live in the blocks of
 * their struct tree_doc and are gone together. No node changes after parsing, but by steps of
 * session/migrate.h; any one thread.
 */
#ifndef SESSION_TREE_H
#define SESSION_TREE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

enum tree_kind { TREE_BOOL, TREE_INT, TREE_INT64, TREE_FLOAT, TREE_TEXT, TREE_GROUP, TREE_ARRAY, TREE_LIST };

struct tree {
    enum tree_kind kind;
    bool hex;                   /* an integer written as 0x... */
    int line;                   /* in the file, from 1 */
    int count;                  /* GROUP, ARRAY, LIST: children */
    const char *name;           /* NULL: an element of an array or list */
    union {
        bool yes;               /* BOOL */
        int64_t integer;        /* INT, INT64 */
        double real;            /* FLOAT, always finite */
        const char *text;       /* TEXT, valid UTF-8 */
    };
    struct tree *first, *last;  /* GROUP, ARRAY, LIST: children in file order */
    struct tree *next;          /* the next child of the same parent */
};

struct tree_block;
struct tree_doc {
    struct tree *root;          /* a GROUP, line 1 */
    bool commented;             /* the text has comments */
    struct tree_block *blocks;  /* owned: where nodes and texts live */
    char *spare;                /* unused bytes of the newest block */
    size_t spare_bytes;
};

void tree_doc_init(struct tree_doc *doc);
void tree_doc_clear(struct tree_doc *doc);
/* A new last child of parent (NULL: a root), zeroed but for what is given. name is copied, NULL for elements. */
struct tree *tree_add(struct tree_doc *doc, struct tree *parent, enum tree_kind kind, const char *name, int line);
const char *tree_keep_text(struct tree_doc *doc, const char *text);     /* a copy that lives as long as the nodes */

void tree_drop(struct tree *parent, struct tree *child);                /* is not its child any more */
struct tree *tree_find(const struct tree *group, const char *name);     /* NULL: there is none */
/* INT, INT64 and FLOAT are numbers. Return: false if the node is none. */
bool tree_number(const struct tree *node, double *value);
const char *tree_kind_words(enum tree_kind kind);                       /* "a whole number", "text", ... */
/* err becomes `FILE:LINE: ...` (refused). Return: -1. */
int tree_fail(struct err *err, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* --- as libconfig text --- what is written reads back as the same value and type */
void tree_fmt(struct strbuf *out, const struct tree *node);             /* the value, on one line */
void tree_fmt_setting(struct strbuf *out, const struct tree *node);     /* `name = value;` and a newline */
void tree_fmt_text(struct strbuf *out, const char *text);               /* in quotes, with escapes; never a raw newline */
void tree_fmt_real(struct strbuf *out, double value);                   /* always with a point */

#endif
