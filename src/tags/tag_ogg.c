/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds the comment packet, the second one, of the first stream of sound in an Ogg file
 * (RFC 3533): pages of that stream are read until the packet is whole, be it over many of them;
 * pages of other streams are passed over.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"
#include "base/strbuf.h"

#include <string.h>
#include <unistd.h>

enum { HEAD = 27, SEGMENTS_MAX = 255, PAGES_MAX = 8192, FIRST_PAGE = 2, SERIAL_AT = 14 };

struct page {
    uint32_t serial;
    bool first;                             /* of its stream */
    int segments;
    unsigned char lace[SEGMENTS_MAX];       /* bytes of each; a packet ends with the first below 255 */
    int64_t at, next;                       /* bytes of the file: its body, the page behind it */
};

/* What the second packet begins with before the comments, by what the first one begins with. */
static const struct kind {
    const char *first;
    size_t first_bytes;
    const char *second;
    size_t second_bytes, skip;
} kinds[] = {
    {"\x01vorbis", 7, "\x03vorbis", 7, 7},
    {"OpusHead", 8, "OpusTags", 8, 8},
    {"\x7f""FLAC", 5, "\x04", 1, 4},
};

static bool read_page(int fd, int64_t at, struct page *page)
{
    unsigned char head[HEAD];
    if (pread(fd, head, sizeof head, (off_t)at) != (ssize_t)sizeof head || memcmp(head, "OggS", 4) != 0)
        return false;
    page->serial = tag_le32(head + SERIAL_AT);
    page->first = head[5] & FIRST_PAGE;
    page->segments = head[HEAD - 1];
    if (pread(fd, page->lace, (size_t)page->segments, (off_t)(at + HEAD)) != page->segments)
        return false;
    page->at = page->next = at + HEAD + page->segments;
    for (int i = 0; i < page->segments; i++)
        page->next += page->lace[i];
    return true;
}

static const struct kind *find_kind(int fd, const struct page *page)
{
    unsigned char word[8] = {0};
    if (!page->first || pread(fd, word, sizeof word, (off_t)page->at) <= 0)
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!memcmp(word, kinds[i].first, kinds[i].first_bytes))
            return &kinds[i];
    return NULL;
}

static void add_bytes(int fd, int64_t at, size_t bytes, struct strbuf *packet)
{
    unsigned char piece[SEGMENTS_MAX];
    if (packet->len + bytes <= TAG_PART_BYTES_MAX && pread(fd, piece, bytes, (off_t)at) == (ssize_t)bytes)
        strbuf_add(packet, piece, bytes);
}

/* Adds what a page holds of packet 1. number: of the packet that the page begins in. Return: that of the next page. */
static int take_page(int fd, const struct page *page, int number, struct strbuf *packet)
{
    int64_t at = page->at;
    for (int i = 0; i < page->segments && number < 2; at += page->lace[i++]) {
        if (number == 1)
            add_bytes(fd, at, page->lace[i], packet);
        number += page->lace[i] < SEGMENTS_MAX;
    }
    return number;
}

void tag_ogg_read(int fd, struct tag_sink *sink)
{
    const struct kind *kind = NULL;
    struct strbuf packet = {0};
    struct page page;
    uint32_t serial = 0;
    int number = 0;
    int64_t at = 0;
    for (int i = 0; i < PAGES_MAX && number < 2 && read_page(fd, at, &page); i++, at = page.next) {
        if (!kind && (kind = find_kind(fd, &page)))
            serial = page.serial;
        if (kind && page.serial == serial)
            number = take_page(fd, &page, number, &packet);
    }
    if (kind && packet.len >= kind->skip && !memcmp(packet.s, kind->second, kind->second_bytes)) {
        tag_sink_begin(sink);
        tag_vorbis_parse((const unsigned char *)packet.s + kind->skip, packet.len - kind->skip, sink);
    }
    strbuf_clear(&packet);
}
