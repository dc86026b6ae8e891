/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The limiter of a bus or of a pair of outputs (SPEC B4): no true peak over -1 dBTP comes out of it. It delays by 1 ms,
 * so that its gain can go down before what it is for comes, and gives both sides the same gain.
 *
 * Below the ceiling it is a delay, bit for bit (as far as a peak is known: within 0.04 dB up to 19 kHz). A true peak over it is
 * brought to -1.25 dBTP, a little lower the further it was over: -1.35 for 6 dB, -2 at most. For a gain on the move makes
 * peaks of its own, and meters that follow the letter of BS.1770 read up to 0.2 dB more than there is. (Within 0.25 dB
 * over it goes as far below the ceiling as it was above, so that nothing jumps.) The gain is in place LIMITER_HOLD frames
 * before the peak and stays as long after it. It goes there in 0.5 ms (44.1 and 48 kHz; 0.75 ms at twice that), along two
 * parabolas, and comes back by an exponential curve: what it lacks to 1 falls to 1/e in 100 ms. It is made of integers in
 * units of 2^-30, whose sums are exact, so a limiter that had to do something is a bit-exact delay again after 1.4 s at most.
 *
 * The state is a plain struct and a function of the frames fed alone: no cut into periods changes a bit. A limiter that
 * is off keeps the delay; put off while it sounds its gain comes back as after a peak, put on it knows of what comes from then.
 */
#ifndef PCM_LIMITER_H
#define PCM_LIMITER_H

#include "pcm/truepeak.h"
#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

#define LIMITER_CEILING 0.8912509381f       /* -1 dBTP */
#define LIMITER_HOLD 8              /* frames */
#define LIMITER_DELAY_MAX 96        /* frames: 1 ms of the highest rate */
#define LIMITER_CHUNK 64            /* frames that are done at once */
#define LIMITER_RING 128            /* more than the window has frames */
#define LIMITER_BOX_MAX 40

struct limiter {
    uint32_t delay, window, box;    /* frames: of the whole; in which the lowest gain is looked for; of each of two means */
    uint32_t release;               /* of what lacks to 1, a frame, in 2^-32 */
    float line[2 * (LIMITER_DELAY_MAX + LIMITER_CHUNK)];    /* the last `delay` frames, and those now being done */
    uint32_t frame;                 /* counts; wraps */
    /* Gains asked for within the window: each lower than all later ones would be, the lowest first. */
    struct limiter_low {
        uint32_t frame;
        int32_t gain;
    } low[LIMITER_RING];
    uint32_t low_first, low_end;    /* free-running */
    int32_t gain;                   /* after the release, before the means */
    int32_t gains[LIMITER_BOX_MAX]; /* the first mean's window, and the second one's, rings */
    int64_t sums[LIMITER_BOX_MAX];
    int64_t sum, sum_of_sums, full; /* full: sum_of_sums when every gain is 1 */
    float unit;                     /* 1 / full */
    uint32_t box_at;                /* place in both rings */
};

/* Main thread. */

/* 1 ms: 44, 48, 88 or 96 frames. */
uint32_t limiter_delay_frames(uint32_t rate);
/* Silence behind it, gain 1. rate: one of those four. */
void limiter_init(struct limiter *limiter, uint32_t rate);

/* Audio thread. */

/* Passes interleaved stereo on in place, 1 ms late, limited while on. Return: the lowest gain it was given, 1 when none. */
RT_SAFE float limiter_process_rt(struct limiter *limiter, float *bus, uint32_t frames, bool on);
/* Whether its gain is 1 and stays so: with silence in its delay it need not be fed more of it. */
RT_SAFE bool limiter_is_at_rest_rt(const struct limiter *limiter);

#endif
