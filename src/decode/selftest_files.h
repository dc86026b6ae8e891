/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small file of each format, all of the same tone, so that what a decoder makes of it is known. */
#ifndef DECODE_SELFTEST_FILES_H
#define DECODE_SELFTEST_FILES_H

#include <stdbool.h>
#include <stddef.h>

enum { SELFTEST_FILES = 7, SELFTEST_RATE = 48000 };     /* each has one channel */

struct selftest_file {
    const char *format;             /* for people */
    const unsigned char *bytes;
    size_t size;
    int frames;
    bool exact;                     /* lossless: the samples are the tone's own */
    bool optional;                  /* its decoder may not be there */
};
extern const struct selftest_file selftest_files[SELFTEST_FILES];

/* 500 Hz in 16 bits, made of parabolas: the same on every machine. */
static inline short selftest_tone(int frame)
{
    int phase = frame % 96, x = phase % 48, arch = x * (48 - x) * 20;
    return (short)(phase < 48 ? arch : -arch);
}

#endif
