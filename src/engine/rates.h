/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine has to have at hand to run at a device's rate: converters and tables, made where allocation is allowed. */
#ifndef ENGINE_RATES_H
#define ENGINE_RATES_H

#include "engine/family.h"
#include "engine/levels.h"
#include "pcm/limiter.h"

#include <stdint.h>

enum { RATES = 4 };                     /* a device may have */

struct rate {
    uint32_t hz;
    struct timing timing;               /* of it: of what is told in seconds between chains */
    uint32_t delay_frames;              /* of the converters */
    struct rateconv *converter[FAMILIES];   /* NULL: the family's own rate; owned */
    struct levels_law levels_law;
    uint32_t limiter_frames;                /* of its delay */
    struct limiter limiter;                 /* one that nothing was fed to */
};

/* Its place in a row of RATES, or -1: no device may have this rate. */
RT_SAFE int rates_index_rt(uint32_t hz);
/* Some milliseconds. Pre: a rate that a device may have. */
struct rate *rates_new(uint32_t hz);
void rates_free(struct rate *rate);     /* NULL: nothing */

#endif
