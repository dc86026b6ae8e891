/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of an Ogg file (RFC 3533), found by their headers and checksums. Worker only: reads the file. */
#ifndef DECODE_OGG_PAGES_H
#define DECODE_OGG_PAGES_H

#include <stdbool.h>
#include <stdint.h>

enum { OGG_PAGE_MAX = 27 + 255 + 255 * 255, OGG_CONTINUED = 1, OGG_FIRST = 2, OGG_LAST = 4, OGG_OPUS_RATE = 48000 };

struct ogg_page {
    int64_t at;                     /* byte of the file */
    int64_t granule;                /* -1: no packet ends in it */
    unsigned bytes, head;           /* of the whole page; of its header */
    unsigned flags;                 /* OGG_CONTINUED ... */
    uint32_t serial;
    unsigned packets;               /* that end in it */
    const unsigned char *data;      /* the whole page, good until the next call */
};

struct ogg_file {
    int fd;
    int64_t size;
    int64_t window_at, window_bytes;
    unsigned char window[OGG_PAGE_MAX + (64 << 10)];
};

/* The whole and sound page at or behind this byte that begins before `before`. Return: false if there is none. */
bool ogg_page_next(struct ogg_file *file, int64_t at, int64_t before, struct ogg_page *page);
/* Makes, in `to` (OGG_PAGE_MAX bytes), a page like this one without its first `skip` packets. Return: its bytes. */
unsigned ogg_page_trim(const struct ogg_page *page, unsigned skip, unsigned char *to);
/* Puts its checksum right. */
void ogg_page_seal(unsigned char *page, unsigned bytes);
/* Opus (RFC 6716 3.1): length of packet `index` of those that begin in the page, in frames of 48 kHz; 0 if it has no such. */
unsigned ogg_page_opus_frames(const struct ogg_page *page, unsigned index);

#endif
