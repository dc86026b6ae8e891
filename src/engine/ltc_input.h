/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The LTC input: one channel, from the capture thread to the timing thread by a ring. The sound
 * of timecode ends here: nothing but what is measured of it leaves this file, so that it can
 * reach no output and no recording. The thread shows level, drop-outs and what it lost in the
 * state segment.
 */
#ifndef ENGINE_LTC_INPUT_H
#define ENGINE_LTC_INPUT_H

#include "rt/guard.h"
#include "wire/state.h"

#include <stdint.h>

struct ltc_input;

/* --- main thread --- Starts the timing thread. Return: NULL with errno if there is none. */
struct ltc_input *ltc_input_open(struct state_segment *state);
void ltc_input_close(struct ltc_input *ltc);    /* NULL allowed. Nobody puts any more */

/* --- capture thread --- mono: frames at `rate`, the last of which came at end_ns. Never waits: the ring holds 1.3 s at 48 kHz,
 * frames past that are lost and counted. */
RT_SAFE void ltc_input_put_rt(struct ltc_input *ltc, const float *mono, uint32_t frames, uint64_t end_ns, uint32_t rate);

#endif
