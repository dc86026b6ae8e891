/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bus's frames and gain: see bus.h. Audio thread. */
#include "config.h"

#include "engine/bus.h"
#include "pcm/mix.h"

#include <string.h>

void bus_init_rt(struct bus *bus)
{
    for (int i = 0; i < BUS_FACTORS; i++)
        ramp_set_rt(&bus->factor[i], 1);
}

void bus_go_rt(struct bus *bus, enum bus_factor factor, const struct timing *timing, int64_t frame, float to, bool sounding)
{
    struct ramp *ramp = &bus->factor[factor];
    if (!sounding)
        ramp_set_rt(ramp, to);
    else if (ramp->to != to)
        ramp_go_rt(ramp, frame, to, FADE_LINEAR, timing->cross_frames);
}

void bus_begin_rt(struct bus *bus)
{
    if (bus->dirty_frames)
        memset(bus->frames, 0, sizeof *bus->frames * 2 * bus->dirty_frames);
    bus->dirty_frames = 0;
    bus->active = false;
    for (int i = 0; i < CHAINS; i++)
        chain_begin_rt(&bus->chain[i]);
}

void bus_wake_rt(struct bus *bus, uint32_t frames)
{
    bus->active = true;
    bus->dirty_frames = frames;
}

float *bus_open_rt(struct bus *bus, enum chain_family family, uint32_t frames, uint32_t offset)
{
    bus_wake_rt(bus, frames);
    return chain_open_rt(&bus->chain[family], frames, offset);
}

void bus_sum_rt(struct bus *bus, int64_t frame, uint32_t offset, uint32_t count, float *gains)
{
    if (!bus->active)
        return;
    for (int i = 0; i < CHAINS; i++)
        chain_add_rt(&bus->chain[i], bus->frames, offset, count);
    for (uint32_t run; count > 0; offset += run, frame += run, count -= run) {
        float *frames = bus->frames + 2 * (size_t)offset;
        run = ramps_run_rt(bus->factor, BUS_FACTORS, frame, count);
        if (ramps_moving_rt(bus->factor, BUS_FACTORS, frame)) {
            ramps_fill_rt(bus->factor, BUS_FACTORS, frame, gains, run);
            mix_scale_ramp_rt(frames, gains, run);
            continue;
        }
        float level = ramps_level_rt(bus->factor, BUS_FACTORS, frame);
        if (level != 1)
            mix_scale_rt(frames, level, run);
    }
}

void bus_meter_rt(struct bus *bus, const struct levels_law *law, uint32_t frames)
{
    levels_feed_rt(&bus->levels, law, bus->active ? bus->frames : NULL, frames);
}
