/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chain: the part of a bus that runs at one sample rate (SPEC B3). Voices are mixed into it in
 * its own frames; what is finished goes to the bus at the device's rate, converted if that is
 * another one. The converter needs frames to both sides, so a chain keeps its last CHAIN_HISTORY
 * frames, and what it gives is `delay` engine frames late.
 *
 * A chain that is silent costs nothing. A linear-phase converter begins before what it converts
 * and rings on behind it: before the engine frame of the first voice after silence, and from that
 * of the last voice's end on, this is left out. Voices begin and end by fades, so what is left out
 * is next to nothing, and no step. A sound that begins sooner after the last one than the delay
 * is long is not told from it.
 */
#ifndef ENGINE_CHAIN_H
#define ENGINE_CHAIN_H

#include "engine/family.h"

enum {
    CHAIN_HISTORY = 80,                 /* frames; at every device rate the delay and half the converter fit */
};

struct chain {
    int64_t begin;                      /* its frame that is the first of this period */
    bool open;                          /* `frames` holds this period's; else they are silence, and are not there */
    int64_t onset;                      /* engine frame at which the last sound began after silence */
    int64_t sounded_to;                 /* the frame behind the last that was mixed into */
    int64_t earlier_to;                 /* the same of the sound before the last silence */
    _Alignas(64) float frames[2 * (CHAIN_HISTORY + FAMILY_PERIOD_MAX)];  /* stereo; the period is at CHAIN_HISTORY */
};

RT_SAFE void chain_init_rt(struct chain *chain);
/* The device's rate has changed: what was is not heard any more. */
RT_SAFE void chain_forget_rt(struct chain *chain);
/* Once a period, which is `frames` chain frames from family->frame on. */
RT_SAFE void chain_begin_rt(struct chain *chain, const struct family *family, uint32_t frames);
/* Where to mix from family->frame on. period: chain frames of all of this period. */
RT_SAFE float *chain_open_rt(struct chain *chain, const struct family *family, uint32_t period);
/* `frames` were mixed there, which is engine frame `engine_frame`. 0: it begins there, and the chain has no frame for it yet. */
RT_SAFE void chain_sounded_rt(struct chain *chain, const struct family *family, uint32_t frames, int64_t engine_frame,
                              uint32_t delay);
/* Frame `frame` of it, which lies in this period or the history. Pre: open. */
RT_SAFE float *chain_frame_rt(struct chain *chain, int64_t frame);
/* Something of it is to be heard at engine frame `engine_frame` (not counting the delay) or later. */
RT_SAFE bool chain_rings_rt(const struct chain *chain, const struct family *family, int64_t engine_frame);
/* Something of it is heard right before this engine frame, not counting the delay. */
RT_SAFE bool chain_heard_rt(const struct chain *chain, const struct family *family, int64_t engine_frame);
/* Adds what the chain, converted, gives for engine frames from..from+count-1 to `to`. Pre: it is open, of another rate than the
 * device's, and all that the converter needs of it has been made. scratch: room for count stereo frames. */
RT_SAFE void chain_convert_rt(struct chain *chain, const struct family *family, float *to, int64_t from, uint32_t count,
                              float *scratch);

#endif
