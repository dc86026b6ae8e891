/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values lie one behind the other in tags->text, each with its NUL, behind one NUL that stands
 * for every absent field. A value that grows is taken out and put in again at the end.
 */
#include "config.h"

#include "tags/tag_sink.h"

#include "base/text.h"
#include "wire/work.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void tag_sink_init(struct tag_sink *sink, struct media_tags *tags, uint32_t rate)
{
    memset(tags, 0, sizeof *tags);
    *sink = (struct tag_sink){.tags = tags, .rate = rate};
}

void tag_sink_begin(struct tag_sink *sink)
{
    for (int field = 0; field < TAG_FIELDS; field++)
        sink->said[field] = sink->tags->at[field] != 0;
}

static void take_out(struct media_tags *tags, enum tag_field field)
{
    uint16_t at = tags->at[field];
    if (!at)
        return;
    size_t bytes = strlen(tags->text + at) + 1;
    memmove(tags->text + at, tags->text + at + bytes, tags->text_bytes - at - bytes);
    tags->text_bytes = (uint16_t)(tags->text_bytes - bytes);
    tags->at[field] = 0;
    for (int other = 0; other < TAG_FIELDS; other++)
        if (tags->at[other] > at)
            tags->at[other] = (uint16_t)(tags->at[other] - bytes);
}

static void put_in(struct media_tags *tags, enum tag_field field, const char *value, size_t length)
{
    if (tags->text_bytes == 0)
        tags->text_bytes = 1;
    tags->at[field] = tags->text_bytes;
    memcpy(tags->text + tags->text_bytes, value, length + 1);
    tags->text_bytes = (uint16_t)(tags->text_bytes + length + 1);
}

static void add_value(struct tag_sink *sink, enum tag_field field, char *value, size_t length)
{
    struct media_tags *tags = sink->tags;
    const char *old = tags->text + tags->at[field];
    size_t had = strlen(old), joint = had ? had + 2 : 0;
    if (!length || sink->said[field] || !strcmp(old, value))
        return;
    if (joint + length >= MEDIA_TAG_BYTES || tags->text_bytes + joint + length + 2 > MEDIA_TAG_TEXT_BYTES) {
        tags->left_out += tags->left_out < UINT16_MAX;
        return;
    }
    memmove(value + joint, value, length + 1);
    if (had) {
        memcpy(value, old, had);
        memcpy(value + had, "; ", 2);
    }
    take_out(tags, field);
    put_in(tags, field, value, joint + length);
}

void tag_sink_add(struct tag_sink *sink, enum tag_field field, enum tag_encoding encoding, const void *bytes, size_t count)
{
    char value[MEDIA_TAG_BYTES];
    size_t length = tag_text_decode(value, sizeof value, encoding, bytes, count);
    add_value(sink, field, value, length);
}

void tag_sink_addf(struct tag_sink *sink, enum tag_field field, const char *format, ...)
{
    char value[MEDIA_TAG_BYTES];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(value, sizeof value, format, args);
    va_end(args);
    if (length > 0 && (size_t)length < sizeof value)
        add_value(sink, field, value, (size_t)length);
}

void tag_sink_mark(struct tag_sink *sink, uint64_t frame, enum media_marker_source source, enum tag_encoding encoding,
                   const void *name, size_t count)
{
    struct media_tags *tags = sink->tags;
    struct media_marker marker = {.frame = (int64_t)frame, .source = source};
    if (frame >= (uint64_t)WORK_FRAMES_MAX)
        return;
    tag_text_decode(marker.name, sizeof marker.name, encoding, name, count);
    int at = tags->markers;
    while (at > 0 && tags->marker[at - 1].frame > marker.frame)
        at--;
    for (int same = at; same > 0 && tags->marker[same - 1].frame == marker.frame; same--)
        if (!strcmp(tags->marker[same - 1].name, marker.name))
            return;
    if (tags->markers == MEDIA_MARKERS_MAX) {
        tags->left_out += tags->left_out < UINT16_MAX;
        return;
    }
    memmove(&tags->marker[at + 1], &tags->marker[at], (size_t)(tags->markers - at) * sizeof marker);
    tags->marker[at] = marker;
    tags->markers++;
}

/* Whole seconds apart from the rest, so that no product goes over 64 bits; rounded to the nearest frame. */
void tag_sink_mark_time(struct tag_sink *sink, uint64_t at, uint32_t per_s, enum tag_encoding encoding, const void *name,
                        size_t count)
{
    uint64_t seconds = at / per_s, rest = at % per_s;
    if (sink->rate && seconds < (uint64_t)WORK_FRAMES_MAX / sink->rate)
        tag_sink_mark(sink, seconds * sink->rate + (rest * sink->rate + per_s / 2) / per_s, MARKER_CHAPTER, encoding,
                      name, count);
}
