/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The metadata blocks of FLAC (RFC 9639, clause 8): Vorbis comments, the cue sheet, and the RIFF
 * chunks that flac --keep-foreign-metadata keeps in APPLICATION blocks. Blocks are given to
 * their parsers in the order of tags/tags.h.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BLOCKS_MAX = 1000, HEAD = 4, WORD = 8,
    TYPE = 0x7f, LAST = 0x80, APPLICATION = 2, COMMENTS = 4, CUESHEET = 5,
    SHEET_HEAD = 396, TRACK_HEAD = 36, INDEX = 12,
};

/* Every track is a marker, at its own place; the lead-out (track 170 or 255) is none. */
void tag_flac_parse_sheet(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    if (count < SHEET_HEAD)
        return;
    unsigned tracks = bytes[SHEET_HEAD - 1];
    bytes += SHEET_HEAD;
    count -= SHEET_HEAD;
    for (unsigned i = 0; i < tracks && count >= TRACK_HEAD; i++) {
        char name[16] = "Track ";
        unsigned number = bytes[8], digits = 6;
        size_t step = TRACK_HEAD + (size_t)bytes[TRACK_HEAD - 1] * INDEX;
        if (number >= 10)
            name[digits++] = (char)('0' + number / 10);
        name[digits++] = (char)('0' + number % 10);
        if (number >= 1 && number <= 99)
            tag_sink_mark(sink, tag_be64(bytes), MARKER_SHEET, TAG_UTF8, name, digits);
        if (step > count)
            return;
        bytes += step;
        count -= step;
    }
}

struct kept {
    char word[WORD + 1];        /* the beginning of the block */
    int type;
    size_t skip;                /* bytes before what the parser wants */
    void (*parse)(const unsigned char *bytes, size_t count, struct tag_sink *sink);
};
static const struct kept kept[] = {
    {"riffcart", APPLICATION, 12, tag_cart_parse}, {"riffbext", APPLICATION, 12, tag_bext_parse},
    {"riffiXML", APPLICATION, 12, tag_ixml_parse},
    {"", COMMENTS, 0, tag_vorbis_parse}, {"", CUESHEET, 0, tag_flac_parse_sheet},
};

/* Gives the first such block to its parser. A walk for each kind, so that the order of the blocks does not matter. */
static void read_kind(int fd, int64_t at, const struct kept *kind, struct tag_sink *sink)
{
    unsigned char head[HEAD + WORD] = {0};
    for (int i = 0; i < BLOCKS_MAX && !(head[0] & LAST) && pread(fd, head, sizeof head, (off_t)at) >= HEAD; i++) {
        size_t bytes = tag_be24(head + 1), got;
        at += HEAD;
        if ((head[0] & TYPE) == kind->type && bytes >= kind->skip && !memcmp(head + HEAD, kind->word, strlen(kind->word))) {
            unsigned char *block = tag_read_part(fd, at + (int64_t)kind->skip, bytes - kind->skip, &got);
            tag_sink_begin(sink);
            kind->parse(block, got, sink);
            free(block);
            return;
        }
        at += (int64_t)bytes;
    }
}

void tag_flac_read(int fd, int64_t start, struct tag_sink *sink)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        read_kind(fd, start + 4, &kept[i], sink);
}
