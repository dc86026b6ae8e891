/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First bytes: see container.h. */
#include "config.h"

#include "decode/container.h"

#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { ID3_TAGS_MAX = 8, ID3_HEAD = 10 };

long long container_skip_id3(int fd)
{
    long long at = 0;
    for (int i = 0; i < ID3_TAGS_MAX; i++) {
        unsigned char head[ID3_HEAD];
        if (pread(fd, head, sizeof head, (off_t)at) != (ssize_t)sizeof head || memcmp(head, "ID3", 3) != 0 ||
            ((head[6] | head[7] | head[8] | head[9]) & 0x80) != 0)
            break;
        bool footer = head[5] & 0x10;
        at += ID3_HEAD + (footer ? ID3_HEAD : 0) + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]);
    }
    return at;
}

/* The desc chunk has to be the first, and says what the sound is coded in (Apple, Core Audio Format 1.0, Audio Description). */
static bool is_caf_alac(int fd)
{
    enum { DESC = 8, FORMAT_ID = DESC + 12 + 8 };
    char head[FORMAT_ID + 4];
    return pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && !memcmp(head, "caff", 4) && !memcmp(head + DESC, "desc", 4) &&
           !memcmp(head + FORMAT_ID, "alac", 4);
}

enum container container_of(int fd)
{
    static const unsigned char asf[] = {0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11};
    unsigned char head[12];
    if (pread(fd, head, sizeof head, (off_t)container_skip_id3(fd)) != (ssize_t)sizeof head)
        return CONTAINER_OTHER;
    if (!memcmp(head + 4, "ftyp", 4))
        return CONTAINER_MP4;
    if (!memcmp(head, asf, sizeof asf))
        return CONTAINER_ASF;
    if (!memcmp(head, "OggS", 4))
        return CONTAINER_OGG;
    if (is_caf_alac(fd))
        return CONTAINER_CAF_ALAC;
    if (head[0] == 0xff && (head[1] & 0xf6) == 0xf0)
        return CONTAINER_ADTS;
    if (head[0] == 0xff && (head[1] & 0xe0) == 0xe0 && (head[1] & 0x18) != 0x08 && (head[1] & 0x06) != 0)
        return CONTAINER_MPEG;
    return CONTAINER_OTHER;
}
