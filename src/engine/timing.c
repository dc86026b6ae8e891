/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seconds to frames and the protection of fades: see timing.h. Pure. */
#include "config.h"

#include "engine/timing.h"
#include "engine/op.h"

void timing_init(struct timing *timing, uint32_t rate)
{
    timing->rate = rate;
    timing->protection_frames = timing_frames_rt(timing, 0.001);
    timing->cross_frames = timing_frames_rt(timing, 0.005);
}

uint32_t timing_frames_rt(const struct timing *timing, double seconds)
{
    double frames = seconds * timing->rate + 0.5;
    if (!(frames > 0))                  /* also what is not a number */
        return 0;
    return frames < UINT32_MAX ? (uint32_t)frames : UINT32_MAX;
}

struct fade_shape timing_fade_rt(const struct timing *timing, double seconds, unsigned curve)
{
    uint32_t frames = timing_frames_rt(timing, seconds);
    if (frames < timing->protection_frames)
        return (struct fade_shape){timing->protection_frames, FADE_LINEAR};
    return (struct fade_shape){frames, (uint8_t)(curve < FADE_CURVES ? curve : FADE_LINEAR)};
}
