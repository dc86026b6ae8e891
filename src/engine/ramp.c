/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels on the move: see ramp.h. Audio thread; pure. */
#include "config.h"

#include "engine/ramp.h"
#include "engine/op.h"
#include "pcm/fade.h"

_Static_assert((int)FADE_LINEAR == PCM_CURVE_LINEAR && (int)FADE_EQUAL_POWER == PCM_CURVE_EQUAL_POWER &&
               (int)FADE_CURVES == PCM_CURVES, "the curves of operations are those of pcm");

void ramp_set_rt(struct ramp *ramp, float level)
{
    *ramp = (struct ramp){.from = level, .to = level};
}

void ramp_go_rt(struct ramp *ramp, int64_t frame, float to, unsigned curve, uint32_t length)
{
    float from = ramp_level_rt(ramp, frame);
    *ramp = (struct ramp){.from = from, .to = to, .start = frame, .length = length, .curve = (uint8_t)curve};
}

bool ramp_moving_rt(const struct ramp *ramp, int64_t frame)
{
    return frame >= ramp->start && frame - ramp->start < ramp->length;
}

float ramp_level_rt(const struct ramp *ramp, int64_t frame)
{
    if (ramp_moving_rt(ramp, frame))
        return fade_level_rt(ramp->curve, ramp->from, ramp->to, (uint32_t)(frame - ramp->start), ramp->length);
    return ramp->length && frame < ramp->start ? ramp->from : ramp->to;
}

int64_t ramp_left_rt(const struct ramp *ramp, int64_t frame)
{
    int64_t left = ramp->length ? ramp->start + ramp->length - frame : 0;
    return left > 0 ? left : 0;
}

uint32_t ramp_run_rt(const struct ramp *ramp, int64_t frame, uint32_t count)
{
    int64_t left = ramp_left_rt(ramp, frame);
    if (left == 0)
        return count;
    if (frame < ramp->start)
        left = ramp->start - frame;
    return left < count ? (uint32_t)left : count;
}

void ramp_apply_rt(const struct ramp *ramp, int64_t frame, float *gains, uint32_t count)
{
    if (ramp_moving_rt(ramp, frame)) {
        fade_apply_rt(gains, count, ramp->curve, ramp->from, ramp->to, (uint32_t)(frame - ramp->start), ramp->length);
        return;
    }
    float level = ramp_level_rt(ramp, frame);
    if (level == 1)
        return;
    for (uint32_t i = 0; i < count; i++)
        gains[i] *= level;
}

uint32_t ramps_run_rt(const struct ramp *row, unsigned ramps, int64_t frame, uint32_t count)
{
    for (unsigned i = 0; i < ramps; i++)
        count = ramp_run_rt(&row[i], frame, count);
    return count;
}

bool ramps_moving_rt(const struct ramp *row, unsigned ramps, int64_t frame)
{
    for (unsigned i = 0; i < ramps; i++)
        if (ramp_moving_rt(&row[i], frame))
            return true;
    return false;
}

float ramps_level_rt(const struct ramp *row, unsigned ramps, int64_t frame)
{
    float level = 1;
    for (unsigned i = 0; i < ramps; i++)
        level *= ramp_level_rt(&row[i], frame);
    return level;
}

void ramps_fill_rt(const struct ramp *row, unsigned ramps, int64_t frame, float *gains, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        gains[i] = 1;
    for (unsigned i = 0; i < ramps; i++)
        ramp_apply_rt(&row[i], frame, gains, count);
}
