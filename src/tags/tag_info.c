/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The INFO list of RIFF (Multimedia Programming Interface and Data Specifications 1.0, "INFO list
 * chunk"): chunks of one NUL-terminated text each. ISRC there is a source, not a recording code.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <string.h>

void tag_info_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    static const struct {
        char id[5];
        enum tag_field field;
    } texts[] = {
        {"INAM", TAG_TITLE}, {"IART", TAG_ARTIST}, {"IPRD", TAG_ALBUM}, {"IMUS", TAG_COMPOSER}, {"IPUB", TAG_PUBLISHER},
        {"IGNR", TAG_GENRE},
        {"ITRK", TAG_TRACK}, {"IPRT", TAG_TRACK}, {"ICRD", TAG_DATE}, {"ICMT", TAG_COMMENT}, {"ICOP", TAG_COPYRIGHT},
        {"ISBJ", TAG_DESCRIPTION}, {"IBPM", TAG_BPM},
    };
    while (count >= 8) {
        size_t length = tag_le32(bytes + 4);
        const unsigned char *text = bytes + 8;
        if (length > count - 8)
            return;
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            if (!memcmp(bytes, texts[i].id, 4))
                tag_sink_add(sink, texts[i].field, TAG_UTF8, text, length);
        size_t step = 8 + length + (length & 1);
        if (step > count)
            return;
        bytes += step;
        count -= step;
    }
}
