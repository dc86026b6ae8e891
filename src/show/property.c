/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Properties as text: parsing with its ranges, printing, defaults. Everything is driven by the
 * rows of property_table.c; the few rules that a row cannot say are in check_text and check_group.
 */
#include "config.h"

#include "show/property.h"
#include "show/lists.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The field of the object, as what its kind says. */
union field {
    bool *flag;
    int *integer;               /* also pairs: two of them */
    int64_t *wide;
    double *number;
    char **text;
    struct show_sends *sends;
    struct show_fade_markers *fades;
    uint32_t *set;
    uint64_t *order;
};

static union field field_of(const struct property *property, const void *object)
{
    union { const void *given; char *bytes; } base = {.given = object};
    void *at = base.bytes + property->offset;
    union field field = {0};
    switch (property->kind) {
    case PROPERTY_BOOL:
    case PROPERTY_SWITCH: field.flag = at; break;
    case PROPERTY_INT:
    case PROPERTY_PLACE:
    case PROPERTY_CHOICE:
    case PROPERTY_PAIR: field.integer = at; break;
    case PROPERTY_INT64: field.wide = at; break;
    case PROPERTY_FLOAT: field.number = at; break;
    case PROPERTY_LINKS:
    case PROPERTY_FILES:
    case PROPERTY_TEXT: field.text = at; break;
    case PROPERTY_SENDS: field.sends = at; break;
    case PROPERTY_FADES: field.fades = at; break;
    case PROPERTY_SET: field.set = at; break;
    case PROPERTY_ORDER: field.order = at; break;
    case PROPERTY_MARKERS: break;
    }
    return field;
}

const struct property *property_find(enum property_scope scope, const char *key)
{
    for (int i = 0; i < property_count; i++)
        if (property_table[i].scope == scope && !strcmp(property_table[i].key, key))
            return &property_table[i];
    return NULL;
}

static int refuse(const struct property *property, const char *text, enum err_code code, struct err *err)
{
    struct strbuf allowed = {0};
    property_fmt_allowed(property, &allowed);
    err_set(err, code, "%s %s: %s", property->key, *text ? text : "\"\"", allowed.s);
    strbuf_clear(&allowed);
    return -1;
}

static int parse_bool(const struct property *property, bool *flag, const char *text, struct err *err)
{
    static const char *const words[] = {"false", "true", "off", "on", "no", "yes", "0", "1"};
    for (int i = 0; i < 8; i++) {
        if (!strcmp(text, words[i])) {
            *flag = i % 2;
            return 0;
        }
    }
    return refuse(property, text, ERR_RANGE, err);
}

static int parse_integer(const struct property *property, int64_t *value, const char *text, struct err *err)
{
    int64_t parsed;
    double number;
    if (!text_parse_i64(text, &parsed))
        return refuse(property, text, text_parse_double(text, &number) ? ERR_RANGE : ERR_USAGE, err);
    if ((double)parsed < property->least || (double)parsed > property->most)
        return refuse(property, text, ERR_RANGE, err);
    *value = parsed;
    return 0;
}

static int parse_float(const struct property *property, double *value, const char *text, struct err *err)
{
    double parsed;
    if (property->minus_inf && !strcmp(text, "-inf")) {
        *value = -INFINITY;
        return 0;
    }
    if (!text_parse_double(text, &parsed))
        return refuse(property, text, ERR_USAGE, err);
    if (parsed < property->least || parsed > property->most)
        return refuse(property, text, ERR_RANGE, err);
    *value = parsed + 0.0;              /* no minus zero */
    return 0;
}

static int parse_choice(const struct property *property, int *value, const char *text, struct err *err)
{
    for (int i = 0; property->choices[i]; i++) {
        if (!strcmp(text, property->choices[i])) {
            *value = i;
            return 0;
        }
    }
    return refuse(property, text, ERR_RANGE, err);
}

static const char *skip(const char *p, const char *blanks)
{
    return p + strspn(p, blanks);
}

