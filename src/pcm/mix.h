/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inner loops: samples of a clip into a bus. bus: interleaved stereo float; all add.
 * Every frame is computed alone, in the same order of operations in every variant, so that
 * the result does not depend on how a period is cut nor on the variant chosen:
 *     bus[L] += sample_l * (gain * left);  bus[R] += sample_r * (gain * right)
 * where 16-bit samples are first scaled by 2^-15 (exact).
 */
#ifndef PCM_MIX_H
#define PCM_MIX_H

#include "rt/guard.h"

#include <stdint.h>

/* What a kernel needs: gains[i] of frame i, or NULL for a constant 1. */
RT_SAFE void mix_s16_mono_rt(float *bus, const int16_t *in, const float *gains, float left, float right, uint32_t frames);
RT_SAFE void mix_s16_stereo_rt(float *bus, const int16_t *in, const float *gains, float left, float right, uint32_t frames);
RT_SAFE void mix_f32_mono_rt(float *bus, const float *in, const float *gains, float left, float right, uint32_t frames);
RT_SAFE void mix_f32_stereo_rt(float *bus, const float *in, const float *gains, float left, float right, uint32_t frames);
/* As above with a gain a channel and frame (pan or gain on the move): lr[2i], lr[2i+1] stand for left and right. */
RT_SAFE void mix_s16_mono_lr_rt(float *bus, const int16_t *in, const float *gains, const float *lr, uint32_t frames);
RT_SAFE void mix_s16_stereo_lr_rt(float *bus, const int16_t *in, const float *gains, const float *lr, uint32_t frames);
RT_SAFE void mix_f32_mono_lr_rt(float *bus, const float *in, const float *gains, const float *lr, uint32_t frames);
RT_SAFE void mix_f32_stereo_lr_rt(float *bus, const float *in, const float *gains, const float *lr, uint32_t frames);
/* bus[i] *= gain (interleaved stereo), and with a gain a frame. */
RT_SAFE void mix_scale_rt(float *bus, float gain, uint32_t frames);
RT_SAFE void mix_scale_ramp_rt(float *bus, const float *gains, uint32_t frames);
/* to[i] += from[i] * 1, interleaved stereo. */
RT_SAFE void mix_add_rt(float *to, const float *from, uint32_t frames);

/* Pan laws (SPEC P9). mono: L = cos(t)^1.5, R = sin(t)^1.5, t = (p + 1) pi/4; exact at -1, 0 side. stereo: balance. */
void pan_gains(unsigned channels, double pan, float *left, float *right);

#endif
