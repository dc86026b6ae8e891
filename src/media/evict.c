/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making room in clip memory. Never given up: what a stream will read soon, and heads that were
 * promised. First goes what long media have already played, then the unlikeliest media, pinned
 * ones last. What is evicted comes from one medium after the other, so that few lose much and
 * most stay whole.
 */
#include "config.h"

#include "media/loader_inside.h"

enum {
    LONG_PARTS = 8,                     /* a medium of more than an eighth of memory is long */
    GIVE_BLOCKS = (64 << 20) / CLIPMEM_BLOCK_BYTES,     /* evicted, and looked at, at once for the machine's sake */
};

static bool may_go(const struct loader *loader, uint32_t slot, uint32_t index)
{
    return !shelf_is_head(&loader->medium[slot], index) && !streams_need(loader, slot, index);
}

/* Return: how many blocks went, at most `most`. */
static uint32_t evict_from(struct loader *loader, uint32_t slot, uint32_t most)
{
    struct medium *medium = &loader->medium[slot];
    uint32_t gone = 0, cursor = 0, index;
    if (clipmem_slot_blocks(loader->memory, slot) == 0)
        return 0;
    while (gone < most && (index = clipmem_next_block(loader->memory, slot, &cursor)) != CLIPMEM_NO_INDEX) {
        if (!may_go(loader, slot, index))
            continue;
        clipmem_evict(loader->memory, slot, index);
        if (index < medium->whole_next)
            medium->whole_next = index;
        gone++;
    }
    return gone;
}

static bool is_long(const struct loader *loader, const struct medium *medium)
{
    return medium->blocks > clipmem_capacity_blocks(loader->memory) / LONG_PARTS;
}

static uint32_t evict_played(struct loader *loader, uint32_t most)
{
    uint32_t gone = 0;
    for (uint32_t i = 0; i < loader->streams && gone < most; i++)
        if (is_long(loader, &loader->medium[loader->stream[i].slot]))
            gone += evict_from(loader, loader->stream[i].slot, most - gone);
    return gone;
}

static bool is_pinned(const struct loader *loader, const struct medium *medium)
{
    for (uint32_t link = medium->first_clip; link; link = loader->clip[link - 1].next)
        if (loader->predict.clip[link - 1].pinned)
            return true;
    return false;
}

/* From the end of the shelf to place `until`; the last time's place comes first, so that what was passed over is not met at
 * every call. */
static uint32_t evict_unlikely(struct loader *loader, const struct medium *spared, uint32_t until, uint32_t most, bool pinned)
{
    uint32_t gone = 0, count = loader->shelved > until ? loader->shelved - until : 0;
    for (uint32_t tried = 0; tried < count && gone < most; tried++) {
        if (loader->evict_next >= count)
            loader->evict_next = 0;
        uint32_t slot = loader->shelf[loader->shelved - 1 - loader->evict_next];
        const struct medium *medium = &loader->medium[slot];
        if (medium != spared && is_pinned(loader, medium) == pinned)
            gone += evict_from(loader, slot, most - gone);
        if (gone < most)
            loader->evict_next++;
    }
    return gone;
}

/* Whatever is not among the likeliest. */
static void evict_some(struct loader *loader, uint32_t most)
{
    uint32_t gone = evict_played(loader, most);
    if (gone < most)
        gone += evict_unlikely(loader, NULL, LIKELY_MEDIA, most - gone, false);
    if (gone < most)
        evict_unlikely(loader, NULL, LIKELY_MEDIA, most - gone, true);
}

static void look_ahead_again(struct loader *loader)
{
    loader->resting = false;
    loader->whole_next = 0;
}

void loader_yield(struct loader *loader, bool yielding)
{
    if (loader->yielding && !yielding)
        look_ahead_again(loader);
    loader->yielding = yielding;
}

uint64_t loader_give_way(struct loader *loader, bool is_short)
{
    if (loader->frugal && !is_short)
        look_ahead_again(loader);
    loader->frugal = is_short;
    if (is_short)
        evict_some(loader, GIVE_BLOCKS);
    else if (!loader_idle(loader))
        return 0;
    return (uint64_t)clipmem_give_back(loader->memory, GIVE_BLOCKS) * CLIPMEM_BLOCK_BYTES;
}

bool evict_for(struct loader *loader, const struct medium *medium, uint32_t blocks, enum evict_for why)
{
    uint64_t free = clipmem_free_blocks(loader->memory), wanted = hands_blocks(loader) + blocks;
    if (free >= wanted)
        return true;
    uint32_t more = wanted - free > UINT32_MAX ? UINT32_MAX : (uint32_t)(wanted - free);
    uint32_t until = why == EVICT_FOR_LIKELY ? LIKELY_MEDIA : 0, gone = 0;
    if (why == EVICT_FOR_VOICE && is_long(loader, medium))
        gone = evict_from(loader, medium_slot(loader, medium), more);
    if (gone < more && why != EVICT_FOR_LIKELY)     /* what was played is likely itself: the two would chase each other */
        gone += evict_played(loader, more - gone);
    if (gone < more)
        gone += evict_unlikely(loader, medium, until, more - gone, false);
    if (gone < more && why != EVICT_FOR_LIKELY)
        gone += evict_unlikely(loader, medium, until, more - gone, true);
    return gone >= more;
}
