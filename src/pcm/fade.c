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
#include <stdbool.h>

#define FADE_STEPS 4096

static float fade_table[PCM_CURVES][FADE_STEPS + 2];    /* to 1 and a point past it; PCM_CURVE_LINEAR's stays unread */
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
        fade_table[curve][FADE_STEPS] = fade_table[curve][FADE_STEPS + 1] = 1;
    }
}

void fade_tables_init(void)
{
    pthread_once(&fade_table_once, tables_make);
}

/* A curve read at one of n = 0..length. */
struct fade_reader {
    const float *table;
    double steps;           /* of the table a frame */
    int32_t length;         /* signed: the conversion to float is one instruction everywhere */
};

static inline struct fade_reader reader_make(unsigned curve, uint32_t length)
{
    return (struct fade_reader){.table = fade_table[curve], .steps = FADE_STEPS / (double)length, .length = (int32_t)length};
}

static inline int32_t frame_within(int32_t n, int32_t length)
{
    n = n > 0 ? n : 0;
    return n < length ? n : length;
}

static inline float read_table(struct fade_reader reader, int32_t n)
{
    n = frame_within(n, reader.length);
    double place = n * reader.steps;
    int32_t step = (int32_t)place;
    float low = reader.table[step], high = reader.table[step + 1];
    return low + (high - low) * (float)(place - step);
}

static inline float read_linear(struct fade_reader reader, int32_t n)
{
    return (float)frame_within(n, reader.length) / (float)reader.length;
}

/* A level on the way between two, exact at both ends. */
static inline float level_between(float low, float high, float gain)
{
    return gain < 1 ? low + (high - low) * gain : high;
}

float fade_gain_rt(unsigned curve, uint32_t n, uint32_t length)
{
    struct fade_reader reader = reader_make(curve, length);
    return curve == PCM_CURVE_LINEAR ? read_linear(reader, (int32_t)n) : read_table(reader, (int32_t)n);
}

float fade_level_rt(unsigned curve, float from, float to, uint32_t n, uint32_t length)
{
    if (to >= from)
        return level_between(from, to, fade_gain_rt(curve, n, length));
    return level_between(to, from, fade_gain_rt(curve, length - n, length));
}

void fade_apply_rt(float *gains, uint32_t count, unsigned curve, float from, float to, uint32_t n, uint32_t length)
{
    struct fade_reader reader = reader_make(curve, length);
    bool rises = to >= from;
    int32_t first = (int32_t)(rises ? n : length - n), step = rises ? 1 : -1;
    float low = rises ? from : to, high = rises ? to : from;
    if (curve == PCM_CURVE_LINEAR) {
        for (int32_t i = 0; i < (int32_t)count; i++)
            gains[i] *= level_between(low, high, read_linear(reader, first + i * step));
    } else {
        for (int32_t i = 0; i < (int32_t)count; i++)
            gains[i] *= level_between(low, high, read_table(reader, first + i * step));
    }
}
