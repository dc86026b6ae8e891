/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seconds to frames, the one way the engine does it (round(s * rate), halves up), and the
 * protection every fade has (SPEC P11): one shorter than 1 ms is made exactly 1 ms, linear.
 */
#ifndef ENGINE_TIMING_H
#define ENGINE_TIMING_H

#include "rt/guard.h"

#include <stdint.h>

struct timing {
    uint32_t rate;                  /* Hz */
    uint32_t protection_frames;     /* 1 ms */
    uint32_t cross_frames;          /* 5 ms: restart, ghost, mute, solo, gain and pan on the move */
};

struct fade_shape {
    uint32_t frames;
    uint8_t curve;                  /* enum fade_curve */
};

void timing_init(struct timing *timing, uint32_t rate);
/* Negative and absurd times are brought into 0..UINT32_MAX. */
RT_SAFE uint32_t timing_frames_rt(const struct timing *timing, double seconds);
RT_SAFE struct fade_shape timing_fade_rt(const struct timing *timing, double seconds, unsigned curve);

#endif
