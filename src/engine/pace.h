/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Periods against CLOCK_MONOTONIC: what the clock and file devices live by. Time is an
 * argument; frame n is due at origin + n/rate exactly, never accumulated. Any thread.
 */
#ifndef ENGINE_PACE_H
#define ENGINE_PACE_H

#include "rt/guard.h"

#include <stdint.h>

#define PACE_BEHIND_MAX_NS UINT64_C(200000000)  /* further behind than this is not caught up but passed over */

struct pace {
    uint32_t rate;
    uint64_t origin_ns;
    uint64_t frames;                    /* since origin; kept under a second */
};

/* Rounded down; no overflow within centuries. */
RT_SAFE uint64_t pace_ns_rt(uint64_t frames, uint32_t rate);
RT_SAFE uint64_t pace_frames_rt(uint64_t ns, uint32_t rate);

RT_SAFE void pace_start_rt(struct pace *pace, uint32_t rate, uint64_t due_ns);
/* When the next frame is due. */
RT_SAFE uint64_t pace_due_rt(const struct pace *pace);
RT_SAFE void pace_advance_rt(struct pace *pace, uint64_t frames);
/* If the next frame was due more than PACE_BEHIND_MAX_NS ago: advances to now. Return: the frames passed over, else 0. */
RT_SAFE uint64_t pace_skip_rt(struct pace *pace, uint64_t now_ns);

#endif
