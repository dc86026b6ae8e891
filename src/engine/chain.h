/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chain: the part of a bus that runs at one sample rate (SPEC B3). Voices are mixed into it;
 * the bus sums its chains. Only the chain of the device's rate is fed for now; the other has
 * its place here, and the converter that finishes it will stand between chain and bus.
 *
 * A chain nobody mixed into in a period is idle, is not touched, and costs nothing.
 */
#ifndef ENGINE_CHAIN_H
#define ENGINE_CHAIN_H

#include "engine/op.h"
#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

enum chain_family { CHAIN_44100, CHAIN_48000, CHAINS };     /* and their doubles */

struct chain {
    bool active;                        /* something was mixed into it in this period */
    _Alignas(64) float frames[2 * ENGINE_PERIOD_MAX];       /* interleaved stereo; of an active chain */
};

/* The chain a rate belongs to. */
RT_SAFE enum chain_family chain_family_rt(uint32_t rate);
/* Once a period: nothing is in it yet. */
RT_SAFE void chain_begin_rt(struct chain *chain);
/* Where to mix from `offset` of a period of `frames` on; silence stands there first. */
RT_SAFE float *chain_open_rt(struct chain *chain, uint32_t frames, uint32_t offset);
/* Adds count frames from offset on to `to`, the bus's frames of this period. */
RT_SAFE void chain_add_rt(const struct chain *chain, float *to, uint32_t offset, uint32_t count);

#endif
