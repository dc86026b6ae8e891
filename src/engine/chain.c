/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one-rate part of a bus: see chain.h. Audio thread. */
#include "config.h"

#include "engine/chain.h"
#include "pcm/mix.h"
#include "pcm/rateconv.h"

#include <string.h>

#define LONG_AGO (-(INT64_C(1) << 48))  /* in either count, and their products do not overflow */

void chain_init_rt(struct chain *chain)
{
    chain->begin = 0;
    chain_forget_rt(chain);
}

void chain_forget_rt(struct chain *chain)
{
    chain->open = false;
    chain->onset = chain->sounded_to = chain->earlier_to = LONG_AGO;
}

void chain_begin_rt(struct chain *chain, const struct family *family, uint32_t frames)
{
    int64_t begin = family->frame, passed = begin - chain->begin;
    chain->begin = begin;
    if (!chain->open)
        return;
    chain->open = chain->sounded_to > begin - CHAIN_HISTORY;
    if (!chain->open)
        return;
    memmove(chain->frames, chain->frames + 2 * passed, sizeof *chain->frames * 2 * CHAIN_HISTORY);
    memset(chain->frames + 2 * CHAIN_HISTORY, 0, sizeof *chain->frames * 2 * frames);
}

float *chain_open_rt(struct chain *chain, const struct family *family, uint32_t period)
{
    if (!chain->open)
        memset(chain->frames, 0, sizeof *chain->frames * 2 * (CHAIN_HISTORY + (size_t)period));
    chain->open = true;
    return chain_frame_rt(chain, family->frame);
}

void chain_sounded_rt(struct chain *chain, const struct family *family, uint32_t frames, int64_t engine_frame, uint32_t delay)
{
    if (chain->sounded_to < family->frame && chain->onset + delay <= engine_frame) {
        chain->earlier_to = chain->sounded_to;
        chain->onset = engine_frame;
    }
    if (chain->sounded_to < family->frame + frames)
        chain->sounded_to = family->frame + frames;
}

float *chain_frame_rt(struct chain *chain, int64_t frame)
{
    return chain->frames + 2 * (CHAIN_HISTORY + (frame - chain->begin));
}

bool chain_rings_rt(const struct chain *chain, const struct family *family, int64_t engine_frame)
{
    return family_over_rt(family, chain->sounded_to) > engine_frame;
}

bool chain_heard_rt(const struct chain *chain, const struct family *family, int64_t engine_frame)
{
    bool earlier = family_over_rt(family, chain->earlier_to) >= engine_frame;
    return earlier || (chain->onset < engine_frame && family_over_rt(family, chain->sounded_to) >= engine_frame);
}

/* Engine frames from..to-1, if there are any. */
static void convert(struct chain *chain, const struct family *family, float *out, int64_t from, int64_t to, float *scratch)
{
    int64_t first, end;
    if (from >= to)
        return;
    uint32_t count = (uint32_t)(to - from);
    rateconv_span_rt(family->converter, from - family->engine_origin, count, &first, &end);
    rateconv_make_rt(family->converter, scratch, from - family->engine_origin, count,
                     chain_frame_rt(chain, first + family->origin));
    mix_add_rt(out, scratch, count);
}

void chain_convert_rt(struct chain *chain, const struct family *family, float *to, int64_t from, uint32_t count,
                      float *scratch)
{
    int64_t end = from + count;
    int64_t before = family_over_rt(family, chain->earlier_to), after = family_over_rt(family, chain->sounded_to);
    int64_t onset = chain->onset < from ? from : chain->onset < end ? chain->onset : end;
    convert(chain, family, to, from, before < onset ? before : onset, scratch);
    convert(chain, family, to + 2 * (onset - from), onset, after < end ? after : end, scratch);
}
