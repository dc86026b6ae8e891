/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cue points of RIFF (Multimedia Programming Interface and Data Specifications 1.0, "cue-points
 * chunk" and "associated data list"). A point's name is its label, else the text of its region,
 * else its note.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <string.h>

enum {
    POINT_BYTES = 24,
    POINTS_MAX = 256, NOTES_MAX = 4096,     /* a hostile file makes us look at no more: their product bounds the work */
};

struct text {
    const unsigned char *at;
    size_t count;
};

/* The first text of a kind about a point: behind the chunk's head stand the point's number and, in ltxt, 16 bytes more. */
static bool find_text(const unsigned char *adtl, size_t count, const char *kind, size_t skip, uint32_t point, struct text *text)
{
    for (int i = 0; i < NOTES_MAX && count >= 8; i++) {
        size_t length = tag_le32(adtl + 4);
        if (length > count - 8)
            length = count - 8;             /* the last one may be cut */
        if (!memcmp(adtl, kind, 4) && length > skip && tag_le32(adtl + 8) == point && adtl[8 + skip]) {
            *text = (struct text){adtl + 8 + skip, length - skip};
            return true;
        }
        size_t step = 8 + length + (length & 1);
        if (step > count)
            return false;
        adtl += step;
        count -= step;
    }
    return false;
}

static struct text find_name(const unsigned char *adtl, size_t count, uint32_t point)
{
    struct text text = {adtl, 0};
    if (!find_text(adtl, count, "labl", 4, point, &text) && !find_text(adtl, count, "ltxt", 20, point, &text))
        find_text(adtl, count, "note", 4, point, &text);
    return text;
}

void tag_cue_parse(const unsigned char *cue, size_t cue_count, const unsigned char *adtl, size_t adtl_count,
                   struct tag_sink *sink)
{
    if (cue_count < 4)
        return;
    size_t there = (cue_count - 4) / POINT_BYTES, points = tag_le32(cue) < there ? tag_le32(cue) : there;
    for (size_t i = 0; i < points && i < POINTS_MAX; i++) {
        const unsigned char *point = cue + 4 + i * POINT_BYTES;
        if (memcmp(point + 8, "data", 4) != 0)
            continue;
        /* some fill in only the place in play order */
        uint32_t frame = tag_le32(point + 20) ? tag_le32(point + 20) : tag_le32(point + 4);
        struct text name = find_name(adtl, adtl_count, tag_le32(point));
        tag_sink_mark(sink, frame, MARKER_CUE, TAG_UTF8, name.at, name.count);
    }
}
