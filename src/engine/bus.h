/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bus: the stereo sum of its chains, times its own gain. The gain is the product of four
 * ramps, as a voice's is: GAIN the group's, LIVE what the operator fades it to, MUTE, and SOLO
 * (down while another group is soloed). A bus nothing was mixed into is silence that is already
 * there. While nothing sounds on it, its short ramps jump, since nobody can hear a click.
 */
#ifndef ENGINE_BUS_H
#define ENGINE_BUS_H

#include "engine/chain.h"
#include "engine/levels.h"
#include "engine/ramp.h"
#include "engine/timing.h"

enum bus_factor { BUS_GAIN, BUS_LIVE, BUS_MUTE, BUS_SOLO, BUS_FACTORS };

struct bus {
    struct chain chain[CHAINS];
    _Alignas(64) float frames[2 * ENGINE_PERIOD_MAX];   /* the finished bus; zero but for the first `dirty_frames` */
    uint32_t dirty_frames;
    bool active;                        /* something sounds on it in this period */
    struct ramp factor[BUS_FACTORS];
    bool muted, soloed;
    bool edit_mute;                     /* mute as last told by OP_GROUP: only a change of it acts */
    struct levels levels;
};

RT_SAFE void bus_init_rt(struct bus *bus);
/* Brings a factor to a level within 5 ms; at once if nothing sounds. */
RT_SAFE void bus_go_rt(struct bus *bus, enum bus_factor factor, const struct timing *timing, int64_t frame, float to,
                       bool sounding);
/* Once a period, before any voice: `frames` of silence. */
RT_SAFE void bus_begin_rt(struct bus *bus);
/* Where voices of a chain mix from `offset` of this period of `frames`. */
RT_SAFE float *bus_open_rt(struct bus *bus, enum chain_family family, uint32_t frames, uint32_t offset);
/* It sounds in this period of `frames`, if only by what is late (engine/lookahead.h). */
RT_SAFE void bus_wake_rt(struct bus *bus, uint32_t frames);
/* Sums the chains of count frames from offset on, of which the first is engine frame `frame`. gains: room for count. */
RT_SAFE void bus_sum_rt(struct bus *bus, int64_t frame, uint32_t offset, uint32_t count, float *gains);
RT_SAFE void bus_meter_rt(struct bus *bus, const struct levels_law *law, uint32_t frames);

#endif
