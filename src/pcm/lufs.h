/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loudness of a bus as it sounds, momentary and short-term (ITU-R BS.1770-4, annex 1; EBU Tech 3341): the mean square of
 * both sides after the K weighting, over the last 400 ms and the last 3 s, without a gate. It moves in steps of 10 ms, so that a
 * tone of 400 ms is seen whole wherever it begins. Linear, such that 20 log10(value) is the loudness in LUFS.
 */
#ifndef PCM_LUFS_H
#define PCM_LUFS_H

#include "rt/guard.h"

#include <stdint.h>

enum { LUFS_STEPS_A_SECOND = 100, LUFS_MOMENTARY_STEPS = 40, LUFS_SHORT_TERM_STEPS = 300 };

struct lufs_law {                   /* of one rate */
    uint32_t step_frames;
    double shelf_b[3], shelf_a[2];  /* the first filter: + 4 dB above 1.7 kHz */
    double pass_a[2];               /* the second one: a high pass at 38 Hz; its b are 1, -2, 1 */
};

struct lufs {                       /* all zero is silence since ever */
    double shelf[2][2], pass[2][2]; /* what the filters hold, [delay][side] */
    double energy;                  /* of the step under way */
    uint32_t frames;                /* of it */
    uint32_t at;                    /* the oldest of: */
    double steps[LUFS_SHORT_TERM_STEPS];    /* energies, a ring */
    float momentary_lin, short_term_lin;    /* as of the last whole step */
};

/* Main thread. rate: a multiple of 100 Hz, from 8000 on. */
void lufs_law_init(struct lufs_law *law, uint32_t rate);

/* Audio thread. stereo: interleaved, or NULL for silence, which costs next to nothing once the filters are empty. What is no
 * number, or beyond 1e6, counts as 0. */
RT_SAFE void lufs_feed_rt(struct lufs *lufs, const struct lufs_law *law, const float *stereo, uint32_t frames);

#endif
