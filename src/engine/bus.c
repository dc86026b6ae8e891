/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bus's frames and gain: see bus.h. Audio thread. */
#include "config.h"

#include "engine/bus.h"
#include "pcm/mix.h"

#include <string.h>

void bus_init_rt(struct bus *bus)
{
    for (int i = 0; i < FAMILIES; i++) {
        chain_init_rt(&bus->chain[i]);
        for (int k = 0; k < BUS_FACTORS; k++)
            ramp_set_rt(&bus->factor[i][k], 1);
    }
}

void bus_forget_rt(struct bus *bus)
{
    for (int i = 0; i < FAMILIES; i++)
        chain_forget_rt(&bus->chain[i]);
}

void bus_go_rt(struct bus *bus, enum bus_factor factor, const struct family *family, float to, bool sounding)
{
    for (int i = 0; i < FAMILIES; i++) {
        struct ramp *ramp = &bus->factor[i][factor];
        if (!sounding)
            ramp_set_rt(ramp, to);
        else if (ramp->to != to)
            ramp_go_rt(ramp, family[i].frame, to, FADE_LINEAR, family[i].timing.cross_frames);
    }
}

void bus_fade_rt(struct bus *bus, const struct family *family, float to, double seconds, unsigned curve)
{
    for (int i = 0; i < FAMILIES; i++) {
        struct fade_shape fade = timing_fade_rt(&family[i].timing, seconds, curve);
        ramp_go_rt(&bus->factor[i][BUS_LIVE], family[i].frame, to, fade.curve, fade.frames);
    }
}

bool bus_heard_rt(const struct bus *bus, const struct family *family, int64_t engine_frame)
{
    for (int i = 0; i < FAMILIES; i++)
        if (chain_heard_rt(&bus->chain[i], &family[i], engine_frame))
            return true;
    return false;
}

float bus_level_rt(const struct bus *bus, const struct family *family)
{
    return ramp_level_rt(&bus->factor[0][BUS_GAIN], family->frame) * ramp_level_rt(&bus->factor[0][BUS_LIVE], family->frame);
}

void bus_begin_rt(struct bus *bus, const struct family *family, const uint32_t *period)
{
    if (bus->dirty_frames)
        memset(bus->frames, 0, sizeof *bus->frames * 2 * bus->dirty_frames);
    bus->dirty_frames = 0;
    bus->active = false;
    for (int i = 0; i < FAMILIES; i++)
        chain_begin_rt(&bus->chain[i], &family[i], period[i]);
}

void bus_wake_rt(struct bus *bus, uint32_t frames)
{
    bus->active = true;
    bus->dirty_frames = frames;
}

/* The gain of count frames of a chain, from chain frame `frame` on. */
static void scale(const struct ramp *factor, float *frames, int64_t frame, uint32_t count, float *gains)
{
    for (uint32_t run; count > 0; frames += 2 * run, frame += run, count -= run) {
        run = ramps_run_rt(factor, BUS_FACTORS, frame, count);
        if (ramps_moving_rt(factor, BUS_FACTORS, frame)) {
            ramps_fill_rt(factor, BUS_FACTORS, frame, gains, run);
            mix_scale_ramp_rt(frames, gains, run);
            continue;
        }
        float level = ramps_level_rt(factor, BUS_FACTORS, frame);
        if (level != 1)
            mix_scale_rt(frames, level, run);
    }
}

/* Engine frames on which the delay comes: from what is heard at once to what is heard late. */
static void cross_over(float *to, const float *now, const float *late, const struct ramp *share, int64_t frame, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        float level = ramp_level_rt(share, frame + i);
        for (uint32_t k = 2 * i; k < 2 * i + 2; k++)
            to[k] += now[k] + (late[k] - now[k]) * level;
    }
}

/* A chain of the device's own rate. */
static void add_native(struct chain *chain, const struct family *family, const struct delay *delay, float *to, int64_t frame,
                       uint32_t count)
{
    for (uint32_t run; count > 0; to += 2 * run, frame += run, count -= run) {
        run = ramp_run_rt(&delay->late, frame, count);
        const float *now = chain_frame_rt(chain, family_at_rt(family, frame)), *late = now - 2 * (size_t)delay->frames;
        if (ramp_moving_rt(&delay->late, frame))
            cross_over(to, now, late, &delay->late, frame, run);
        else
            mix_add_rt(to, ramp_level_rt(&delay->late, frame) > 0 ? late : now, run);
    }
}

void bus_sum_rt(struct bus *bus, const struct family *family, const struct delay *delay, int64_t frame, uint32_t frames,
                uint32_t offset, uint32_t count, const uint32_t *chained, float *gains, float *stereo)
{
    float *to = bus->frames + 2 * (size_t)offset;
    for (int i = 0; i < FAMILIES; i++) {
        struct chain *chain = &bus->chain[i];
        if (!chain->open)
            continue;
        bus_wake_rt(bus, frames);
        if (chain->sounded_to > family[i].frame)
            scale(bus->factor[i], chain_frame_rt(chain, family[i].frame), family[i].frame, chained[i], gains);
        if (family[i].converter)
            chain_convert_rt(chain, &family[i], to, frame - delay->frames, count, stereo);
        else
            add_native(chain, &family[i], delay, to, frame, count);
    }
}

void bus_meter_rt(struct bus *bus, const struct levels_law *law, uint32_t frames)
{
    levels_feed_rt(&bus->levels, law, bus->active ? bus->frames : NULL, frames);
}
