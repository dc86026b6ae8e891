/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which walker a file is for, by its first bytes: tags_read() of tags.h. A file may begin with an
 * ID3v2 tag whatever it is (MP3 does), and end with an ID3v1 tag.
 */
#include "config.h"

#include "tags/tags.h"

#include "tags/tag_parsers.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 10, ID3V1_BYTES = 128 };

unsigned char *tag_read_part(int fd, int64_t at, uint64_t bytes, size_t *got)
{
    struct stat st;
    uint64_t there = fstat(fd, &st) == 0 && st.st_size > at ? (uint64_t)(st.st_size - at) : 0;
    size_t want = bytes > TAG_PART_BYTES_MAX ? TAG_PART_BYTES_MAX : (size_t)bytes;
    if (want > there)
        want = (size_t)there;
    unsigned char *part = xmalloc(want ? want : 1);
    ssize_t have = want ? pread(fd, part, want, (off_t)at) : 0;
    *got = have > 0 ? (size_t)have : 0;
    return part;
}

static void parse_part(int fd, int64_t at, uint64_t bytes, void (*parse)(const unsigned char *, size_t, struct tag_sink *),
                       struct tag_sink *sink)
{
    size_t got;
    unsigned char *part = tag_read_part(fd, at, bytes, &got);
    tag_sink_begin(sink);
    parse(part, got, sink);
    free(part);
}

/* Return: whether the file holds its metadata in its own manner, so that no ID3v1 tag is looked for. */
static bool read_own(int fd, int64_t at, struct tag_sink *sink)
{
    static const struct {
        size_t at;              /* byte of the file at which the word stands */
        char word[5];
        void (*read)(int fd, struct tag_sink *sink);
    } walkers[] = {
        {0, "RIFF", tag_riff_read}, {0, "RF64", tag_riff_read}, {0, "RIFX", tag_riff_read}, {0, "FORM", tag_riff_read},
        {0, "OggS", tag_ogg_read}, {4, "ftyp", tag_mp4_read}, {0, "0&\xb2u", tag_asf_read},
    };
    char head[8];
    if (pread(fd, head, sizeof head, (off_t)at) != (ssize_t)sizeof head)
        return true;
    bool flac = !memcmp(head, "fLaC", 4);
    if (flac)
        tag_flac_read(fd, at, sink);
    for (size_t i = 0; at == 0 && i < sizeof walkers / sizeof *walkers; i++) {
        if (!memcmp(head + walkers[i].at, walkers[i].word, 4)) {
            walkers[i].read(fd, sink);
            return true;
        }
    }
    return flac;
}

void tags_read(int fd, uint32_t rate, struct media_tags *tags)
{
    struct tag_sink sink;
    struct stat st;
    unsigned char head[HEAD];
    uint64_t id3 = 0;
    tag_sink_init(&sink, tags, rate);
    if (fstat(fd, &st) < 0)
        return;
    if (pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && (id3 = tag_id3v2_bytes(head)))
        parse_part(fd, 0, id3, tag_id3v2_parse, &sink);
    if (!read_own(fd, (int64_t)id3, &sink) && st.st_size >= ID3V1_BYTES)
        parse_part(fd, (int64_t)st.st_size - ID3V1_BYTES, ID3V1_BYTES, tag_id3v1_parse, &sink);
}
