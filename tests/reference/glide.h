/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A level that rests or goes once along a curve (SPEC F2). It is a function of the frame alone:
 * `from` before and at `start`, `to` from start + frames on, the curve in between.
 */
#ifndef REFERENCE_GLIDE_H
#define REFERENCE_GLIDE_H

#include "world.h"

struct glide {
    double from, to;
    int64_t start, frames;              /* frames 0: rests at `to` */
    enum curve curve;
};

double curve_gain(enum curve curve, double x);
/* The steepest that the curve is anywhere: level by x. */
double curve_slope(enum curve curve);

struct glide glide_rest(double level);
/* From the level it has at `frame` to `to`. */
void glide_go(struct glide *glide, int64_t frame, double to, enum curve curve, int64_t frames);
double glide_level(const struct glide *glide, int64_t frame);
bool glide_moves(const struct glide *glide, int64_t frame);
/* Frames until it rests for good. */
int64_t glide_left(const struct glide *glide, int64_t frame);
/* At most how far the level goes from this frame to the next. */
double glide_step(const struct glide *glide, int64_t frame);

#endif
