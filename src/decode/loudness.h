/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loudness by EBU R 128 (ITU-R BS.1770, EBU Tech 3341 and 3342), with libebur128, which only this
 * file's .c knows: a build without it measures none. Runs in a worker. Mono is measured as one channel.
 */
#ifndef DECODE_LOUDNESS_H
#define DECODE_LOUDNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loudness;
struct work_loudness;

bool loudness_available(void);              /* in this build */
/* One or two channels. frames: about how many will come; from some hours on, levels are counted in steps of 0.1 LU, for memory's
 * sake. Return: NULL if it cannot be measured. */
struct loudness *loudness_new(unsigned channels, uint32_t rate, int64_t frames);
void loudness_free(struct loudness *loudness);      /* NULL: nothing */
void loudness_add_s16(struct loudness *loudness, const int16_t *samples, size_t frames);
void loudness_add_f32(struct loudness *loudness, const float *samples, size_t frames);
/* Of all that came so far. Post: every value is as wire/work.h says. */
void loudness_take(struct loudness *loudness, struct work_loudness *out);

#endif
