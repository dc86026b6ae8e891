/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rate conversion by a windowed sinc. With the rates reduced to up/down (output over input),
 * output frame n lies at input frame n * down / up: a whole frame and rest/up of the way to the
 * next. For each such phase the table has a row of taps. Past what a table can hold the
 * phases are spaced evenly and two neighbouring rows are blended; their spacing is so fine that
 * the straight line between them errs by less than -120 dB.
 *
 * The filter is designed on the lower of the two rates: WINDOW_HALF of its frames to each side,
 * and a Kaiser window of STOP_DB, which leaves a transition that ends at half the lower rate and
 * begins at 0.4547 of it (20.05 kHz at 44.1). Each row sums to one, so a level at rest is kept.
 *
 * A row holds every tap once for each channel: a frame is then one product of two plain arrays,
 * whose even and odd places are left and right (mono adds them up).
 */
#include "config.h"

#include "pcm/resample.h"

#include "base/xalloc.h"
#include "pcm/kernels.h"

#include <math.h>
#include <stdlib.h>

#define WINDOW_HALF 80
#define STOP_DB 112.0
#define CUTOFF 0.47735              /* middle of the transition, in cycles a frame of the lower rate */
#define HALF_STEP (KERNEL_DOT_LANES / 2)    /* taps are 2 * half: whole runs of lanes for one channel and for two */
#define PHASES_EXACT 1024           /* at most, and */
#define TAPS_EXACT (1u << 20)       /* at most in a table with a row for every phase */
#define PHASES_BLENDED 4096         /* a frame of the lower rate, in the other tables */

struct resampler {
    uint32_t up, down;              /* the rates without common factor */
    unsigned channels;
    uint32_t half;                  /* taps to each side, in input frames */
    uint32_t phases;                /* == up when every phase has its row, a power of two otherwise */
    float *rows;                    /* phases + 1 rows of 2 * half * channels; the last is the first, one frame on */
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

/* The filter to one side of its middle: wing[i] lies i/phases input frames away, i = 0..half * phases. */
static double *wing_make(uint32_t half, uint32_t phases, double cutoff)
{
    const double pi = 3.14159265358979323846, beta = 0.1102 * (STOP_DB - 8.7);
    size_t last = (size_t)half * phases;
    double *wing = xmalloc((last + 1) * sizeof *wing);
    wing[0] = bessel_i0(beta);
    for (size_t i = 1; i <= last; i++) {
        double far = (double)i / (double)last, angle = 2 * pi * cutoff * (double)i / phases;
        wing[i] = sin(angle) / angle * bessel_i0(beta * sqrt((1 - far) * (1 + far)));
    }
    return wing;
}

/* Tap t of a row stands for input frame t - (half - 1), counted from the whole frame before the output's place. */
static double row_tap(const struct resampler *r, const double *wing, uint32_t phase, uint32_t t)
{
    int64_t away = ((int64_t)t - (r->half - 1)) * r->phases - phase;
    return wing[away < 0 ? -away : away];
}

static void row_make(const struct resampler *r, const double *wing, uint32_t phase, float *row)
{
    double sum = 0;
    for (uint32_t t = 0; t < 2 * r->half; t++)
        sum += row_tap(r, wing, phase, t);
    for (uint32_t t = 0; t < 2 * r->half; t++)
        for (unsigned channel = 0; channel < r->channels; channel++)
            *row++ = (float)(row_tap(r, wing, phase, t) / sum);
}

static uint32_t phases_choose(uint32_t up, uint32_t half)
{
    if (up <= PHASES_EXACT && (uint64_t)up * 2 * half <= TAPS_EXACT)
        return up;
    uint32_t phases = 1;
    while ((uint64_t)phases * half < (uint64_t)PHASES_BLENDED * WINDOW_HALF)
        phases *= 2;
    return phases;
}

static size_t row_floats(const struct resampler *r)
{
    return (size_t)2 * r->half * r->channels;
}

struct resampler *resample_new(uint32_t in_rate, uint32_t out_rate, unsigned channels)
{
    struct resampler *r = xcalloc(1, sizeof *r);
    uint32_t factor = common_factor(in_rate, out_rate);
    double stretch = in_rate > out_rate ? (double)in_rate / out_rate : 1;
    r->up = out_rate / factor;
    r->down = in_rate / factor;
    r->channels = channels;
    r->half = ((uint32_t)ceil(WINDOW_HALF * stretch) + HALF_STEP - 1) / HALF_STEP * HALF_STEP;
    r->phases = phases_choose(r->up, r->half);
    r->rows = xaligned(64, (r->phases + 1) * row_floats(r) * sizeof *r->rows);
    double *wing = wing_make(r->half, r->phases, CUTOFF / stretch);
    for (uint32_t phase = 0; phase <= r->phases; phase++)
        row_make(r, wing, phase, r->rows + phase * row_floats(r));
    free(wing);
    return r;
}

void resample_free(struct resampler *resampler)
{
    if (!resampler)
        return;
    free(resampler->rows);
    free(resampler);
}

int64_t resample_length(const struct resampler *resampler, int64_t in_frames)
{
    return (2 * in_frames * resampler->up + resampler->down) / (2 * (int64_t)resampler->down);
}

void resample_span(const struct resampler *resampler, int64_t first, uint32_t count, int64_t *from, int64_t *to)
{
    int64_t last = first + (int64_t)count - 1;
    *from = first * resampler->down / resampler->up - resampler->half + 1;
    *to = count ? last * resampler->down / resampler->up + resampler->half + 1 : *from;
}

static void frame_make(const struct resampler *r, float *out, const float *in, uint32_t rest)
{
    size_t floats = row_floats(r);
    uint64_t place = (uint64_t)rest * r->phases;
    const float *row = r->rows + place / r->up * floats;
    float low[2], high[2];
    kernels->dot(low, in, row, floats);
    if (place % r->up) {
        float blend = (float)(place % r->up) / (float)r->up;
        kernels->dot(high, in, row + floats, floats);
        low[0] += (high[0] - low[0]) * blend;
        low[1] += (high[1] - low[1]) * blend;
    }
    out[0] = r->channels == 1 ? low[0] + low[1] : low[0];
    if (r->channels == 2)
        out[1] = low[1];
}

void resample_make(const struct resampler *resampler, float *out, int64_t first, uint32_t count, const float *in)
{
    const struct resampler *r = resampler;
    uint32_t rest = (uint32_t)(first * r->down % r->up);
    for (uint32_t i = 0; i < count; i++) {
        frame_make(r, out, in, rest);
        uint32_t next = rest + r->down % r->up;
        in += (size_t)r->channels * (r->down / r->up + (next >= r->up));
        out += r->channels;
        rest = next < r->up ? next : next - r->up;
    }
}
