/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks the chunks of a RIFF or RF64 file, notes where the parts with metadata stand (the first
 * of each kind counts), and gives them to their parsers in the order of media/tags.h.
 */
#include "config.h"

#include "media/tag_parsers.h"

#include "media/tag_bytes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNKS_MAX = 1000, HEAD = 12 };

struct part {
    char id[5], type[5];        /* of the chunk; of a LIST chunk, its first word */
    void (*parse)(const unsigned char *bytes, size_t count, struct tag_sink *sink);
};
static const struct part parts[] = {
    {"bext", "", tag_bext_parse},
    {"LIST", "INFO", tag_info_parse},
};
enum { PARTS = sizeof parts / sizeof *parts };

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

static void find_parts(int fd, struct place *places)
{
    unsigned char chunk[HEAD] = {0};
    int64_t at = HEAD;
    for (int i = 0; i < CHUNKS_MAX && pread(fd, chunk, sizeof chunk, (off_t)at) >= 8; i++) {
        uint64_t bytes = tag_le32(chunk + 4);
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

void tag_riff_read(int fd, struct tag_sink *sink)
{
    struct place places[PARTS] = {0};
    find_parts(fd, places);
    for (int i = 0; i < PARTS; i++) {
        if (!places[i].at)
            continue;
        size_t got;
        unsigned char *bytes = tag_read_part(fd, places[i].at, places[i].bytes, &got);
        tag_sink_begin(sink);
        parts[i].parse(bytes, got, sink);
        free(bytes);
    }
}
