/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rate converter of a bus (SPEC B3, DESIGN 4): a finished chain of 44.1 or 48 kHz to the device's rate, on
 * the audio thread. A linear-phase FIR of the absolute frame number, without state: output frame n lies at input
 * place n * in_rate / out_rate and is made of the RATECONV_TAPS input frames around it alone, so that the same frames
 * give the same bits however a period is cut, and frames that repeat or jump are nothing special.
 *
 * 20 Hz to 20 kHz pass within 0.1 dB; of a full-scale sine up to 20 kHz everything that is not the sine stays
 * below -110 dB. What lies between 20 kHz and half of the lower rate fades out; its mirror images all lie above 20 kHz.
 */
#ifndef PCM_RATECONV_H
#define PCM_RATECONV_H

#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

#define RATECONV_TAPS 68            /* half of them before the place, half after it */

struct rateconv;

/* Main thread. */

/* Whether there is a converter: in_rate 44100 or 48000, out_rate another one of 44100, 48000, 88200, 96000. */
bool rateconv_supported(uint32_t in_rate, uint32_t out_rate);
/* Makes the table of taps (some 0.5 ms); one converter serves any number of busses. Pre: rateconv_supported(). Never NULL.
 * Owner: the caller, who gives it back to rateconv_free() (NULL: nothing). */
struct rateconv *rateconv_new(uint32_t in_rate, uint32_t out_rate);
void rateconv_free(struct rateconv *rateconv);
/* The delay that all chains of a device share as soon as one of them is converted, in frames of out_rate, 0.8 ms or
 * less: no input frame that output frame n needs lies later than output frame n + delay. Pre: one of the four rates. */
uint32_t rateconv_delay_frames(uint32_t out_rate);
/* The most input frames that a span of count output frames can have. */
uint32_t rateconv_span_max(const struct rateconv *rateconv, uint32_t count);

/* Audio thread. */

/* The input frames that output frames first..first+count-1 need: [*from, *to), either side of 0; empty for count 0.
 * |first| < 2^55. */
RT_SAFE void rateconv_span_rt(const struct rateconv *rateconv, int64_t first, uint32_t count, int64_t *from, int64_t *to);
/* Makes output frames first..first+count-1. in: the input frames of exactly that span, with zeros where there are
 * none; out: count frames; both interleaved stereo, and apart. */
RT_SAFE void rateconv_make_rt(const struct rateconv *rateconv, float *out, int64_t first, uint32_t count, const float *in);

#endif
