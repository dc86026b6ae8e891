/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Float to whole numbers, and the dither before it: loops of pcm/kernels_loops.h, which alone
 * includes this, once for each variant. A double takes every float times 2^31 with its dither
 * exactly; 1.5 * 2^52 added to it leaves the nearest whole number, ties to even, in its lower
 * bits. There is no rounding but that, so nothing can differ between variants.
 */

#include <string.h>

#define KERNEL_WHOLE 0x1.8p52                   /* and its bits: */
#define KERNEL_WHOLE_BITS INT64_C(0x4338000000000000)

KERNEL_INLINE int64_t bits_of(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

KERNEL_INLINE double double_of(int64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

KERNEL_INLINE uint32_t quantise_each(int32_t *restrict out, const float *restrict in, const double *restrict dither, double scale,
                                     size_t count)
{
    const double low = -scale, high = scale - 1, past = scale - 0.5, below = -scale - 0.5;
    int64_t over = 0;
    for (size_t i = 0; i < count; i++) {
        float sample = in[i] == in[i] ? in[i] : 0;
        double x = (double)sample * scale;
        over += (x >= past) | (x < below);
        x += dither ? dither[i] : 0;
        x = x > low ? x : low;
        x = x < high ? x : high;
        out[i] = (int32_t)bits_of(x + KERNEL_WHOLE);
    }
    return (uint32_t)over;
}

KERNEL_TARGET static uint32_t kernel_quantise(int32_t *restrict out, const float *restrict in, const double *restrict dither,
                                              double scale, size_t count)
{
    return dither ? quantise_each(out, in, dither, scale, count) : quantise_each(out, in, NULL, scale, count);
}

/* Scatters a counter over 64 bits, each of which depends on all of the counter's. */
KERNEL_INLINE uint64_t scatter(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

KERNEL_TARGET static void kernel_dither(double *restrict out, const uint64_t *restrict places, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t x = scatter(places[i] * UINT64_C(0x9e3779b97f4a7c15));
        int64_t difference = (int64_t)(x >> 32) - (int64_t)(x & UINT32_MAX);
        out[i] = (double_of(difference + KERNEL_WHOLE_BITS) - KERNEL_WHOLE) * 0x1p-32;
    }
}