/* "[3, 4]" by form; brackets and comma may be left out. Too large a number comes out as one. */
static bool read_pair(const char *text, long value[2])
{
    const char *p = skip(text, " \t");
    bool bracket = *p == '[';
    p += bracket;
    for (int i = 0; i < 2; i++) {
        char *end;
        p = skip(p, i ? " \t," : " \t");
        value[i] = strtol(p, &end, 10);
        if (end == p)
            return false;
        p = end;
    }
    p = skip(p, " \t");
    if (bracket && *p++ != ']')
        return false;
    return !*skip(p, " \t");
}

static int parse_pair(const struct property *property, int *pair, const char *text, struct err *err)
{
    long value[2];
    if (!read_pair(text, value))
        return refuse(property, text, ERR_USAGE, err);
    for (int i = 0; i < 2; i++)
        if ((double)value[i] < property->least || (double)value[i] > property->most)
            return refuse(property, text, ERR_RANGE, err);
    if (property->scope == PROPERTY_CLIP && !show_span_allowed((int)value[0], (int)value[1]))
        return refuse(property, text, ERR_RANGE, err);
    pair[0] = (int)value[0];
    pair[1] = (int)value[1];
    return 0;
}

/* "[1, 3]"; brackets and commas may be left out. */
static int parse_set(const struct property *property, uint32_t *set, const char *text, struct err *err)
{
    const char *p = skip(text, " \t");
    bool bracket = *p == '[';
    uint32_t parsed = 0;
    for (p = skip(p + bracket, " \t"); *p && *p != ']'; p = skip(p, " \t,")) {
        char *end;
        long number = strtol(p, &end, 10);
        if (end == p)
            return refuse(property, text, ERR_USAGE, err);
        if (number < property->least || number > property->most)
            return refuse(property, text, ERR_RANGE, err);
        parsed |= UINT32_C(1) << (number - 1);
        p = end;
    }
    if (bracket ? *p != ']' || *skip(p + 1, " \t") : *p)
        return refuse(property, text, ERR_USAGE, err);
    *set = parsed;
    return 0;
}

int property_check_file(const char *file, struct err *err)
{
    if (!*file || *file == '/' || text_has_control(file) || !utf8_valid(file, strlen(file)))
        return err_set(err, ERR_RANGE, "file %s: a path relative to the media folder, without control characters",
                       *file ? file : "\"\"");
    for (const char *part = file; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (part[0] == '.' && part[1] == '.' && (part[2] == '/' || !part[2]))
            return err_set(err, ERR_RANGE, "file %s: a path that stays in the media folder, without ..", file);
    }
    return 0;
}

/* What a text may be, by key. Notes may have lines; nothing else has control characters. */
static int check_text(const struct property *property, const char *text, struct err *err)
{
    if (property->scope == PROPERTY_CLIP && !strcmp(property->key, "file"))
        return property_check_file(text, err);
    if (!utf8_valid(text, strlen(text)))
        return err_set(err, ERR_RANGE, "%s: text in UTF-8", property->key);
    if (!strcmp(property->key, "id") && !show_id_valid(text))
        return refuse(property, text, ERR_RANGE, err);
    if (!strcmp(property->key, "follow") && *text && strcmp(text, "none") && strcmp(text, "next") && strcmp(text, "stop") &&
        !show_id_valid(text))
        return refuse(property, text, ERR_RANGE, err);
    bool lines = !strcmp(property->key, "notes");
    for (const char *p = text; lines && *p; p++)
        if ((unsigned char)*p < ' ' && *p != '\n' && *p != '\t')
            return err_set(err, ERR_RANGE, "%s: text without control characters other than line ends and tabs", property->key);
    if (!lines && text_has_control(text))
        return err_set(err, ERR_RANGE, "%s: text without control characters", property->key);
    return 0;
}

static int parse_text(const struct property *property, char **value, const char *text, struct err *err)
{
    if (check_text(property, text, err))
        return -1;
    bool none = !*text || (!strcmp(property->key, "follow") && !strcmp(text, "none"));
    free(*value);
    *value = none ? NULL : xstrdup(text);
    return 0;
}

