/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversion on load (DESIGN 4): a linear-phase FIR of the absolute file position, without
 * state. Output frame n is made from input frames around n * in_rate / out_rate alone, so block
 * k made alone equals block k of the whole. Kaiser-windowed sinc; residue under -100 dB,
 * passband to 20 kHz (or 0.45 of the lower rate) within 0.1 dB; half of the lower rate and all
 * above it is gone. Loader thread and render; never the audio thread (a native chain needs none).
 */
#ifndef PCM_RESAMPLE_H
#define PCM_RESAMPLE_H

#include <stdint.h>

struct resampler;

/* Rates 1000..384000 Hz, channels 1 or 2, in != out. Allocates its table. Never NULL. */
struct resampler *resample_new(uint32_t in_rate, uint32_t out_rate, unsigned channels);
void resample_free(struct resampler *resampler);
/* Length of the whole: round(in_frames * out_rate / in_rate), halves up. */
int64_t resample_length(const struct resampler *resampler, int64_t in_frames);
/* The input frames that output frames first..first+count-1 (first >= 0) need: [*from, *to); from may be negative, to past
 * the end of the file. */
void resample_span(const struct resampler *resampler, int64_t first, uint32_t count, int64_t *from, int64_t *to);
/* Makes output frames first..first+count-1 (interleaved float). in holds input frames [from, to) of exactly that span,
 * with zeros where the file has none. */
void resample_make(const struct resampler *resampler, float *out, int64_t first, uint32_t count, const float *in);

#endif
