/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last step: float to what a device or file takes. Samples past full scale are clamped and
 * counted. Dither is TPDF of +-1 LSB, a pure function of (frame, channel), so that the same
 * frames give the same bits on every run (SPEC B4, E2).
 */
#ifndef PCM_OUTPUT_H
#define PCM_OUTPUT_H

#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

enum output_format {
    OUTPUT_S16,
    OUTPUT_S24_3,       /* packed, little endian */
    OUTPUT_S24_4,       /* low three bytes of four */
    OUTPUT_S32,
    OUTPUT_F32,
    OUTPUT_FORMATS
};

uint32_t output_sample_bytes(enum output_format format);
/* in: `channels` interleaved floats a frame; out: the same in `format`, native endian but for S24_3. first_frame: of the
 * stream, for the dither (OUTPUT_S16 only; false: round to nearest, ties to even). Scale: 1.0 = 2^15, 2^23, 2^31; clamped to
 * the format's range. F32 is copied unclamped; NaN becomes 0. Return: samples that were clamped (not those that
 * only their dither pushed over). */
RT_SAFE uint32_t output_convert_rt(void *out, const float *in, enum output_format format, unsigned channels, uint32_t frames,
                                   uint64_t first_frame, bool dither);
/* Makes the samples of one frame, of `channels` in this format, `gain` times as large (0 to 1), towards 0. */
void output_scale(void *frame, enum output_format format, unsigned channels, float gain);

#endif
