/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which walker a file is for, by its first bytes: tags_read() of tags.h. */
#include "config.h"

#include "media/tags.h"

#include "base/xalloc.h"
#include "media/tag_parsers.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

void tags_read(int fd, struct media_tags *tags)
{
    static const struct {
        char word[5];
        void (*read)(int fd, struct tag_sink *sink);
    } walkers[] = {{"RIFF", tag_riff_read}, {"RF64", tag_riff_read}};
    struct tag_sink sink;
    unsigned char head[4];
    tag_sink_init(&sink, tags);
    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        return;
    for (size_t i = 0; i < sizeof walkers / sizeof *walkers; i++)
        if (!memcmp(head, walkers[i].word, sizeof head))
            walkers[i].read(fd, &sink);
}
