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
    PROPERTY_PLACE,         /* C int from 0 in the object, from 1 in text: row, column */
    PROPERTY_INT64,         /* C int64_t: frames, loops; -1 absent if `inherits` */
    PROPERTY_FLOAT,         /* C double; -inf allowed if `minus_inf` */
    PROPERTY_TEXT,          /* char *; NULL absent, and "" makes it absent */
    PROPERTY_CHOICE,        /* C int: index into `choices` */
    PROPERTY_SWITCH,        /* C bool: index into two `choices` */
    PROPERTY_PAIR,          /* int[2]: [a, b]; 0 absent */
    PROPERTY_MARKERS,       /* the marker list of a clip */
    PROPERTY_ORDER,         /* uint64_t: the order of a clip's markers; 0 absent */
    PROPERTY_SENDS,         /* struct show_sends */
    PROPERTY_FADES,         /* struct show_fade_markers */
    PROPERTY_SET,           /* uint32_t: [1, 3] has bits 0 and 2; 0 absent */
    PROPERTY_LINKS,         /* char *, a list as text (lists.h); NULL: absent */
    PROPERTY_FILES,         /* likewise */
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
    const char *fallback;       /* the default: text that property_parse takes, unless it inherits; NULL: required */
    const char *help;           /* one sentence */
};

extern const struct property property_table[];
extern const int property_count;

const struct property *property_find(enum property_scope scope, const char *key);
/* The object is a struct show_head, show_group, show_tab or show_clip. parse: text as `set` gives it, range-checked;
 * err says what is allowed. "default" puts the default back. Return: 0 or -1, object unchanged. */
int property_parse(const struct property *property, void *object, const char *text, struct err *err);
/* The same for values out of files, where "default" is no word but a text like any other. */
int property_parse_value(const struct property *property, void *object, const char *text, struct err *err);
/* Pre: there is a default (fallback is not NULL, or it inherits). */
void property_set_default(const struct property *property, void *object);
/* As `get` prints it; nothing if it is absent. */
void property_fmt(const struct property *property, const void *object, struct strbuf *out);
/* The value that holds, also where the property is absent: of group, tab or clip number `index`. Nothing where nothing is known
 * (the OUT of a file, a key that was never given). */
void property_fmt_in_force(const struct property *property, const struct show *show, int index, struct strbuf *out);
bool property_is_default(const struct property *property, const void *object);
bool property_is_absent(const struct property *property, const void *object);   /* inherits, and says nothing of its own */
/* "a number from -60 to 12 dB, or -inf": what is allowed, for errors and the manual. */
void property_fmt_allowed(const struct property *property, struct strbuf *out);
/* All keys of one scope as rows of an mdoc(7) list, for the manual. */
void property_fmt_mdoc(enum property_scope scope, struct strbuf *out);

/* A file as clips name it: relative, staying below the media folder, no control characters. Return: 0, or -1 with err. */
int property_check_file(const char *file, struct err *err);

/* sends.c: `( (5, 6, -6.0), (7, 0, 0.0) )`. Return: 0, or -1 with err, which begins with the key. */
int sends_parse(struct show_sends *sends, const char *key, const char *text, struct err *err);
void sends_fmt(const struct show_sends *sends, struct strbuf *out);
void sends_fmt_allowed(struct strbuf *out);

/* fade_markers.c: `( (48000, 96000, -12.0, "s-curve") )`. Return: 0, or -1 with err, which begins with the key. */
int fade_markers_parse(struct show_fade_markers *fades, const char *key, const char *text, struct err *err);
void fade_markers_fmt(const struct show_fade_markers *fades, struct strbuf *out);
void fade_markers_fmt_allowed(struct strbuf *out);

/* markers.c: `( { name = "verse"; at = 48000; }, ... )`, also `verse 48000 ...`. Return: 0, or -1 with err. */
int markers_parse(struct show_clip *clip, const char *text, struct err *err);
void markers_fmt(const struct show_clip *clip, struct strbuf *out);
void markers_clear(struct show_clip *clip);

/* order.c: `[2, 1, 3]`, also `2,1,3`; up to SHOW_PARTS numbers. Return: 0, or -1 with err, which begins with the key. */
int order_parse(const char *key, const char *text, uint64_t *order, struct err *err);
void order_fmt(uint64_t order, struct strbuf *out);
int order_most(uint64_t order);                                 /* the highest marker that it names; 0: it is empty */
uint64_t order_playable(const struct show_clip *clip);          /* the clip's, without markers that are not there */

#endif
