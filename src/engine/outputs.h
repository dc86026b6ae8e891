/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a finished bus (SPEC B1, B4): made mono and limited if that is asked for, measured, sent to the device's
 * channels, there limited if that is asked for, and kept within full scale. Samples past it are counted: of a bus as it
 * is, of the channels as they are clamped. What is switched while it sounds is cross-faded in 5 ms.
 */
#ifndef ENGINE_OUTPUTS_H
#define ENGINE_OUTPUTS_H

#include "engine/bus.h"
#include "engine/engine.h"
#include "engine/lookahead.h"
#include "engine/matrix.h"

struct outputs {
    struct matrix matrix;
    struct lookahead busses;                    /* the limiters of busses */
    struct lookahead pairs;                     /* and of pairs of channels; of those the device has */
    struct ramp mono[ENGINE_BUSSES];            /* 1: both sides have the mean of both */
    uint32_t bus_over[ENGINE_BUSSES];           /* samples past full scale since the engine began */
    uint32_t over;                              /* samples clamped on channels; where there are none, all of bus_over */
};

/* Pre: zeroed. */
void outputs_init(struct outputs *outputs, uint32_t rate);

/* Audio thread. frame: the next to be made. */
/* bus_sounds, any_sounds: voices of this bus, or of any, sound; else it changes at once. */
RT_SAFE void outputs_set_rt(struct outputs *outputs, unsigned bus, const struct bus_params *params, const struct timing *timing,
                            int64_t frame, bool bus_sounds, bool any_sounds);
RT_SAFE void outputs_set_limiters_rt(struct outputs *outputs, uint32_t pairs, const struct timing *timing, int64_t frame,
                                     bool any_sounds);
RT_SAFE void outputs_set_channels_rt(struct outputs *outputs, uint32_t channels);
/* The device has another rate from now on; what was late is lost. fresh: see lookahead.h. */
RT_SAFE void outputs_follow_rt(struct outputs *outputs, const struct limiter *fresh, uint32_t delay_frames);
/* Sound is still to come out that voices made before. */
RT_SAFE bool outputs_hold_rt(const struct outputs *outputs, int64_t frame);
/* How late what is heard is, by limiters: on the busses, and with the channels' delay. */
RT_SAFE uint32_t outputs_delay_rt(const struct outputs *outputs);
/* Once a period, before its first frame. */
RT_SAFE void outputs_begin_rt(struct outputs *outputs);
/* Takes on count frames that the busses have just summed, `offset` frames into a period of `frames`; the first is engine frame
 * `at`. gains: room for count. */
RT_SAFE void outputs_make_rt(struct outputs *outputs, struct bus *bus, int64_t at, uint32_t frames, uint32_t offset,
                             uint32_t count, float *gains);
/* Once a period, after its last frame: meters, clamps, and says where the frames are. law NULL: nobody reads the meters, and
 * samples past full scale of busses are not counted. */
RT_SAFE void outputs_finish_rt(struct outputs *outputs, struct bus *bus, const struct levels_law *law, uint32_t frames,
                               struct engine_output *output);

#endif
