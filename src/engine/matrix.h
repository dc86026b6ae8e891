/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which bus sounds on which device channel (SPEC B1): a gain for each side of each bus and each
 * channel, most of them 0. What a bus is sent to may change while it sounds: every gain then
 * goes to its new level in 5 ms by a ramp of its own, so that no change, however soon after
 * the last, is heard as a click. What is sent adds up.
 *
 * Channels are made in pairs, 1-2 first, each as interleaved stereo; a pair nothing was added
 * to in a period is not touched and costs nothing.
 */
#ifndef ENGINE_MATRIX_H
#define ENGINE_MATRIX_H

#include "engine/op.h"
#include "engine/ramp.h"
#include "rt/guard.h"

#include <stdint.h>

struct matrix {
    uint32_t channels;                  /* of the device; 0: nobody hears it, nothing is made */
    uint32_t heard;                     /* bit a pair: something was added to it in this period */
    struct bus_sends sends[ENGINE_BUSSES];      /* as last told */
    struct ramp gain[ENGINE_BUSSES][2][ENGINE_CHANNELS];
    struct ramp before[ENGINE_BUSSES][2][ENGINE_CHANNELS];      /* what each was: holds until it starts */
    uint64_t open[ENGINE_BUSSES][2];    /* bit a channel: that gain is not 0, or was not when it was last looked at */
    _Alignas(64) float pair[ENGINE_PAIRS][2 * ENGINE_PERIOD_MAX];       /* of a heard pair */
};

/* Every bus on its own pair, and no channels. Pre: zeroed. */
void matrix_init(struct matrix *matrix);
/* Another device: all gains are at once what it makes of the sends. channels: up to ENGINE_CHANNELS. */
RT_SAFE void matrix_set_channels_rt(struct matrix *matrix, uint32_t channels);
/* Sends a bus elsewhere, over cross_frames from late_frames after engine frame `frame` on, the next to be made;
 * cross_frames 0: at once. The first of the sends is the bus's
 * own output: if the device lacks one of its channels it is 1-2, or nowhere for the Audition bus. Of the others what is
 * lacking is left out. Both sides on one channel have half the gain. */
RT_SAFE void matrix_send_rt(struct matrix *matrix, unsigned bus, const struct bus_sends *sends, int64_t frame,
                            uint32_t late_frames, uint32_t cross_frames);
/* Once a period: nothing is on any channel. */
RT_SAFE void matrix_begin_rt(struct matrix *matrix);
/* Adds count frames of a bus, `offset` frames into a period of `frames`; the first is engine frame `at`. gains: room for
 * count. */
RT_SAFE void matrix_add_rt(struct matrix *matrix, unsigned bus, const float *stereo, int64_t at, uint32_t frames, uint32_t offset,
                           uint32_t count, float *gains);
/* The frames of a pair, or NULL if it is silent. */
RT_SAFE float *matrix_pair_rt(struct matrix *matrix, unsigned pair);
/* The same; a silent one is `frames` of silence from now on. */
RT_SAFE float *matrix_wake_rt(struct matrix *matrix, unsigned pair, uint32_t frames);

#endif
