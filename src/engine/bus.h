/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bus: its chains, times its own gain, brought to the device's rate and added up. The gain is
 * the product of four ramps, as a voice's is: GAIN the group's, LIVE what the operator fades it
 * to, MUTE, and SOLO (down while another group is soloed). Each chain has them in its own frames,
 * and they are applied before it is converted: so the converter's delay is no matter to them. A
 * bus nothing is heard of is silence that is already there. While nothing sounds on it, its short
 * ramps jump, since nobody can hear a click.
 */
#ifndef ENGINE_BUS_H
#define ENGINE_BUS_H

#include "engine/chain.h"
#include "engine/delay.h"
#include "engine/levels.h"
#include "engine/ramp.h"

enum bus_factor { BUS_GAIN, BUS_LIVE, BUS_MUTE, BUS_SOLO, BUS_FACTORS };

struct bus {
    struct chain chain[FAMILIES];
    struct ramp factor[FAMILIES][BUS_FACTORS];          /* the same ramps in the time of either chain */
    _Alignas(64) float frames[2 * ENGINE_PERIOD_MAX];   /* the finished bus; zero but for the first `dirty_frames` */
    uint32_t dirty_frames;
    bool active;                        /* something is heard of it in this period */
    bool muted, soloed;
    bool edit_mute;                     /* mute as last told by OP_GROUP: only a change of it acts */
    struct levels levels;
};

/* family: the row of both, everywhere here. */
RT_SAFE void bus_init_rt(struct bus *bus);
/* The device's rate has changed: what was made is heard no more. */
RT_SAFE void bus_forget_rt(struct bus *bus);
/* Brings a factor to a level within 5 ms; at once if nothing sounds. */
RT_SAFE void bus_go_rt(struct bus *bus, enum bus_factor factor, const struct family *family, float to, bool sounding);
/* Fades LIVE from where it is. */
RT_SAFE void bus_fade_rt(struct bus *bus, const struct family *family, float to, double seconds, unsigned curve);
/* Something of it is heard right before this engine frame, which was made already. */
RT_SAFE bool bus_heard_rt(const struct bus *bus, const struct family *family, int64_t engine_frame);
/* LIVE and GAIN as they are now. */
RT_SAFE float bus_level_rt(const struct bus *bus, const struct family *family);
/* Once a period, before any voice: silence. period: chain frames of it, one a family. */
RT_SAFE void bus_begin_rt(struct bus *bus, const struct family *family, const uint32_t *period);
/* It sounds in this period of `frames`, if only by what is late (engine/lookahead.h). */
RT_SAFE void bus_wake_rt(struct bus *bus, uint32_t frames);
/* Once all voices are in their chains: finishes count engine frames from `offset` of a period of `frames`, of which the first
 * is engine frame `frame`; chained: chain frames that were mixed with them, one a family. gains, stereo: room for as many
 * frames as the larger count. */
RT_SAFE void bus_sum_rt(struct bus *bus, const struct family *family, const struct delay *delay, int64_t frame, uint32_t frames,
                        uint32_t offset, uint32_t count, const uint32_t *chained, float *gains, float *stereo);
RT_SAFE void bus_meter_rt(struct bus *bus, const struct levels_law *law, uint32_t frames);

#endif