/* A choke group has 1 to 4 voices, whichever of the two is set last. */
static int check_group(const struct property *property, const struct show_group *group, struct err *err)
{
    if (property->scope != PROPERTY_GROUP || !group->choke || group->voices <= 4)
        return 0;
    return err_set(err, ERR_RANGE, "%s: a choke group has 1 to 4 voices, this one is given %d", property->key, group->voices);
}

static int parse_small(const struct property *property, int *value, const char *text, struct err *err)
{
    int64_t wide;
    if (parse_integer(property, &wide, text, err))
        return -1;
    *value = (int)wide - (property->kind == PROPERTY_PLACE);
    return 0;
}

static int parse_list(const struct property *property, char **kept, const char *text, struct err *err)
{
    char *value;
    if (property->kind == PROPERTY_LINKS ? links_parse(text, &value, err) : files_parse(text, &value, err))
        return -1;
    free(*kept);
    *kept = value;
    return 0;
}

static int parse_kind(const struct property *property, void *object, const char *text, struct err *err)
{
    union field field = field_of(property, object);
    int way;
    switch (property->kind) {
    case PROPERTY_BOOL: return parse_bool(property, field.flag, text, err);
    case PROPERTY_INT:
    case PROPERTY_PLACE: return parse_small(property, field.integer, text, err);
    case PROPERTY_INT64: return parse_integer(property, field.wide, text, err);
    case PROPERTY_FLOAT: return parse_float(property, field.number, text, err);
    case PROPERTY_TEXT: return parse_text(property, field.text, text, err);
    case PROPERTY_CHOICE: return parse_choice(property, field.integer, text, err);
    case PROPERTY_PAIR: return parse_pair(property, field.integer, text, err);
    case PROPERTY_MARKERS: return markers_parse(object, text, err);
    case PROPERTY_SENDS: return sends_parse(field.sends, property->key, text, err);
    case PROPERTY_FADES: return fade_markers_parse(field.fades, property->key, text, err);
    case PROPERTY_SET: return parse_set(property, field.set, text, err);
    case PROPERTY_ORDER: return order_parse(property->key, text, field.order, err);
    case PROPERTY_LINKS:
    case PROPERTY_FILES: return parse_list(property, field.text, text, err);
    case PROPERTY_SWITCH: break;
    }
    if (parse_choice(property, &way, text, err))
        return -1;
    *field.flag = way;
    return 0;
}

int property_parse_value(const struct property *property, void *object, const char *text, struct err *err)
{
    if (property->scope != PROPERTY_GROUP)
        return parse_kind(property, object, text, err);
    struct show_group trial;
    show_group_copy(&trial, object);
    if (parse_kind(property, &trial, text, err) || check_group(property, &trial, err)) {
        show_group_clear(&trial);
        return -1;
    }
    show_group_clear(object);
    *(struct show_group *)object = trial;
    return 0;
}

int property_parse(const struct property *property, void *object, const char *text, struct err *err)
{
    if (strcmp(text, "default"))
        return property_parse_value(property, object, text, err);
    if (!property->fallback && !property->inherits)
        return err_set(err, ERR_REFUSED, "%s: has no default", property->key);
    property_set_default(property, object);
    return 0;
}

/* Of what inherits, "absent" is a value of its own. */
static void set_absent(const struct property *property, void *object)
{
    union field field = field_of(property, object);
    struct show_clip *clip = object;
    switch (property->kind) {
    case PROPERTY_INT64: *field.wide = -1; break;
    case PROPERTY_FLOAT: *field.number = SHOW_INHERIT_S; break;
    case PROPERTY_PAIR: field.integer[0] = field.integer[1] = 0; break;
    case PROPERTY_LINKS:
    case PROPERTY_FILES:
    case PROPERTY_TEXT:
        free(*field.text);
        *field.text = NULL;
        break;
    case PROPERTY_MARKERS:
        markers_clear(clip);
        break;
    case PROPERTY_SENDS: field.sends->count = 0; break;
    case PROPERTY_FADES: field.fades->count = 0; break;
    case PROPERTY_SET: *field.set = 0; break;
    case PROPERTY_ORDER: *field.order = 0; break;
    default: *field.integer = SHOW_INHERIT; break;
    }
}

