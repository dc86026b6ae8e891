/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ways to measure a true peak that share nothing with src/pcm: the interpolator of the standard (ITU-R BS.1770-4, Annex 2,
 * the table of the order-48 filter), and one of 128 taps a value that comes close to what the samples mean.
 */
#ifndef TESTS_INTERPOLATE_H
#define TESTS_INTERPOLATE_H

#include <stddef.h>

/* The highest magnitude of either side of interleaved stereo at four times the rate, linear; of values between frames that
 * have all frames they are made of. */
double interpolate_standard_peak(const float *stereo, size_t frames);
/* At `times` the rate. */
double interpolate_peak(const float *stereo, size_t frames, size_t times);

#endif
