/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Resamplers that are kept for the next use: making one costs more than a piece of sound. And
 * what a stretch of the chain needs of the file. Loader thread.
 */
#ifndef MEDIA_CONVERT_H
#define MEDIA_CONVERT_H

#include <stdint.h>

struct resampler;

enum { CONVERT_KEPT = 8 };

struct convert {
    struct {
        uint32_t in_rate, out_rate;     /* Hz */
        unsigned channels;              /* 1 or 2 */
        struct resampler *resampler;    /* NULL: place free */
        uint64_t used;                  /* when, in uses */
    } kept[CONVERT_KEPT];
    uint64_t uses;
};

/* Frames of the file, [from, to); they may lie before its beginning or behind its end, where silence is. */
struct reach {
    int64_t from, to;
};

/* Return: NULL if the rates are equal; else good until the next call. */
struct resampler *convert_get(struct convert *convert, uint32_t in_rate, uint32_t out_rate, unsigned channels);
/* What chain frames first..first+count-1 are made from. Pre: count > 0. resampler NULL: the same frames. */
struct reach convert_reach(const struct resampler *resampler, int64_t first, uint32_t count);
void convert_clear(struct convert *convert);

#endif
