/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed face of the mixing kernels (pcm/kernels.h), and the pan laws. */
#include "config.h"

#include "pcm/mix.h"

#include "pcm/kernels.h"

#include <math.h>
#include <stddef.h>

void mix_s16_mono_rt(float *bus, const int16_t *in, const float *gains, float left, float right, uint32_t frames)
{
    kernels->mix[KERNEL_S16][0](bus, in, gains, NULL, left, right, frames);
}

void mix_s16_stereo_rt(float *bus, const int16_t *in, const float *gains, float left, float right, uint32_t frames)
{
    kernels->mix[KERNEL_S16][1](bus, in, gains, NULL, left, right, frames);
}

void mix_f32_mono_rt(float *bus, const float *in, const float *gains, float left, float right, uint32_t frames)
{
    kernels->mix[KERNEL_F32][0](bus, in, gains, NULL, left, right, frames);
}

void mix_f32_stereo_rt(float *bus, const float *in, const float *gains, float left, float right, uint32_t frames)
{
    kernels->mix[KERNEL_F32][1](bus, in, gains, NULL, left, right, frames);
}

void mix_s16_mono_lr_rt(float *bus, const int16_t *in, const float *gains, const float *lr, uint32_t frames)
{
    kernels->mix[KERNEL_S16][0](bus, in, gains, lr, 0, 0, frames);
}

void mix_s16_stereo_lr_rt(float *bus, const int16_t *in, const float *gains, const float *lr, uint32_t frames)
{
    kernels->mix[KERNEL_S16][1](bus, in, gains, lr, 0, 0, frames);
}

void mix_f32_mono_lr_rt(float *bus, const float *in, const float *gains, const float *lr, uint32_t frames)
{
    kernels->mix[KERNEL_F32][0](bus, in, gains, lr, 0, 0, frames);
}

void mix_f32_stereo_lr_rt(float *bus, const float *in, const float *gains, const float *lr, uint32_t frames)
{
    kernels->mix[KERNEL_F32][1](bus, in, gains, lr, 0, 0, frames);
}

void mix_scale_rt(float *bus, float gain, uint32_t frames)
{
    kernels->scale(bus, NULL, gain, frames);
}

void mix_scale_ramp_rt(float *bus, const float *gains, uint32_t frames)
{
    kernels->scale(bus, gains, 0, frames);
}

void mix_add_rt(float *to, const float *from, uint32_t frames)
{
    kernels->add(to, from, frames);
}

/* The left gain of a mono source at pan; the right one is that of -pan. Exactly 1 and 0 at the sides. */
static double mono_side(double pan)
{
    const double pi = 3.14159265358979323846;
    return pan >= 1 ? 0 : pow(cos((pan + 1) * pi / 4), 1.5);
}

void pan_gains(unsigned channels, double pan, float *left, float *right)
{
    pan = fmin(fmax(pan, -1), 1);
    if (channels == 1) {
        *left = (float)mono_side(pan);
        *right = (float)mono_side(-pan);
    } else {
        *left = (float)fmin(1, 1 - pan);
        *right = (float)fmin(1, 1 + pan);
    }
}
