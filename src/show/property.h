/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one option table (law 5): every key of CONTRACT 5, one row each: scope, key, kind, range,
 * default, unit, sentence. `set` and `get`, the session reader and writer, the flat form,
 * clipgrid.conf's page and the manual's tables all walk it.
 */
#ifndef SHOW_PROPERTY_H
#define SHOW_PROPERTY_H

#include "show/show.h"

#include <stddef.h>

struct strbuf;

enum property_scope { PROPERTY_SHOW, PROPERTY_GROUP, PROPERTY_TAB, PROPERTY_CLIP };
enum property_kind {
    PROPERTY_BOOL,          /* true/false (also on/off, yes/no, 1/0 in commands); C bool */
    PROPERTY_INT,           /* C int */
    PROPERTY_INT64,         /* C int64_t: frames, loops; -1 absent if `inherits` */
    PROPERTY_FLOAT,         /* C double; -inf allowed if `minus_inf` */
    PROPERTY_TEXT,          /* char * */
    PROPERTY_CHOICE,        /* C int: index into `choices` (bool for a two-way choice kept as bool) */
    PROPERTY_PAIR,          /* int[2]: [a, b] */
    PROPERTY_MARKERS,       /* the marker list */
};

struct property {
    enum property_scope scope;
    const char *key;
    enum property_kind kind;
    size_t offset;              /* of the field in the scope's struct */
    double least, most;         /* numbers */
    const char *const *choices; /* CHOICE: NULL-terminated words */
    bool inherits;              /* may be absent: written only when set */
    bool minus_inf;
    const char *unit;           /* "s", "dB", "frames", "ms", "" */
    const char *fallback;       /* the default, as text for the manual */
    const char *help;           /* one sentence */
};

extern const struct property property_table[];
extern const int property_count;

const struct property *property_find(enum property_scope scope, const char *key);
/* The object is a struct show_head, show_group, show_tab or show_clip. parse: text as `set` gives it, range-checked;
 * err says what is allowed. "default" puts the default back. Return: 0 or -1, object unchanged. */
int property_parse(const struct property *property, void *object, const char *text, struct err *err);
void property_fmt(const struct property *property, const void *object, struct strbuf *out);     /* as `get` prints it */
bool property_is_default(const struct property *property, const void *object);
/* "a number from -60 to 12 dB, or -inf": what is allowed, for errors and the manual. */
void property_fmt_allowed(const struct property *property, struct strbuf *out);

#endif
