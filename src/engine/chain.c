/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one-rate part of a bus: see chain.h. Audio thread. */
#include "config.h"

#include "engine/chain.h"
#include "pcm/mix.h"

#include <string.h>

enum chain_family chain_family_rt(uint32_t rate)
{
    return rate % 44100 == 0 ? CHAIN_44100 : CHAIN_48000;
}

void chain_begin_rt(struct chain *chain)
{
    chain->active = false;
}

float *chain_open_rt(struct chain *chain, uint32_t frames, uint32_t offset)
{
    if (!chain->active)
        memset(chain->frames, 0, sizeof *chain->frames * 2 * frames);
    chain->active = true;
    return chain->frames + 2 * (size_t)offset;
}

void chain_add_rt(const struct chain *chain, float *to, uint32_t offset, uint32_t count)
{
    if (chain->active)
        mix_add_rt(to + 2 * (size_t)offset, chain->frames + 2 * (size_t)offset, count);
}
