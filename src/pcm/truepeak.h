/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * True peak (ITU-R BS.1770-4, Annex 2): the highest level of the wave between the samples, found by interpolation to
 * four times the rate; every sample itself counts too. The interpolator is longer than the one of the standard
 * (32 taps a phase instead of 12), so that it reads 20 kHz right at 44.1 kHz as well. Pure but for the last frames of
 * the period before, which the caller keeps in a struct truepeak; no result depends on how the frames are cut.
 */
#ifndef PCM_TRUEPEAK_H
#define PCM_TRUEPEAK_H

#include "rt/guard.h"

#include <stdint.h>

#define TRUEPEAK_TAPS 32            /* frames that a value between two of them is made of */
#define TRUEPEAK_HALF (TRUEPEAK_TAPS / 2)
/* More than any of these values can be where all samples are 1 or less. */
#define TRUEPEAK_GROWTH 2.6f

struct truepeak {                   /* all zero is silence before the first frame */
    float last[2 * (TRUEPEAK_TAPS - 1)];    /* the frames fed last, oldest first */
};

/* Makes the taps: once a process, before any other call; any thread, idempotent. */
void truepeak_tables_init(void);

/* Audio thread. */

/* The highest true peak of either side among the frames fed, TRUEPEAK_HALF frames late. stereo: interleaved. NaN counts
 * as 0 or makes its surroundings uncounted. Return: linear, 1 = 0 dBTP. */
RT_SAFE float truepeak_feed_rt(struct truepeak *truepeak, const float *stereo, uint32_t frames);
/* peaks[2i], peaks[2i + 1]: of left and right, the highest of frame i and the values between it and the next frame. in: points
 * at frame -(TRUEPEAK_HALF - 1) and reaches to frame frames - 1 + TRUEPEAK_HALF. A frame whose peak is over suspect is looked at
 * again at twelve times the rate; HUGE_VALF: none is. */
RT_SAFE void truepeak_find_rt(float *peaks, const float *in, float suspect, uint32_t frames);

#endif
