/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The floor under a mixer: the least a processor with AVX2 must do to bring a stereo voice into a
 * bus with its gains on the move. No law about bits or cuts binds it (the ramp is accumulated and
 * multiply-adds are fused), so the kernels of pcm/ may come near it and not under it.
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct floor_ramp {
    float left, right;              /* at the first frame */
    float left_step, right_step;    /* a frame */
};

bool floor_available(void);
/* frames: a multiple of 4; bus: interleaved stereo. */
void floor_mix_s16(float *bus, const int16_t *in, struct floor_ramp ramp, size_t frames);
void floor_mix_f32(float *bus, const float *in, struct floor_ramp ramp, size_t frames);

#endif
