/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A family of rates: 44.1 kHz or 48 kHz, and the time of the chains that run at it (SPEC B3).
 * Every chain of a family reads the same clock: engine frame n, which is a frame of the device,
 * falls on the chain frame nearest to it, halves up. That is a function of n alone, so nothing
 * that happens at a frame depends on how the frames before it were cut. Where the device runs at
 * the family's own rate both counts are the same.
 *
 * Voices, ramps and fades of a chain live in its frames; operations and events in the engine's.
 */
#ifndef ENGINE_FAMILY_H
#define ENGINE_FAMILY_H

#include "engine/op.h"
#include "engine/timing.h"

#include <stdbool.h>

struct rateconv;

enum chain_family { FAMILY_44100, FAMILY_48000, FAMILIES };
enum { FAMILY_PERIOD_MAX = ENGINE_PERIOD_MAX * 160 / 147 + 2 };     /* chain frames that an engine period can have */

struct family {
    struct timing timing;               /* seconds to frames of the chain */
    uint32_t up, down;                  /* the chain's rate over the device's, without common factor */
    int64_t engine_origin, origin;      /* a moment in both counts: since then the device runs at its rate */
    int64_t frame;                      /* the next to make */
    const struct rateconv *converter;   /* NULL: it is the device's own rate */
};

/* The family whose chains a medium of this chain rate sounds in. Pre: 44100 or 48000. */
RT_SAFE enum chain_family family_of_rt(uint32_t chain_rate);
RT_SAFE uint32_t family_rate_rt(enum chain_family family);           /* Hz */
void family_init(struct family *family, enum chain_family which);
/* From `engine_frame` on the device runs at `rate` Hz, to which the converter leads. The chain's count goes on. */
RT_SAFE void family_follow_rt(struct family *family, uint32_t rate, const struct rateconv *converter, int64_t engine_frame);

/* The chain frame that an engine frame falls on. */
RT_SAFE int64_t family_at_rt(const struct family *family, int64_t engine_frame);
/* The first engine frame that falls on this chain frame or a later one. */
RT_SAFE int64_t family_engine_rt(const struct family *family, int64_t frame);
/* The first engine frame that is not before the moment of this chain frame: where what ends there is over. */
RT_SAFE int64_t family_over_rt(const struct family *family, int64_t frame);
/* That many chain frames in engine frames, nearest. */
RT_SAFE int64_t family_length_rt(const struct family *family, int64_t frames);

#endif
