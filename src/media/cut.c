/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks the chunks of a RIFF, RF64 or FORM file to the one with the sound: see cut.h. The
 * decoder quietly takes what is there; the operator wants to know that something is not.
 */
#include "config.h"

#include "media/cut.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNKS_MAX = 1000 };         /* a file with more before its sound is not worth walking */

static uint32_t read_u32(const unsigned char *at, bool big)
{
    return big ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
               : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* The lengths that programs write when they cannot go back and write the right one. */
static bool left_open(uint32_t size)
{
    return size == 0 || size == 0xffffffff || size == 0x7fffffff || size == 0x7ffff000;
}

/* The length of the data chunk of an RF64 file stands in its ds64 chunk, the first one. */
static uint64_t rf64_data_bytes(int fd)
{
    unsigned char ds64[24];
    if (pread(fd, ds64, sizeof ds64, 12) != (ssize_t)sizeof ds64 || memcmp(ds64, "ds64", 4) != 0)
        return 0;
    return read_u32(ds64 + 16, false) | (uint64_t)read_u32(ds64 + 20, false) << 32;
}

int64_t cut_missing_bytes(int fd)
{
    unsigned char head[12];
    struct stat st;
    if (fstat(fd, &st) < 0 || pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        return 0;
    bool form = !memcmp(head, "FORM", 4), rf64 = !memcmp(head, "RF64", 4);
    if (!form && !rf64 && memcmp(head, "RIFF", 4) != 0 && memcmp(head, "RIFX", 4) != 0)
        return 0;
    bool big = form || !memcmp(head, "RIFX", 4);
    int64_t at = sizeof head;
    for (int i = 0; i < CHUNKS_MAX; i++) {
        unsigned char chunk[8];
        if (pread(fd, chunk, sizeof chunk, (off_t)at) != (ssize_t)sizeof chunk)
            return 0;
        uint64_t size = read_u32(chunk + 4, big);
        at += (int64_t)sizeof chunk;
        if (!memcmp(chunk, form ? "SSND" : "data", 4)) {
            if (rf64 && size == 0xffffffff)
                size = rf64_data_bytes(fd);
            else if (left_open((uint32_t)size))
                return 0;
            uint64_t there = (uint64_t)(st.st_size - at);
            return size > there ? (int64_t)(size - there < INT64_MAX ? size - there : INT64_MAX) : 0;
        }
        at += (int64_t)(size + (size & 1));
    }
    return 0;
}
