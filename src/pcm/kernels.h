/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loops worth a processor's widest registers, in variants. The variant is chosen once,
 * before main(), and every one gives the same bits: pcm/kernels_loops.h is compiled once for each.
 * Private to this room; others call pcm/mix.h and pcm/resample.h.
 */
#ifndef PCM_KERNELS_H
#define PCM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { KERNEL_S16, KERNEL_F32, KERNEL_SAMPLES };

#define KERNEL_DOT_LANES 32         /* dot: separate sums, so that no register waits for itself */
#define KERNEL_PEAK_FRAMES 256      /* of one bin */

struct kernel_peak {
    float low[2], high[2];          /* of each channel, in the units of the samples */
    float energy[2];                /* sum of squares */
};

#define KERNEL_CONVERT_FLOATS 136   /* of a row: its taps, each for left and right */

struct kernel_convert {
    const float *rows;              /* up rows of taps, one for each phase */
    uint32_t up, down;              /* output frame n lies at input place n * down / up; down <= up, or little more */
};

#define KERNEL_PAIRS 16             /* frames to each side of a value between two */
#define KERNEL_COARSE 2             /* distances from the middle between two frames: none, which has one value; others have two */
#define KERNEL_FINE 6

struct kernel_interpolator {        /* of each distance: factors for sum and difference of pairs of frames, the nearest first */
    float coarse[KERNEL_COARSE][KERNEL_PAIRS][2], fine[KERNEL_FINE][KERNEL_PAIRS][2];
};

struct kernels {
    /* mix[KERNEL_S16 or KERNEL_F32][channels - 1]: as pcm/mix.h says; gains may be NULL; lr, when given, stands
     * for left and right. */
    void (*mix[KERNEL_SAMPLES][2])(float *bus, const void *in, const float *gains, const float *lr, float left,
                                   float right, size_t frames);
    void (*scale)(float *bus, const float *gains, float gain, size_t frames);       /* gains NULL: gain for all */
    void (*add)(float *to, const float *from, size_t frames);
    /* sums[i % 2] = sum of a[i] * b[i]; count a multiple of KERNEL_DOT_LANES. Product i goes to lane i % KERNEL_DOT_LANES
     * in rising order; then the upper half of the lanes is added to the lower until two are left. */
    void (*dot)(float sums[2], const float *a, const float *b, size_t count);
    /* count frames of stereo, the first one of phase `phase` and with in at its first tap. Product i of a frame goes to lane
     * i % 8 of sum i / 8 % 4, in rising order; sums 2 and 3 are added to 0 and 1, 1 to 0, then the upper half of the lanes to
     * the lower until two are left. */
    void (*convert)(const struct kernel_convert *plan, float *out, const float *in, uint32_t phase, size_t count);
    /* out[i] = in[i] * scale + dither[i] (NULL: none), the nearest whole number, ties to even, clamped to -scale..scale - 1; NaN
     * is 0. Return: how many lie outside without their dither. count: a multiple of 4. */
    uint32_t (*quantise)(int32_t *out, const float *in, const double *dither, double scale, size_t count);
    /* out[i]: the difference of two even distributions, a triangle over -1..1, by places[i] alone. count: likewise. */
    void (*dither)(double *out, const uint64_t *places, size_t count);
    /* peaks[i] of sample i of interleaved stereo: the largest of its magnitude and, for each coarse distance, |E| + |O|, where
     * E and O are the sums, in rising order of k, of factors and sample[i + 2k + 2] + and - sample[i - 2k] (no O at the first);
     * if that is over suspect, of the fine distances too. in points at sample[-2 * (KERNEL_PAIRS - 1)]. A NaN is passed over. */
    void (*true_peak)(const struct kernel_interpolator *by, float *peaks, const float *in, float suspect, size_t frames);
    /* peak[KERNEL_S16 or KERNEL_F32][channels - 1]: what KERNEL_PEAK_FRAMES frames hold; 16-bit samples as whole numbers.
     * Squares are added in lanes that the source fixes. */
    void (*peak[KERNEL_SAMPLES][2])(struct kernel_peak *out, const void *in);
};

extern const struct kernels *kernels;           /* the chosen variant */

const struct kernels *kernels_plain(void);
const struct kernels *kernels_avx2(void);       /* NULL where the processor or the compiler has it not */

#endif
