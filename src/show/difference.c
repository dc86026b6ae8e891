/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How little an edit changed. Most edits set one number of a clip, and `gain all` does so ten
 * thousand times in one step; undo then remembers that field instead of the whole clip.
 */
#include "config.h"

#include "show/objects.h"
#include "show/property.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool same_markers(const struct show_clip *a, const struct show_clip *b)
{
    if (a->markers != b->markers)
        return false;
    for (int i = 0; i < a->markers; i++)
        if (a->marker[i].at != b->marker[i].at || strcmp(a->marker[i].name, b->marker[i].name))
            return false;
    return true;
}

static bool same_fades(const struct show_fade_markers *a, const struct show_fade_markers *b)
{
    bool same = a->count == b->count;
    for (int i = 0; same && i < a->count; i++)
        same = a->fade[i].from == b->fade[i].from && a->fade[i].to == b->fade[i].to && a->fade[i].level == b->fade[i].level &&
               a->fade[i].curve == b->fade[i].curve;
    return same;
}

/* Bytes of a kind that is plain data of one field; 0 of any other. */
static size_t plain_size(enum property_kind kind)
{
    switch (kind) {
    case PROPERTY_BOOL:
    case PROPERTY_SWITCH: return sizeof(bool);
    case PROPERTY_INT:
    case PROPERTY_CHOICE: return sizeof(int);
    case PROPERTY_INT64: return sizeof(int64_t);
    case PROPERTY_ORDER: return sizeof(uint64_t);
    case PROPERTY_FLOAT: return sizeof(double);
    default: return 0;
    }
}

static const void *field_of(const struct show_clip *clip, const struct property *property)
{
    return (const char *)clip + property->offset;
}

static bool same_field(const struct property *property, const struct show_clip *a, const struct show_clip *b)
{
    const void *of_a = field_of(a, property), *of_b = field_of(b, property);
    switch (property->kind) {
    case PROPERTY_LINKS:
    case PROPERTY_FILES:
    case PROPERTY_TEXT: return same_text(*(char *const *)of_a, *(char *const *)of_b);
    case PROPERTY_PLACE: return !memcmp(of_a, of_b, sizeof(int));
    case PROPERTY_PAIR: return !memcmp(of_a, of_b, 2 * sizeof(int));
    case PROPERTY_MARKERS: return same_markers(a, b);
    case PROPERTY_FADES: return same_fades(of_a, of_b);
    default: return !memcmp(of_a, of_b, plain_size(property->kind));
    }
}

const struct property *difference_field(const struct show_clip *a, const struct show_clip *b)
{
    const struct property *found = NULL, *plain = NULL;
    if (a->tab != b->tab || !same_text(a->extra, b->extra))
        return NULL;
    for (int i = 0; i < property_count; i++) {
        const struct property *property = &property_table[i];
        if (property->scope != PROPERTY_CLIP)
            continue;
        if (plain_size(property->kind))
            plain = property;
        if (same_field(property, a, b))
            continue;
        if (found || !plain_size(property->kind))
            return NULL;
        found = property;
    }
    return found ? found : plain;       /* where all is the same, any plain field says so */
}

bool show_clip_same(const struct show_clip *a, const struct show_clip *b)
{
    if (a->tab != b->tab || !same_text(a->extra, b->extra))
        return false;
    for (int i = 0; i < property_count; i++)
        if (property_table[i].scope == PROPERTY_CLIP && !same_field(&property_table[i], a, b))
            return false;
    return true;
}

uint64_t difference_swap(struct show_clip *clip, const struct property *property, uint64_t bits)
{
    uint64_t old = 0;
    char *field = (char *)clip + property->offset;
    memcpy(&old, field, plain_size(property->kind));
    memcpy(field, &bits, plain_size(property->kind));
    return old;
}
