/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The wave between frames i and i + 1, at equal distances t to both sides of their middle: the samples' sums across
 * the middle give its even part E and their differences its odd part O; the values are E + O and E - O, and the
 * larger magnitude is |E| + |O|. That shares half of the work of two values. Four values at t = 1/8 and 3/8 are four
 * times the rate, as the standard has it. The exact search has 16, 1/14 apart, so that it reaches half a step past both
 * frames and a highest value always has two neighbours, for the parabola, in one interval or the next.
 *
 * The taps are a sinc under a Kaiser window, the sum of those of a value one.
 */
#include "config.h"

#include "pcm/truepeak.h"

#include "pcm/kernels.h"

#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#define KAISER_BETA 5.0
#define FINE_STEPS 14               /* of the exact search, from frame to frame */
#define CHUNK 64                    /* frames at once */

_Static_assert(TRUEPEAK_HALF == KERNEL_TRUEPEAK_PAIRS, "a value is what the kernels make");

static struct kernel_coarse coarse;
static struct kernel_fine fine;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

/* The modified Bessel function I0, by its series. */
static double bessel_i0(double x)
{
    double term = 1, sum = 1, quarter = x * x / 4;
    for (int k = 1; term > sum * 1e-17; k++) {
        term *= quarter / ((double)k * k);
        sum += term;
    }
    return sum;
}

/* The filter `away` frames from its middle, away > 0. */
static double filter_at(double away)
{
    const double pi = 3.14159265358979323846;
    double far = away / TRUEPEAK_HALF;
    return far < 1 ? sin(pi * away) / (pi * away) * bessel_i0(KAISER_BETA * sqrt((1 - far) * (1 + far))) : 0;
}

/* The taps of the values t frames from the middle, for the sum and the difference of each pair of frames. */
static void taps_make(double t, float *even, float *odd, size_t stride)
{
    double sum = 0;
    for (size_t k = 0; k < TRUEPEAK_HALF; k++)
        sum += filter_at((double)k + 0.5 - t) + filter_at((double)k + 0.5 + t);
    for (size_t k = 0; k < TRUEPEAK_HALF; k++) {
        double near = filter_at((double)k + 0.5 - t), far = filter_at((double)k + 0.5 + t);
        even[k * stride] = (float)((near + far) / 2 / sum);
        odd[k * stride] = (float)((near - far) / 2 / sum);
    }
}

static void tables_make(void)
{
    for (size_t i = 0; i < 2; i++)
        taps_make(0.125 + 0.25 * (double)i, coarse.even[i], coarse.odd[i], 1);
    for (size_t i = 0; i < KERNEL_FINE; i++)
        taps_make(((double)i + 0.5) / FINE_STEPS, &fine.even[0][i], &fine.odd[0][i], KERNEL_FINE);
}

void truepeak_tables_init(void)
{
    pthread_once(&tables_once, tables_make);
}

void truepeak_find_rt(float *peaks, const float *in, uint32_t frames)
{
    kernels->true_peak(&coarse, peaks, in, frames);
}

/* The highest of the values -7.5..7.5 steps from the middle, given as even and odd parts, or of a parabola around it. */
static float summit(const float *even, const float *odd)
{
    float value[2 * KERNEL_FINE], highest = 0;
    size_t at = 0;
    for (size_t i = 0; i < KERNEL_FINE; i++) {
        value[KERNEL_FINE - 1 - i] = even[i] - odd[i];
        value[KERNEL_FINE + i] = even[i] + odd[i];
    }
    for (size_t i = 0; i < 2 * KERNEL_FINE; i++) {
        if (fabsf(value[i]) > highest) {
            highest = fabsf(value[i]);
            at = i;
        }
    }
    if (at == 0 || at == 2 * KERNEL_FINE - 1)
        return highest;
    float sign = value[at] > 0 ? 1 : -1, before = sign * value[at - 1], after = sign * value[at + 1];
    float bend = 2 * highest - before - after;
    return bend > 0 ? highest + (after - before) * (after - before) / (8 * bend) : highest;
}

float truepeak_exact_rt(const float *in)
{
    float even[2][KERNEL_FINE], odd[2][KERNEL_FINE];
    kernels->fine(&fine, even, odd, in);
    float left = summit(even[0], odd[0]), right = summit(even[1], odd[1]);
    return left > right ? left : right;
}

float truepeak_feed_rt(struct truepeak *truepeak, const float *stereo, uint32_t frames)
{
    enum { LAST = 2 * (TRUEPEAK_TAPS - 1) };
    float line[LAST + 2 * CHUNK], peaks[2 * CHUNK], highest = 0;
    memcpy(line, truepeak->last, sizeof truepeak->last);
    for (uint32_t n; frames; frames -= n, stereo += 2 * n) {
        n = frames < CHUNK ? frames : CHUNK;
        memcpy(line + LAST, stereo, 2 * n * sizeof *line);
        truepeak_find_rt(peaks, line, n);
        for (uint32_t i = 0; i < 2 * n; i++)
            highest = peaks[i] > highest ? peaks[i] : highest;
        memmove(line, line + 2 * n, LAST * sizeof *line);
    }
    memcpy(truepeak->last, line, sizeof truepeak->last);
    return highest;
}
