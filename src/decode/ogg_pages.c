/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of Ogg: see ogg_pages.h. */
#include "config.h"

#include "decode/ogg_pages.h"

#include <string.h>
#include <unistd.h>

enum { HEAD_BYTES = 27, FLAGS_AT = 5, GRANULE_AT = 6, SERIAL_AT = 14, CHECK_AT = 22, SEGMENTS_AT = 26, LACE_FULL = 255 };

#define GRANULE_MAX (INT64_C(1) << 48)     /* more than any disk holds; sums with lengths fit 64 bits */

static uint32_t read_u32(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The CRC of RFC 3533 section 6: polynomial 0x04c11db7, no reflection, from 0; its own field counts as 0. */
static uint32_t page_check(const unsigned char *page, unsigned bytes)
{
    static uint32_t table[256];
    uint32_t check = 0;
    for (uint32_t i = 0; !table[255] && i < 256; i++) {
        uint32_t remainder = i << 24;
        for (int bit = 0; bit < 8; bit++)
            remainder = remainder << 1 ^ (remainder >> 31 ? 0x04c11db7 : 0);
        table[i] = remainder;
    }
    for (unsigned i = 0; i < bytes; i++)
        check = check << 8 ^ table[(check >> 24 ^ (i >= CHECK_AT && i < CHECK_AT + 4 ? 0 : page[i])) & 255];
    return check;
}

static const unsigned char *peek(struct ogg_file *file, int64_t at, int64_t bytes)
{
    if (at + bytes > file->size)
        return NULL;
    if (at < file->window_at || at + bytes > file->window_at + file->window_bytes) {
        ssize_t got = pread(file->fd, file->window, sizeof file->window, (off_t)at);
        file->window_at = at;
        file->window_bytes = got > 0 ? got : 0;
    }
    return at + bytes <= file->window_at + file->window_bytes ? file->window + (at - file->window_at) : NULL;
}

static bool page_at(struct ogg_file *file, int64_t at, struct ogg_page *page)
{
    const unsigned char *head = peek(file, at, HEAD_BYTES);
    if (!head || memcmp(head, "OggS", 5) != 0)              /* with its version, 0 */
        return false;
    unsigned segments = head[SEGMENTS_AT], bytes = HEAD_BYTES + segments;
    head = peek(file, at, bytes);
    page->packets = 0;
    for (unsigned i = 0; head && i < segments; i++) {
        bytes += head[HEAD_BYTES + i];
        page->packets += head[HEAD_BYTES + i] < LACE_FULL;
    }
    head = head ? peek(file, at, bytes) : NULL;
    if (!head || page_check(head, bytes) != read_u32(head + CHECK_AT))
        return false;
    page->at = at;
    page->bytes = bytes;
    page->head = HEAD_BYTES + segments;
    page->flags = head[FLAGS_AT];
    page->granule = (int64_t)(read_u32(head + GRANULE_AT) | (uint64_t)read_u32(head + GRANULE_AT + 4) << 32);
    if (page->granule < 0 || page->granule > GRANULE_MAX)
        page->granule = -1;
    page->serial = read_u32(head + SERIAL_AT);
    page->data = head;
    return true;
}

bool ogg_page_next(struct ogg_file *file, int64_t at, int64_t before, struct ogg_page *page)
{
    while (at < before) {
        const unsigned char *from = peek(file, at, 1);
        if (!from)
            return false;
        if (*from == 'O' && page_at(file, at, page))
            return true;
        int64_t there = file->window_at + file->window_bytes - at;
        const unsigned char *next = there > 1 ? memchr(from + 1, 'O', (size_t)(there - 1)) : NULL;
        at += next ? next - from : there > 0 ? there : 1;
    }
    return false;
}

void ogg_page_seal(unsigned char *page, unsigned bytes)
{
    uint32_t check = page_check(page, bytes);
    for (int i = 0; i < 4; i++)
        page[CHECK_AT + i] = (unsigned char)(check >> 8 * i);
}

unsigned ogg_page_trim(const struct ogg_page *page, unsigned skip, unsigned char *to)
{
    const unsigned char *lace = page->data + HEAD_BYTES;
    unsigned segments = page->data[SEGMENTS_AT], first = 0, dropped = 0;
    for (; first < segments && skip; first++) {
        dropped += lace[first];
        skip -= lace[first] < LACE_FULL;
    }
    unsigned left = segments - first, data = page->bytes - page->head - dropped, bytes = HEAD_BYTES + left + data;
    memcpy(to, page->data, HEAD_BYTES);
    memcpy(to + HEAD_BYTES, lace + first, left);
    memcpy(to + HEAD_BYTES + left, page->data + page->head + dropped, data);
    to[SEGMENTS_AT] = (unsigned char)left;
    if (first)
        to[FLAGS_AT] &= (unsigned char)~OGG_CONTINUED;
    ogg_page_seal(to, bytes);
    return bytes;
}

static unsigned opus_frames(const unsigned char *packet, unsigned bytes)
{
    unsigned config = packet[0] >> 3, code = packet[0] & 3, length;
    if (config < 12)
        length = (const unsigned[]){480, 960, 1920, 2880}[config & 3];
    else if (config < 16)
        length = config & 1 ? 960 : 480;
    else
        length = 120u << (config & 3);
    return length * (code == 0 ? 1 : code < 3 ? 2 : bytes > 1 ? packet[1] & 63u : 0);
}

unsigned ogg_page_opus_frames(const struct ogg_page *page, unsigned index)
{
    const unsigned char *lace = page->data + HEAD_BYTES, *data = page->data + page->head;
    unsigned segments = page->data[SEGMENTS_AT], i = 0;
    for (unsigned packet = 0; i < segments; packet++) {
        unsigned bytes = 0;
        do
            bytes += lace[i];
        while (lace[i++] == LACE_FULL && i < segments);
        if (packet == index)
            return bytes ? opus_frames(data, bytes) : 0;
        data += bytes;
    }
    return 0;
}
