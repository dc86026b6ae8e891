/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a bus meter shows: a peak and a true peak, which rise at once and fall by 20 dB a second, the RMS of the
 * last 300 ms, and the loudness, momentary and short-term. Fed once a period; a bus that has been silent long enough costs
 * nothing.
 * Also amplitude to 1/1000 dB for what the segment shows, without a library call.
 */
#ifndef ENGINE_LEVELS_H
#define ENGINE_LEVELS_H

#include "pcm/lufs.h"
#include "pcm/truepeak.h"
#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

enum { LEVELS_PARTS = 32, LEVELS_FALLS = 13, LEVELS_LOG_STEPS = 512 };

struct levels_part {
    double energy;                      /* sum of squares of both channels */
    uint32_t frames;
};

struct levels {
    float peak_lin, true_peak_lin, rms_lin;     /* as shown */
    struct lufs lufs;                   /* loudness as shown, and what it is made of */
    struct truepeak truepeak;
    bool flushed;                       /* silence was fed to it last */
    struct levels_part part[LEVELS_PARTS];  /* the window, oldest first */
    uint32_t parts;
    struct levels_part growing;         /* not yet 1/30 of the window */
};

struct levels_law {                     /* of one rate, made once */
    struct lufs_law lufs;
    uint32_t window_frames, part_frames;
    float fall[LEVELS_FALLS];           /* fall[i]: of the peak over 2^i frames */
    float log[LEVELS_LOG_STEPS + 1];    /* log[i]: log2(1 + i / LEVELS_LOG_STEPS) */
};

/* Main thread. */
void levels_init(struct levels_law *law, uint32_t rate);
/* stereo: interleaved, or NULL for silence. */
RT_SAFE void levels_feed_rt(struct levels *levels, const struct levels_law *law, const float *stereo, uint32_t frames);

/* 20 log10(lin) in 1/1000 dB, within 1; 0 and what is below -200 dB: INT32_MIN. */
RT_SAFE int32_t levels_mdb_rt(const struct levels_law *law, float lin);

#endif
