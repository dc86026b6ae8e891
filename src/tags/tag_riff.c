/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks the chunks of a RIFF, RF64, RIFX or AIFF file, notes where the parts with metadata stand
 * (the first of each kind counts), and gives them to their parsers in the order of tags/tags.h.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNKS_MAX = 1000, HEAD = 12 };

struct part {
    char id[5], type[5];        /* of the chunk; of a LIST chunk, its first word */
    void (*parse)(const unsigned char *bytes, size_t count, struct tag_sink *sink);     /* NULL: text of this field */
    enum tag_field field;
};
static const struct part parts[] = {
    {"cart", "", tag_cart_parse, 0}, {"bext", "", tag_bext_parse, 0}, {"iXML", "", tag_ixml_parse, 0},
    {"id3 ", "", tag_id3v2_parse, 0}, {"ID3 ", "", tag_id3v2_parse, 0},
    {"NAME", "", NULL, TAG_TITLE}, {"AUTH", "", NULL, TAG_ARTIST}, {"(c) ", "", NULL, TAG_COPYRIGHT},
    {"ANNO", "", NULL, TAG_COMMENT},
    {"MARK", "", tag_aiff_parse, 0}, {"LIST", "INFO", tag_info_parse, 0},
    {"cue ", "", NULL, 0}, {"LIST", "adtl", NULL, 0},
};
enum { PARTS = sizeof parts / sizeof *parts, CUE = PARTS - 2, ADTL = PARTS - 1 };       /* these two are read together */

struct place {
    int64_t at;                 /* 0: there is none */
    uint64_t bytes;
};

/* chunk: its head, and the word behind it. */
static void note_chunk(struct place *places, const unsigned char *chunk, int64_t at, uint64_t bytes)
{
    for (int i = 0; i < PARTS; i++) {
        size_t typed = strlen(parts[i].type);
        if (!places[i].at && !memcmp(chunk, parts[i].id, 4) && bytes >= typed && !memcmp(chunk + 8, parts[i].type, typed))
            places[i] = (struct place){at + (int64_t)typed, bytes - typed};
    }
}

/* The length of the data chunk of an RF64 file stands in its ds64 chunk (EBU Tech 3306). */
static uint64_t long_data_bytes(int fd)
{
    unsigned char ds64[24];
    if (pread(fd, ds64, sizeof ds64, HEAD) != (ssize_t)sizeof ds64 || memcmp(ds64, "ds64", 4) != 0)
        return UINT64_MAX;
    return tag_le64(ds64 + 16);
}

static void find_parts(int fd, bool big, struct place *places)
{
    unsigned char chunk[HEAD] = {0};
    int64_t at = HEAD;
    for (int i = 0; i < CHUNKS_MAX && pread(fd, chunk, sizeof chunk, (off_t)at) >= 8; i++) {
        uint64_t bytes = big ? tag_be32(chunk + 4) : tag_le32(chunk + 4);
        if (bytes == 0xffffffff && !memcmp(chunk, "data", 4))
            bytes = long_data_bytes(fd);
        if (bytes > (uint64_t)(INT64_MAX - at - 9))
            return;
        at += 8;
        note_chunk(places, chunk, at, bytes);
        at += (int64_t)(bytes + (bytes & 1));
        memset(chunk, 0, sizeof chunk);
    }
}

static void read_part(int fd, const struct part *part, const struct place *place, struct tag_sink *sink)
{
    size_t got;
    unsigned char *bytes = tag_read_part(fd, place->at, place->bytes, &got);
    tag_sink_begin(sink);
    if (part->parse)
        part->parse(bytes, got, sink);
    else
        tag_sink_add(sink, part->field, TAG_UTF8, bytes, got);
    free(bytes);
}

static void read_cue(int fd, const struct place *places, struct tag_sink *sink)
{
    size_t points, texts;
    unsigned char *cue = tag_read_part(fd, places[CUE].at, places[CUE].bytes, &points);
    unsigned char *adtl = tag_read_part(fd, places[ADTL].at, places[ADTL].bytes, &texts);
    tag_cue_parse(cue, points, adtl, texts, sink);
    free(cue);
    free(adtl);
}

void tag_riff_read(int fd, struct tag_sink *sink)
{
    struct place places[PARTS] = {0};
    unsigned char word = 0;
    bool big = pread(fd, &word, 1, 3) == 1 && (word == 'M' || word == 'X');     /* FORM, RIFX */
    find_parts(fd, big, places);
    for (int i = 0; i < CUE; i++)
        if (places[i].at)
            read_part(fd, &parts[i], &places[i], sink);
    if (places[CUE].at && !big)
        read_cue(fd, places, sink);
}
