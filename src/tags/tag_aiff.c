/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marker chunk of AIFF (Audio Interchange File Format 1.3, "marker chunk"): number, place, and a Pascal string padded to
 * even. */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

void tag_aiff_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    if (count < 2)
        return;
    unsigned markers = tag_be16(bytes);
    bytes += 2;
    count -= 2;
    for (unsigned i = 0; i < markers && count >= 7; i++) {
        size_t length = bytes[6], step = 6 + 1 + length + !(length & 1);
        if (7 + length > count)
            return;
        tag_sink_mark(sink, tag_be32(bytes + 2), MARKER_AIFF, TAG_UTF8, bytes + 7, length);
        if (step > count)
            return;
        bytes += step;
        count -= step;
    }
}
