/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * B1: what the channels of a device play, from what the busses do: each bus on the two channels of its output, on 1 and 2 if the
 * device lacks one of them, Audition nowhere then; what comes together adds up, and ends at full scale. A bus that is sent elsewhere, or
 * with another gain, goes there in 5 ms, if it sounds.
 */
#ifndef REFERENCE_ROUTES_H
#define REFERENCE_ROUTES_H

#include "heard.h"

enum { ROUTES_CHANNELS = 8 };           /* of the device: fewer than some busses are sent to */

/* channels: of ROUTES_CHANNELS, rendered beside busses. On sines, no step either but what the busses and the moves make. */
struct difference routes_judge(const struct world *world, const struct outcome *outcome, const struct heard *busses,
                               const struct heard *channels);

#endif
