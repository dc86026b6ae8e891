/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Polyphase conversion with a row of taps for every phase. With the rates reduced to up/down (output over
 * input), output frame n lies n * down mod up parts of a frame after input frame floor(n * down / up).
 *
 * The filter is a sinc under a Kaiser window (J. F. Kaiser, "Nonrecursive digital filter design using the
 * I0-sinh window function", 1974). 68 taps are few for a way from 20 to 24.1 kHz at 44.1 kHz. What lets them do is
 * that 20 kHz may be down by 0.1 dB: the corner lies low, so that half of the way is won for the window, which then is
 * one of -118 dB. At 48 kHz as many taps have more room. Each row sums to one, so a level at rest is kept; what
 * a tap loses as it becomes a float, the next one gets.
 *
 * A row holds every tap twice, for left and right: a frame is one product of two plain arrays (pcm/kernels.h).
 */
#include "config.h"

#include "pcm/rateconv.h"

#include "base/xalloc.h"
#include "pcm/kernels.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define HALF (RATECONV_TAPS / 2)
#define KAISER_BETA 12.0
#define CORNER_44100_HZ 21600.0     /* where the filter is down by 6 dB: as low as 0.1 dB at 20 kHz allows */
#define CORNER_48000_HZ 21750.0

_Static_assert(2 * RATECONV_TAPS == KERNEL_CONVERT_FLOATS, "a row is what the kernel takes");

struct rateconv {
    struct kernel_convert plan;
    float *rows;                    /* plan.up rows of KERNEL_CONVERT_FLOATS */
};

static uint32_t common_factor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool is_chain_rate(uint32_t rate)
{
    return rate == 44100 || rate == 48000;
}

bool rateconv_supported(uint32_t in_rate, uint32_t out_rate)
{
    bool device_rate = is_chain_rate(out_rate) || out_rate == 88200 || out_rate == 96000;
    return is_chain_rate(in_rate) && device_rate && in_rate != out_rate;
}

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

/* The filter `away` input frames from its middle, |away| <= HALF; corner in cycles a frame. Not scaled. */
static double filter_at(double away, double corner)
{
    double far = away / HALF, angle = 2 * 3.14159265358979323846 * corner * away;
    double sinc = angle > 0 || angle < 0 ? sin(angle) / angle : 1;
    return sinc * bessel_i0(KAISER_BETA * sqrt((1 - far) * (1 + far)));
}

/* Tap t stands for input frame t - (HALF - 1), counted from the whole frame before the output's place. */
static void row_make(float *row, double phase, double corner)
{
    double taps[RATECONV_TAPS], sum = 0, lost = 0;
    for (int t = 0; t < RATECONV_TAPS; t++)
        sum += taps[t] = filter_at(t - (HALF - 1) - phase, corner);
    for (int t = 0; t < RATECONV_TAPS; t++) {
        row[2 * t] = row[2 * t + 1] = (float)(taps[t] / sum + lost);
        lost += taps[t] / sum - (double)row[2 * t];
    }
}

struct rateconv *rateconv_new(uint32_t in_rate, uint32_t out_rate)
{
    uint32_t factor = common_factor(in_rate, out_rate), up = out_rate / factor, down = in_rate / factor;
    double corner = in_rate == 44100 ? CORNER_44100_HZ / 44100 : CORNER_48000_HZ / 48000;
    struct rateconv *rateconv = xcalloc(1, sizeof *rateconv);
    rateconv->rows = xaligned(64, (size_t)up * KERNEL_CONVERT_FLOATS * sizeof *rateconv->rows);
    rateconv->plan = (struct kernel_convert){.rows = rateconv->rows, .up = up, .down = down};
    for (uint32_t phase = 0; phase < up; phase++)
        row_make(rateconv->rows + (size_t)phase * KERNEL_CONVERT_FLOATS, (double)phase / up, corner);
    return rateconv;
}

void rateconv_free(struct rateconv *rateconv)
{
    if (!rateconv)
        return;
    free(rateconv->rows);
    free(rateconv);
}

uint32_t rateconv_delay_frames(uint32_t out_rate)
{
    uint32_t slowest = out_rate == 44100 ? 48000 : 44100;       /* its frames are the longest that may need conversion */
    return (HALF * out_rate + slowest - 1) / slowest;
}

uint32_t rateconv_span_max(const struct rateconv *rateconv, uint32_t count)
{
    return (uint32_t)((uint64_t)count * rateconv->plan.down / rateconv->plan.up) + RATECONV_TAPS + 1;
}

/* The whole input frame before the place of output frame n; *rest: how many up-ths of a frame later it lies. */
static int64_t whole_frame(const struct kernel_convert *plan, int64_t n, uint32_t *rest)
{
    int64_t place = n * plan->down, whole = place / plan->up, over = place % plan->up;
    if (over < 0) {
        over += plan->up;
        whole--;
    }
    *rest = (uint32_t)over;
    return whole;
}

void rateconv_span_rt(const struct rateconv *rateconv, int64_t first, uint32_t count, int64_t *from, int64_t *to)
{
    uint32_t rest;
    *from = whole_frame(&rateconv->plan, first, &rest) - (HALF - 1);
    *to = count ? whole_frame(&rateconv->plan, first + (int64_t)count - 1, &rest) + HALF + 1 : *from;
}

void rateconv_make_rt(const struct rateconv *rateconv, float *out, int64_t first, uint32_t count, const float *in)
{
    uint32_t rest;
    whole_frame(&rateconv->plan, first, &rest);
    kernels->convert(&rateconv->plan, out, in, rest, count);
}
