/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The curves, and levels that go along them: see glide.h. Pure. */
#include "config.h"

#include "glide.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

double curve_gain(enum curve curve, double x)
{
    switch (curve) {
    case CURVE_LOG:
        return log10(1 + 9 * x);
    case CURVE_EXPONENTIAL:
        return (pow(10, x) - 1) / 9;
    case CURVE_S:
        return (1 - cos(pi * x)) / 2;
    case CURVE_EQUAL_POWER:
        return sin(pi * x / 2);
    default:
        return x;
    }
}

double curve_slope(enum curve curve)
{
    switch (curve) {
    case CURVE_LOG:
        return 9 / log(10);             /* at 0 */
    case CURVE_EXPONENTIAL:
        return 10 * log(10) / 9;        /* at 1 */
    case CURVE_S:
    case CURVE_EQUAL_POWER:
        return pi / 2;                  /* in the middle; at 0 */
    default:
        return 1;
    }
}

struct glide glide_rest(double level)
{
    return (struct glide){.from = level, .to = level};
}

void glide_go(struct glide *glide, int64_t frame, double to, enum curve curve, int64_t frames)
{
    *glide = (struct glide){.from = glide_level(glide, frame), .to = to, .start = frame, .frames = frames, .curve = curve};
}

double glide_level(const struct glide *glide, int64_t frame)
{
    if (glide->frames == 0 || frame >= glide->start + glide->frames)
        return glide->to;
    if (frame <= glide->start)
        return glide->from;
    double x = (double)(frame - glide->start) / (double)glide->frames;
    if (glide->to >= glide->from)
        return glide->from + (glide->to - glide->from) * curve_gain(glide->curve, x);
    return glide->to + (glide->from - glide->to) * curve_gain(glide->curve, 1 - x);
}

bool glide_moves(const struct glide *glide, int64_t frame)
{
    return glide->frames > 0 && frame >= glide->start && frame < glide->start + glide->frames;
}

int64_t glide_left(const struct glide *glide, int64_t frame)
{
    int64_t left = glide->frames > 0 ? glide->start + glide->frames - frame : 0;
    return left > 0 ? left : 0;
}

double glide_step(const struct glide *glide, int64_t frame)
{
    if (!glide_moves(glide, frame))
        return 0;
    return fabs(glide->to - glide->from) * curve_slope(glide->curve) / (double)glide->frames;
}
