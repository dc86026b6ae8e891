/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rate converters of other libraries, for comparison, loaded when they are installed: soxr (LQ, HQ) and libsamplerate
 * (sinc, fastest). Their interfaces are declared here as their manuals have them, so no header is needed.
 */
#ifndef BENCH_RIVALS_H
#define BENCH_RIVALS_H

#include <stddef.h>
#include <stdint.h>

enum { RIVAL_SOXR_LQ, RIVAL_SOXR_HQ, RIVAL_SAMPLERATE, RIVALS };

struct rival;

/* NULL: not installed. */
struct rival *rival_new(unsigned which, uint32_t in_rate, uint32_t out_rate);
void rival_free(struct rival *rival);               /* NULL: nothing */
const char *rival_name(unsigned which);
/* Interleaved stereo; as much of either as the library likes. */
void rival_convert(struct rival *rival, float *out, size_t out_frames, const float *in, size_t in_frames);

#endif
