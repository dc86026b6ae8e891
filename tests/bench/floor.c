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

FLOOR_TARGET void floor_convert(struct floor_filter filter, float *out, const float *in, uint32_t phase, size_t frames)
{
    for (size_t n = 0; n < frames; n++) {
        const float *row = filter.rows + (size_t)phase * FLOOR_ROW;
        __m256 sum[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
        for (size_t i = 0; i < FLOOR_ROW - 8; i += 32) {
            sum[0] = _mm256_fmadd_ps(_mm256_loadu_ps(in + i), _mm256_loadu_ps(row + i), sum[0]);
            sum[1] = _mm256_fmadd_ps(_mm256_loadu_ps(in + i + 8), _mm256_loadu_ps(row + i + 8), sum[1]);
            sum[2] = _mm256_fmadd_ps(_mm256_loadu_ps(in + i + 16), _mm256_loadu_ps(row + i + 16), sum[2]);
            sum[3] = _mm256_fmadd_ps(_mm256_loadu_ps(in + i + 24), _mm256_loadu_ps(row + i + 24), sum[3]);
        }
        sum[0] = _mm256_fmadd_ps(_mm256_loadu_ps(in + FLOOR_ROW - 8), _mm256_loadu_ps(row + FLOOR_ROW - 8), sum[0]);
        sum[0] = _mm256_add_ps(_mm256_add_ps(sum[0], sum[1]), _mm256_add_ps(sum[2], sum[3]));
        __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum[0]), _mm256_extractf128_ps(sum[0], 1));
        half = _mm_add_ps(half, _mm_movehl_ps(half, half));
        _mm_store_ss(out + 2 * n, half);
        _mm_store_ss(out + 2 * n + 1, _mm_movehdup_ps(half));
        for (phase += filter.down; phase >= filter.up; phase -= filter.up)
            in += 2;
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

void floor_convert(struct floor_filter filter, float *out, const float *in, uint32_t phase, size_t frames)
{
    (void)filter, (void)out, (void)in, (void)phase, (void)frames;
}

#endif
