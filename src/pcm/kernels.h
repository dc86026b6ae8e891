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

#define KERNEL_TRUEPEAK_PAIRS 12    /* frames to each side of a value between two */
#define KERNEL_FINE 8

struct kernel_coarse {              /* for the sum and the difference of frames as far to both sides, the nearest first */
    float even[2][KERNEL_TRUEPEAK_PAIRS], odd[2][KERNEL_TRUEPEAK_PAIRS];
};

struct kernel_fine {
    float even[KERNEL_TRUEPEAK_PAIRS][KERNEL_FINE], odd[KERNEL_TRUEPEAK_PAIRS][KERNEL_FINE];
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
    /* peaks[i] of sample i of interleaved stereo: the largest of its magnitude and |E| + |O| of both rows of taps, E and O being
     * the sums, in rising order of k, of taps and sample[i + 2k + 2] + and - sample[i - 2k]; in points at sample[-22]. What is NaN is
     * passed over where another is not. */
    void (*true_peak)(const struct kernel_coarse *taps, float *peaks, const float *in, size_t frames);
    /* The like E and O of one frame, left and right, in KERNEL_FINE places. */
    void (*fine)(const struct kernel_fine *taps, float even[2][KERNEL_FINE], float odd[2][KERNEL_FINE], const float *in);
    /* peak[KERNEL_S16 or KERNEL_F32][channels - 1]: what KERNEL_PEAK_FRAMES frames hold; 16-bit samples as whole numbers. Squares are
     * added in lanes that the source fixes. */
    void (*peak[KERNEL_SAMPLES][2])(struct kernel_peak *out, const void *in);
};

extern const struct kernels *kernels;           /* the chosen variant */

const struct kernels *kernels_plain(void);
const struct kernels *kernels_avx2(void);       /* NULL where the processor or the compiler has it not */

#endif
