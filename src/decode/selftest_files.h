/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small file of each format, all of the same tone, so that what a decoder makes of it is known. */
#ifndef DECODE_SELFTEST_FILES_H
#define DECODE_SELFTEST_FILES_H

#include <stdbool.h>
#include <stddef.h>

enum { SELFTEST_FILES = 14, SELFTEST_RATE = 48000 };     /* each has one channel */

struct selftest_file {
    const char *format;             /* for people */
    const unsigned char *bytes;
    size_t size;
    int frames;                     /* that a decoder gives */
    int first, tone_frames;         /* the tone, which begins with the first of them: what is behind the coder's delay */
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
