/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Converters and tables of a device's rate: see rates.h. */
#include "config.h"

#include "engine/rates.h"
#include "base/xalloc.h"
#include "pcm/rateconv.h"

#include <stdlib.h>

static const uint32_t all_hz[RATES] = {44100, 48000, 88200, 96000};

int rates_index_rt(uint32_t hz)
{
    for (int i = 0; i < RATES; i++)
        if (all_hz[i] == hz)
            return i;
    return -1;
}

struct rate *rates_new(uint32_t hz)
{
    struct rate *rate = xcalloc(1, sizeof *rate);
    rate->hz = hz;
    timing_init(&rate->timing, hz);
    rate->delay_frames = rateconv_delay_frames(hz);
    for (enum chain_family i = 0; i < FAMILIES; i++)
        if (family_rate_rt(i) != hz)
            rate->converter[i] = rateconv_new(family_rate_rt(i), hz);
    levels_init(&rate->levels_law, hz);
    rate->limiter_frames = limiter_delay_frames(hz);
    limiter_init(&rate->limiter, hz);
    return rate;
}

void rates_free(struct rate *rate)
{
    for (int i = 0; rate && i < FAMILIES; i++)
        rateconv_free(rate->converter[i]);
    free(rate);
}
