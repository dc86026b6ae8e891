/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fade curves (SPEC F2) as gains. A fade-in of N frames has x = n/N at its frame n; a fade-out
 * is the same curve at 1 - x. Curves but the linear one are read from tables made once.
 * All functions are pure: frame n of a fade has the same gain however the frames are cut.
 */
#ifndef PCM_FADE_H
#define PCM_FADE_H

#include "rt/guard.h"

#include <stdint.h>

/* The curves' order is that of enum fade_curve in engine/op.h and of the words below. */
enum { PCM_CURVE_LINEAR, PCM_CURVE_LOG, PCM_CURVE_EXPONENTIAL, PCM_CURVE_S, PCM_CURVE_EQUAL_POWER, PCM_CURVES };

void fade_tables_init(void);                    /* once a process, before any other call; any thread, idempotent */
/* Gain of curve at x = n/length; length 1..2^31 - 1. Exactly 0 at n = 0 and 1 at n = length, and past it. */
RT_SAFE float fade_gain_rt(unsigned curve, uint32_t n, uint32_t length);
/* The level at frame n of a fade from one level to another: from + (to - from) * g, where g is the curve at n/length
 * when the level rises (to >= from); when it falls, with from and to changed and at 1 - n/length. Exactly from at
 * n = 0, exactly to at n = length and past it. */
RT_SAFE float fade_level_rt(unsigned curve, float from, float to, uint32_t n, uint32_t length);
/* gains[i] *= that level at frame n + i, i = 0..count - 1. */
RT_SAFE void fade_apply_rt(float *gains, uint32_t count, unsigned curve, float from, float to, uint32_t n, uint32_t length);

#endif