void property_set_default(const struct property *property, void *object)
{
    if (property->inherits)
        set_absent(property, object);
    else
        parse_kind(property, object, property->fallback, NULL);
}

bool property_is_absent(const struct property *property, const void *object)
{
    union field field = field_of(property, object);
    if (!property->inherits)
        return false;
    switch (property->kind) {
    case PROPERTY_INT64: return *field.wide < 0;
    case PROPERTY_FLOAT: return *field.number < 0;
    case PROPERTY_PAIR: return !field.integer[0];
    case PROPERTY_LINKS:
    case PROPERTY_FILES:
    case PROPERTY_TEXT: return !*field.text;
    case PROPERTY_MARKERS: return !((const struct show_clip *)object)->markers;
    case PROPERTY_SENDS: return !field.sends->count;
    case PROPERTY_FADES: return !field.fades->count;
    case PROPERTY_SET: return !*field.set;
    case PROPERTY_ORDER: return !*field.order;
    default: return *field.integer == SHOW_INHERIT;
    }
}

bool property_is_default(const struct property *property, const void *object)
{
    union field field = field_of(property, object);
    if (property->inherits)
        return property_is_absent(property, object);
    if (!property->fallback)
        return false;
    double number;
    switch (property->kind) {
    case PROPERTY_BOOL: return !*field.flag;
    case PROPERTY_SWITCH: return !strcmp(property->choices[*field.flag], property->fallback);
    case PROPERTY_CHOICE: return !strcmp(property->choices[*field.integer], property->fallback);
    case PROPERTY_INT: return *field.integer == atoi(property->fallback);
    case PROPERTY_INT64: return *field.wide == atoi(property->fallback);
    case PROPERTY_FLOAT: return text_parse_double(property->fallback, &number) && *field.number == number;
    case PROPERTY_PAIR: return field.integer[0] == 1 && field.integer[1] == 1;
    default: return false;
    }
}

static void fmt_set(uint32_t set, struct strbuf *out)
{
    strbuf_addc(out, '[');
    for (int i = 0, any = 0; i < 32; i++)
        if (set >> i & 1)
            strbuf_addf(out, "%s%d", any++ ? ", " : "", i + 1);
    strbuf_addc(out, ']');
}

static void fmt_level(double value, struct strbuf *out)
{
    if (isinf(value))
        strbuf_adds(out, "-inf");
    else
        text_fmt_double(out, value);
}

void property_fmt(const struct property *property, const void *object, struct strbuf *out)
{
    union field field = field_of(property, object);
    if (property_is_absent(property, object))
        return;
    switch (property->kind) {
    case PROPERTY_BOOL: strbuf_adds(out, *field.flag ? "true" : "false"); break;
    case PROPERTY_INT: strbuf_addf(out, "%d", *field.integer); break;
    case PROPERTY_PLACE: strbuf_addf(out, "%d", *field.integer + 1); break;
    case PROPERTY_INT64: strbuf_addf(out, "%lld", (long long)*field.wide); break;
    case PROPERTY_FLOAT: fmt_level(*field.number, out); break;
    case PROPERTY_LINKS:
    case PROPERTY_FILES:
    case PROPERTY_TEXT: strbuf_adds(out, *field.text ? *field.text : ""); break;
    case PROPERTY_CHOICE: strbuf_adds(out, property->choices[*field.integer]); break;
    case PROPERTY_SWITCH: strbuf_adds(out, property->choices[*field.flag]); break;
    case PROPERTY_PAIR: strbuf_addf(out, "[%d, %d]", field.integer[0], field.integer[1]); break;
    case PROPERTY_MARKERS: markers_fmt(object, out); break;
    case PROPERTY_SENDS: sends_fmt(field.sends, out); break;
    case PROPERTY_FADES: fade_markers_fmt(field.fades, out); break;
    case PROPERTY_SET: fmt_set(*field.set, out); break;
    case PROPERTY_ORDER: order_fmt(*field.order, out); break;
    }
}
