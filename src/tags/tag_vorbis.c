/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Vorbis comments (Vorbis I specification, clause 5; the same in FLAC, RFC 9639 8.6, and Opus,
 * RFC 7845 5.2): the maker's name, then NAME=value texts in UTF-8, each behind its length.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <string.h>

/* Return: the next text, its length taken off the front of bytes; NULL if it is not there whole. */
static const unsigned char *take_text(const unsigned char **bytes, size_t *count, size_t *length)
{
    if (*count < 4 || tag_le32(*bytes) > *count - 4)
        return NULL;
    *length = tag_le32(*bytes);
    const unsigned char *text = *bytes + 4;
    *bytes = text + *length;
    *count -= 4 + *length;
    return text;
}

void tag_vorbis_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    size_t length;
    if (!take_text(&bytes, &count, &length) || count < 4)
        return;
    uint32_t texts = tag_le32(bytes);
    bytes += 4;
    count -= 4;
    for (const unsigned char *text; texts > 0 && (text = take_text(&bytes, &count, &length)); texts--) {
        const unsigned char *equals = memchr(text, '=', length);
        int field = equals ? tag_alias_find((const char *)text, (size_t)(equals - text)) : -1;
        if (field >= 0)
            tag_sink_add(sink, (enum tag_field)field, TAG_UTF8, equals + 1, length - (size_t)(equals + 1 - text));
    }
}
