/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peak and energy, in eight lanes of four frames: sample i belongs to lane i % 8 and the lanes
 * are joined in their order at the end, whatever width of register the compiler takes.
 */
#include "config.h"

#include "pcm/meter.h"

#include <math.h>
#include <stddef.h>

#define LANES 8

static inline float larger(float a, float b)
{
    return a > b ? a : b;           /* b when a is no number */
}

static inline double square(float x)
{
    double y = x == x ? (double)x : 0.0;
    return y * y;
}

float meter_peak_rt(const float *stereo, uint32_t frames)
{
    float lane[LANES] = {0};
    size_t count = (size_t)frames * 2, whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] = larger(fabsf(stereo[i + k]), lane[k]);
    for (size_t i = whole; i < count; i++)
        lane[i - whole] = larger(fabsf(stereo[i]), lane[i - whole]);
    float peak = 0;
    for (size_t k = 0; k < LANES; k++)
        peak = larger(lane[k], peak);
    return peak;
}

double meter_energy_rt(const float *stereo, uint32_t frames)
{
    double lane[LANES] = {0};
    size_t count = (size_t)frames * 2, whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] += square(stereo[i + k]);
    for (size_t i = whole; i < count; i++)
        lane[i - whole] += square(stereo[i]);
    double energy = 0;
    for (size_t k = 0; k < LANES; k++)
        energy += lane[k];
    return energy;
}
