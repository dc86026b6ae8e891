/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From any of four encodings, a character at a time: see tag_text.h. */
#include "config.h"

#include "tags/tag_text.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { UNKNOWN = 0xfffd, MARK = 0xfeff, LINE_SEPARATOR = 0x2028, PARAGRAPH_SEPARATOR = 0x2029 };

static size_t encode(char *out, uint32_t rune)
{
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    size_t size = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, rune >>= 6)
        out[i] = (char)(0x80 | (rune & 0x3f));
    out[0] = (char)(0xf00u >> size | rune);
    return size;
}

/* One UTF-16 character. Return: bytes used; 0 at the end (half a unit is no unit). */
static size_t next_utf16(const unsigned char *bytes, size_t count, bool big, uint32_t *rune)
{
    if (count < 2)
        return 0;
    uint32_t high = (uint32_t)(big ? bytes[0] << 8 | bytes[1] : bytes[1] << 8 | bytes[0]);
    *rune = high;
    if (high < 0xd800 || high >= 0xe000)
        return 2;
    *rune = UNKNOWN;
    if (high >= 0xdc00 || count < 4)
        return 2;
    uint32_t low = (uint32_t)(big ? bytes[2] << 8 | bytes[3] : bytes[3] << 8 | bytes[2]);
    if (low < 0xdc00 || low >= 0xe000)
        return 2;
    *rune = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return 4;
}

static size_t next_rune(const unsigned char *bytes, size_t count, enum tag_encoding encoding, uint32_t *rune)
{
    if (encoding == TAG_UTF8)
        return (size_t)utf8_next((const char *)bytes, count, rune);
    if (encoding != TAG_LATIN1)
        return next_utf16(bytes, count, encoding == TAG_UTF16BE, rune);
    *rune = count ? *bytes : 0;
    return count > 0;
}

/* What is really meant where an encoding leaves it open. */
static enum tag_encoding settle(enum tag_encoding encoding, const unsigned char *bytes, size_t count)
{
    if (encoding == TAG_UTF16)
        return count >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff ? TAG_UTF16BE : TAG_UTF16;
    return encoding == TAG_UTF8 && !utf8_valid((const char *)bytes, strnlen((const char *)bytes, count)) ? TAG_LATIN1 : encoding;
}

static bool breaks_line(uint32_t rune)
{
    return rune == '\n' || rune == '\r' || rune == '\t' || rune == LINE_SEPARATOR || rune == PARAGRAPH_SEPARATOR;
}

size_t tag_text_decode(char *out, size_t size, enum tag_encoding encoding, const void *from, size_t count)
{
    const unsigned char *bytes = from;
    size_t made = 0;
    uint32_t rune;
    encoding = settle(encoding, bytes, count);
    for (size_t used; (used = next_rune(bytes, count, encoding, &rune)) > 0 && rune; bytes += used, count -= used) {
        char one[4];
        bool blank = breaks_line(rune);
        if (blank ? made == 0 || out[made - 1] == ' ' : utf8_is_control(rune) || rune == MARK || (rune == ' ' && made == 0))
            continue;
        size_t length = encode(one, blank ? ' ' : rune);
        if (made + length >= size)
            break;
        memcpy(out + made, one, length);
        made += length;
    }
    while (made && out[made - 1] == ' ')
        made--;
    out[made] = '\0';
    return made;
}
