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

#define FLOOR_ROW 136               /* floats: 68 taps, each twice */

struct floor_filter {
    const float *rows;              /* up of them */
    uint32_t up, down;              /* output frame n lies at input place n * down / up */
};

bool floor_available(void);
/* frames: a multiple of 4; bus: interleaved stereo. */
void floor_mix_s16(float *bus, const int16_t *in, struct floor_ramp ramp, size_t frames);
void floor_mix_f32(float *bus, const float *in, struct floor_ramp ramp, size_t frames);
/* The floor under a converter of 68 taps, the same product without a law of its order. in: at the first tap. */
void floor_convert(struct floor_filter filter, float *out, const float *in, uint32_t phase, size_t frames);

#endif
