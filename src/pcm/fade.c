/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The curves of SPEC F2. The linear one is a division; the others are read from tables of
 * FADE_STEPS equal steps with a straight line between two points, which is off the formula by
 * less than 1e-6 (the logarithm is worst, where it rises steepest). The place in the table
 * comes from the two frame counters alone, so a frame's gain is the same however a fade is cut.
 */
#include "config.h"

#include "pcm/fade.h"

#include <math.h>
#include <pthread.h>
#include <stddef.h>

#define FADE_STEPS 4096

static float fade_table[PCM_CURVES][FADE_STEPS + 1];    /* the row of PCM_CURVE_LINEAR stays unread */
static pthread_once_t fade_table_once = PTHREAD_ONCE_INIT;

static double curve_exact(unsigned curve, double x)
{
    const double pi = 3.14159265358979323846;
    switch (curve) {
    case PCM_CURVE_LOG:
        return log10(1 + 9 * x);
    case PCM_CURVE_EXPONENTIAL:
        return (pow(10, x) - 1) / 9;
    case PCM_CURVE_S:
        return (1 - cos(pi * x)) / 2;
    case PCM_CURVE_EQUAL_POWER:
        return sin(pi / 2 * x);
    default:
        return x;
    }
}

static void tables_make(void)
{
    for (unsigned curve = 0; curve < PCM_CURVES; curve++) {
        for (int i = 0; i < FADE_STEPS; i++)
            fade_table[curve][i] = (float)curve_exact(curve, i / (double)FADE_STEPS);
        fade_table[curve][FADE_STEPS] = 1;
    }
}

void fade_tables_init(void)
{
    pthread_once(&fade_table_once, tables_make);
}

/* The curve's own gain at n/length. */
static inline float curve_gain(unsigned curve, uint32_t n, uint32_t length)
{
    if (n >= length)
        return 1;
    if (curve == PCM_CURVE_LINEAR)
        return (float)n / (float)length;
    double place = (double)n / (double)length * FADE_STEPS;
    size_t step = (size_t)place;
    float low = fade_table[curve][step], high = fade_table[curve][step + 1];
    return low + (high - low) * (float)(place - (double)step);
}

/* A level on the way between two, exact at both ends. */
static inline float level_between(float low, float high, float gain)
{
    return gain < 1 ? low + (high - low) * gain : high;
}

static inline float fade_level(unsigned curve, float from, float to, uint32_t n, uint32_t length)
{
    if (to >= from)
        return level_between(from, to, curve_gain(curve, n, length));
    return level_between(to, from, curve_gain(curve, n < length ? length - n : 0, length));
}

float fade_gain_rt(unsigned curve, uint32_t n, uint32_t length)
{
    return curve_gain(curve, n, length);
}

float fade_level_rt(unsigned curve, float from, float to, uint32_t n, uint32_t length)
{
    return fade_level(curve, from, to, n, length);
}

void fade_apply_rt(float *gains, uint32_t count, unsigned curve, float from, float to, uint32_t n, uint32_t length)
{
    for (uint32_t i = 0; i < count; i++)
        gains[i] *= fade_level(curve, from, to, n + i, length);
}
