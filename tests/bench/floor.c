/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Four stereo frames a register: convert, multiply by the ramp, add. */
#include "config.h"

#include "floor.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define FLOOR_TARGET __attribute__((target("avx2,fma")))

bool floor_available(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

FLOOR_TARGET static inline __m256 ramp_first(struct floor_ramp r, float unit)
{
    float at[8];
    for (int i = 0; i < 4; i++) {
        at[2 * i] = (r.left + r.left_step * (float)i) * unit;
        at[2 * i + 1] = (r.right + r.right_step * (float)i) * unit;
    }
    return _mm256_loadu_ps(at);
}

FLOOR_TARGET static inline __m256 ramp_step(struct floor_ramp r, float unit)
{
    struct floor_ramp four = {.left = 4 * r.left_step, .right = 4 * r.right_step};
    return ramp_first(four, unit);
}

FLOOR_TARGET void floor_mix_s16(float *bus, const int16_t *in, struct floor_ramp ramp, size_t frames)
{
    __m256 gain = ramp_first(ramp, 0x1p-15f), step = ramp_step(ramp, 0x1p-15f);
    for (size_t i = 0; i < 2 * frames; i += 8) {
        __m128i raw = _mm_loadu_si128((const __m128i_u *)(in + i));
        __m256 sample = _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(raw));
        _mm256_storeu_ps(bus + i, _mm256_fmadd_ps(sample, gain, _mm256_loadu_ps(bus + i)));
        gain = _mm256_add_ps(gain, step);
    }
}

FLOOR_TARGET void floor_mix_f32(float *bus, const float *in, struct floor_ramp ramp, size_t frames)
{
    __m256 gain = ramp_first(ramp, 1), step = ramp_step(ramp, 1);
    for (size_t i = 0; i < 2 * frames; i += 8) {
        _mm256_storeu_ps(bus + i, _mm256_fmadd_ps(_mm256_loadu_ps(in + i), gain, _mm256_loadu_ps(bus + i)));
        gain = _mm256_add_ps(gain, step);
    }
}

#else

bool floor_available(void)
{
    return false;
}

void floor_mix_s16(float *bus, const int16_t *in, struct floor_ramp ramp, size_t frames)
{
    (void)bus, (void)in, (void)ramp, (void)frames;
}

void floor_mix_f32(float *bus, const float *in, struct floor_ramp ramp, size_t frames)
{
    (void)bus, (void)in, (void)ramp, (void)frames;
}

#endif
