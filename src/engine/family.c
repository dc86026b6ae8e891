/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock of a family of rates: see family.h. Pure but for family_follow_rt. */
#include "config.h"

#include "engine/family.h"

/* Rounded down, below zero too. */
static int64_t divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

enum chain_family family_of_rt(uint32_t chain_rate)
{
    return chain_rate == 44100 ? FAMILY_44100 : FAMILY_48000;
}

uint32_t family_rate_rt(enum chain_family family)
{
    return family == FAMILY_44100 ? 44100 : 48000;
}

void family_init(struct family *family, enum chain_family which)
{
    *family = (struct family){.up = 1, .down = 1};
    timing_init(&family->timing, family_rate_rt(which));
}

void family_follow_rt(struct family *family, uint32_t rate, const struct rateconv *converter, int64_t engine_frame)
{
    uint32_t a = family->timing.rate, b = rate;
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    family->up = family->timing.rate / a;
    family->down = rate / a;
    family->engine_origin = engine_frame;
    family->origin = family->frame;
    family->converter = converter;
}

int64_t family_at_rt(const struct family *family, int64_t engine_frame)
{
    int64_t since = engine_frame - family->engine_origin;
    return family->origin + divide(2 * since * family->up + family->down, 2 * (int64_t)family->down);
}

int64_t family_engine_rt(const struct family *family, int64_t frame)
{
    int64_t since = frame - family->origin;
    return family->engine_origin - divide((1 - 2 * since) * (int64_t)family->down, 2 * (int64_t)family->up);
}

int64_t family_over_rt(const struct family *family, int64_t frame)
{
    return family->engine_origin - divide((family->origin - frame) * (int64_t)family->down, (int64_t)family->up);
}

int64_t family_length_rt(const struct family *family, int64_t frames)
{
    return divide(2 * frames * family->down + family->up, 2 * (int64_t)family->up);
}
