/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples fit to be played: what a decoder made may hold NaN, infinity and absurd levels, clip memory may not. Any thread. */
#ifndef DECODE_CLEAN_H
#define DECODE_CLEAN_H

#include <stddef.h>
#include <stdint.h>

#define CLEAN_LEVEL_MAX 64.0f       /* +36 dB */

/* NaN and infinity become 0, what is louder than CLEAN_LEVEL_MAX becomes that loud. In place. Return: samples changed. */
uint64_t clean_samples(float *samples, size_t count);
/* The same of a copy, in one pass, of samples that someone else may change meanwhile; they may lie at any place. Return: as
 * above. */
uint64_t clean_copy(float *to, const float *from, size_t count);

#endif
