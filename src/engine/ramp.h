/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A level that goes once from one value to another along a curve: every gain in the engine is
 * a product of such ramps. A ramp is a pure function of the engine's frame counter, so what
 * it gives at a frame does not depend on how the frames before it were cut. No ramp is ever
 * stepped; replacing one starts the next from the level the old one has at that frame.
 *
 * A ramp is `from` before its start, on the way for `length` frames (the first of them still
 * has `from`), and `to` afterwards. A *run* is a stretch of frames in which each of a row of
 * ramps either rests throughout or moves throughout.
 */
#ifndef ENGINE_RAMP_H
#define ENGINE_RAMP_H

#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

struct ramp {
    float from, to;
    int64_t start;                  /* engine frame at which it leaves `from` */
    uint32_t length;                /* frames; 0: rests at `to` */
    uint8_t curve;                  /* enum fade_curve */
};

/* Rests at level. */
RT_SAFE void ramp_set_rt(struct ramp *ramp, float level);
/* From the level it has at `frame` to `to`; length 0: at once. */
RT_SAFE void ramp_go_rt(struct ramp *ramp, int64_t frame, float to, unsigned curve, uint32_t length);
RT_SAFE float ramp_level_rt(const struct ramp *ramp, int64_t frame);
RT_SAFE bool ramp_moving_rt(const struct ramp *ramp, int64_t frame);
/* Frames until it rests at `to` for good. */
RT_SAFE int64_t ramp_left_rt(const struct ramp *ramp, int64_t frame);
/* Frames from `frame` on, at most count, that are of one run. */
RT_SAFE uint32_t ramp_run_rt(const struct ramp *ramp, int64_t frame, uint32_t count);
/* gains[i] *= its level at frame + i. Pre: the frames are of one run. */
RT_SAFE void ramp_apply_rt(const struct ramp *ramp, int64_t frame, float *gains, uint32_t count);

/* The product of a row of ramps, multiplied in the row's order, whether frame by frame or at once. */
RT_SAFE uint32_t ramps_run_rt(const struct ramp *row, unsigned ramps, int64_t frame, uint32_t count);
RT_SAFE bool ramps_moving_rt(const struct ramp *row, unsigned ramps, int64_t frame);
RT_SAFE float ramps_level_rt(const struct ramp *row, unsigned ramps, int64_t frame);
RT_SAFE void ramps_fill_rt(const struct ramp *row, unsigned ramps, int64_t frame, float *gains, uint32_t count);

#endif
