/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much later than its frame a bus is heard. A chain that is converted comes late by the
 * converter's look-ahead, and so all others are made late with it (DESIGN 4); where no chain is
 * to be converted none is. The delay comes when the show first needs it, by a cross-fade of 5 ms
 * for what sounds then, and goes when it is needed no more and nothing sounds.
 */
#ifndef ENGINE_DELAY_H
#define ENGINE_DELAY_H

#include "engine/ramp.h"

struct delay {
    uint32_t frames;                    /* engine frames; where there is one */
    bool always;                        /* the device has neither family's rate, or it was made so */
    bool asked;                         /* the show has clips that are converted */
    bool on;
    struct ramp late;                   /* of chains that are not converted: how much of them is late. Engine frames */
};

/* Where nothing sounds. frames: at this device's rate. */
RT_SAFE void delay_init_rt(struct delay *delay, uint32_t frames, bool always);
/* It is not as it shall be. wanted: a clip that is converted is about to sound. */
RT_SAFE bool delay_differs_rt(const struct delay *delay, bool wanted);
/* Brings it there, at this engine frame, if that can be now. quiet: nothing is heard. cross_frames: of the fade. */
RT_SAFE void delay_settle_rt(struct delay *delay, int64_t frame, bool quiet, uint32_t cross_frames);
/* What is heard at a frame belongs to so many frames before it. */
RT_SAFE uint32_t delay_frames_rt(const struct delay *delay);

#endif
