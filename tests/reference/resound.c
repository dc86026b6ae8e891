/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chains and their conversion: see resound.h. */
#include "config.h"

#include "resound.h"

#include <math.h>
#include <stdlib.h>

enum { WIDTH = 64 };                    /* frames to either side */
static const double pi = 3.14159265358979323846;

void chain_open(struct chain *chain, int rate, int64_t frames, int64_t output_frames)
{
    size_t count = (size_t)frames * LAWS_CHANNELS;
    *chain = (struct chain){.rate = rate, .frames = frames, .samples = calloc(count, sizeof *chain->samples),
                            .steps = calloc(count, sizeof *chain->steps),
                            .plays = calloc((size_t)output_frames * WORLD_BUSSES, sizeof *chain->plays),
                            .until = calloc((size_t)output_frames * WORLD_BUSSES, sizeof *chain->until)};
    if (!chain->samples || !chain->steps || !chain->plays || !chain->until)
        abort();
}

static void add_as_it_is(const struct chain *chain, struct outcome *outcome)
{
    for (int64_t i = 0; i < outcome->frames * LAWS_CHANNELS; i++) {
        outcome->samples[i] += chain->samples[i];
        outcome->steps[i] += chain->steps[i];
    }
}

/* sin(pi x) / (pi x) under a window that is 0 at WIDTH. */
static double weight(double x)
{
    double window = 0.42 + 0.5 * cos(pi * x / WIDTH) + 0.08 * cos(2 * pi * x / WIDTH);
    return fabs(x) < 1e-9 ? 1 : sin(pi * x) / (pi * x) * window;
}

static double value_between(const struct chain *chain, const double weights[2 * WIDTH], int64_t first, int channel)
{
    double sum = 0;
    for (int k = 0; k < 2 * WIDTH; k++)
        if (first + k >= 0 && first + k < chain->frames)
            sum += weights[k] * chain->samples[(first + k) * LAWS_CHANNELS + channel];
    return sum;
}

static void add_converted(const struct chain *chain, int rate, struct outcome *outcome)
{
    int64_t played[WORLD_BUSSES];       /* output frame at which it last did */
    for (int i = 0; i < WORLD_BUSSES; i++)
        played[i] = INT64_MIN / 2;
    for (int64_t n = 0; n < outcome->frames; n++) {
        int64_t latest = INT64_MIN / 2;
        bool begins[WORLD_BUSSES];
        for (int i = 0; i < WORLD_BUSSES; i++) {
            begins[i] = n > 0 && chain->plays[n * WORLD_BUSSES + i] && played[i] < n - 1;
            played[i] = chain->plays[n * WORLD_BUSSES + i] ? n : played[i];
            latest = played[i] > latest ? played[i] : latest;
        }
        if (n - latest > 2 * WIDTH)
            continue;
        int64_t below = n * chain->rate / rate, first = below - WIDTH + 1;
        double between = (double)(n * chain->rate % rate) / rate, weights[2 * WIDTH];
        for (int k = 0; k < 2 * WIDTH; k++)
            weights[k] = weight(between + WIDTH - 1 - k);
        for (int c = 0; c < LAWS_CHANNELS; c++) {
            bool over = n * chain->rate >= chain->until[n * WORLD_BUSSES + c / 2] * rate;
            if (over && !chain->plays[n * WORLD_BUSSES + c / 2])
                continue;
            float step = 0;
            for (int64_t m = below - 1; m <= below + 2; m++)
                if (m >= 0 && m < chain->frames)
                    step = fmaxf(step, chain->steps[m * LAWS_CHANNELS + c]);
            outcome->samples[n * LAWS_CHANNELS + c] += value_between(chain, weights, first, c);
            outcome->steps[n * LAWS_CHANNELS + c] += step * 1.1f;
            if (begins[c / 2])          /* its first frame may lie between two of the output: it goes there from silence */
                outcome->steps[(n - 1) * LAWS_CHANNELS + c] += step * 1.1f;
        }
    }
}

void chain_finish(struct chain *chain, int rate, struct outcome *outcome)
{
    if (chain->rate == rate)
        add_as_it_is(chain, outcome);
    else
        add_converted(chain, rate, outcome);
    free(chain->samples);
    free(chain->steps);
    free(chain->plays);
    free(chain->until);
}
