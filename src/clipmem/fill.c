/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader's side of clip memory: which blocks and table entries are free, and which belong
 * to whom. The books are the loader's own memory; the shared tables are only what readers see.
 * One thread. Invariant: blocks handed out + blocks promised to prepared slots + blocks free
 * for others = all blocks, so that a prepared slot can always be filled.
 */
#include "config.h"

#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "clipmem/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct extent {
    uint32_t first, count;              /* table entries */
};

struct fill {
    uint32_t *free_block;               /* stack of block numbers; the top is taken next */
    uint32_t free_blocks;
    uint64_t promised;                  /* of the free ones: owed to prepared slots */
    uint32_t *taken;                    /* by table entry: block number + 1 that stands there, published or not */
    struct extent slot[CLIPMEM_SLOTS];  /* entries each slot owns; count 0: none */
    uint32_t filled[CLIPMEM_SLOTS];     /* blocks each slot has taken */
    struct extent gap[CLIPMEM_SLOTS + 2];   /* free table entries, in order, none touching the next (but within gap_give) */
    uint32_t gaps;
};

struct fill *fill_new(uint32_t blocks)
{
    struct fill *fill = xcalloc(1, sizeof *fill);
    fill->free_block = xcalloc(blocks, sizeof *fill->free_block);
    for (uint32_t i = 0; i < blocks; i++)
        fill->free_block[i] = blocks - 1 - i;
    fill->free_blocks = blocks;
    fill->taken = xcalloc(CLIPMEM_ENTRIES, sizeof *fill->taken);
    fill->gap[0] = (struct extent){0, CLIPMEM_ENTRIES};
    fill->gaps = 1;
    return fill;
}

void fill_free(struct fill *fill)
{
    if (!fill)
        return;
    free(fill->free_block);
    free(fill->taken);
    free(fill);
}

static void gap_remove(struct fill *fill, uint32_t i)
{
    fill->gaps--;
    memmove(&fill->gap[i], &fill->gap[i + 1], (fill->gaps - i) * sizeof *fill->gap);
}

/* The first gap that holds count entries from `at` on (at UINT32_MAX: anywhere). Return: false if there is none. */
static bool gap_take(struct fill *fill, uint32_t at, uint32_t count, uint32_t *first)
{
    for (uint32_t i = 0; i < fill->gaps; i++) {
        struct extent *gap = &fill->gap[i];
        uint32_t from = at == UINT32_MAX ? gap->first : at;
        if (from < gap->first || from - gap->first > gap->count || count > gap->count - (from - gap->first))
            continue;
        struct extent before = {gap->first, from - gap->first};
        struct extent after = {from + count, gap->count - before.count - count};
        *first = from;
        if (before.count && after.count) {
            memmove(&fill->gap[i + 1], &fill->gap[i], (fill->gaps - i) * sizeof *fill->gap);
            fill->gaps++;
            fill->gap[i + 1] = after;
            fill->gap[i] = before;
        } else if (before.count || after.count) {
            *gap = before.count ? before : after;
        } else {
            gap_remove(fill, i);
        }
        return true;
    }
    return false;
}

static void gap_give(struct fill *fill, struct extent extent)
{
    uint32_t i = 0;
    while (i < fill->gaps && fill->gap[i].first < extent.first)
        i++;
    memmove(&fill->gap[i + 1], &fill->gap[i], (fill->gaps - i) * sizeof *fill->gap);
    fill->gap[i] = extent;
    fill->gaps++;
    if (i + 1 < fill->gaps && extent.first + extent.count == fill->gap[i + 1].first) {
        fill->gap[i].count += fill->gap[i + 1].count;
        gap_remove(fill, i + 1);
    }
    if (i > 0 && fill->gap[i - 1].first + fill->gap[i - 1].count == extent.first) {
        fill->gap[i - 1].count += fill->gap[i].count;
        gap_remove(fill, i);
    }
}

uint64_t clipmem_free_blocks(const struct clipmem *memory)
{
    return memory->fill->free_blocks - memory->fill->promised;
}

static void slot_release(struct clipmem *memory, uint32_t slot)
{
    struct fill *fill = memory->fill;
    struct extent extent = fill->slot[slot];
    for (uint32_t i = extent.first; i < extent.first + extent.count; i++) {
        if (fill->taken[i] == CLIPMEM_NO_BLOCK)
            continue;
        uint32_t block = fill->taken[i] - 1;
        fill->taken[i] = CLIPMEM_NO_BLOCK;
        fill->free_block[fill->free_blocks++] = block;
        madvise(memory->shared->block[block], CLIPMEM_BLOCK_BYTES, MADV_REMOVE);    /* gives the pages back */
    }
    fill->promised -= extent.count - fill->filled[slot];
    fill->filled[slot] = 0;
    fill->slot[slot] = (struct extent){0, 0};
    if (extent.count)
        gap_give(fill, extent);
}

void clipmem_free_slot(struct clipmem *memory, uint32_t slot)
{
    if (slot >= CLIPMEM_SLOTS)
        return;
    clipmem_set_state(memory, slot, CLIPMEM_EMPTY);
    slot_release(memory, slot);
    atomic_store_explicit(&memory->shared->slot[slot].blocks_ready, 0, memory_order_relaxed);
}

int clipmem_prepare(struct clipmem *memory, uint32_t slot, enum clipmem_format format, unsigned channels,
                    uint32_t file_rate, uint32_t chain_rate, int64_t file_frames, int64_t frames)
{
    struct fill *fill = memory->fill;
    if (slot >= CLIPMEM_SLOTS || channels < 1 || channels > 2 || frames < 1 || file_frames < 1) {
        errno = EINVAL;
        return -1;
    }
    clipmem_free_slot(memory, slot);
    uint64_t block_frames = clipmem_block_frames(format, channels);
    uint64_t blocks = ((uint64_t)frames - 1) / block_frames + 1;
    struct extent extent;
    if (blocks > clipmem_free_blocks(memory) || blocks > CLIPMEM_ENTRIES ||
        !gap_take(fill, UINT32_MAX, (uint32_t)blocks, &extent.first)) {
        errno = ENOSPC;
        return -1;
    }
    extent.count = (uint32_t)blocks;
    for (uint32_t i = 0; i < extent.count; i++)         /* a loader that died may have left some */
        atomic_store_explicit(&memory->shared->entry[extent.first + i], CLIPMEM_NO_BLOCK, memory_order_relaxed);
    fill->slot[slot] = extent;
    fill->promised += blocks;
    struct clipmem_slot *shared = &memory->shared->slot[slot];
    shared->format = (uint8_t)format;
    shared->channels = (uint8_t)channels;
    shared->file_rate = file_rate;
    shared->chain_rate = chain_rate;
    shared->file_frames = file_frames;
    shared->frames = frames;
    shared->table_first = extent.first;
    shared->table_count = extent.count;
    shared->serial++;
    clipmem_set_state(memory, slot, CLIPMEM_LOADING);
    return 0;
}

void *clipmem_fill(struct clipmem *memory, uint32_t slot, uint32_t index)
{
    struct fill *fill = memory->fill;
    if (slot >= CLIPMEM_SLOTS || index >= fill->slot[slot].count)
        return NULL;
    uint32_t *taken = &fill->taken[fill->slot[slot].first + index];
    if (*taken == CLIPMEM_NO_BLOCK) {
        *taken = fill->free_block[--fill->free_blocks] + 1;
        fill->promised--;
        fill->filled[slot]++;
    }
    return memory->shared->block[*taken - 1];
}

void clipmem_publish(struct clipmem *memory, uint32_t slot, uint32_t index)
{
    struct fill *fill = memory->fill;
    if (slot >= CLIPMEM_SLOTS || index >= fill->slot[slot].count)
        return;
    uint32_t at = fill->slot[slot].first + index;
    _Atomic uint32_t *entry = &memory->shared->entry[at];
    if (fill->taken[at] == CLIPMEM_NO_BLOCK || atomic_load_explicit(entry, memory_order_relaxed) != CLIPMEM_NO_BLOCK)
        return;
    atomic_store_explicit(entry, fill->taken[at], memory_order_release);        /* the samples come before it */
    atomic_fetch_add_explicit(&memory->shared->slot[slot].blocks_ready, 1, memory_order_relaxed);
}

void clipmem_set_state(struct clipmem *memory, uint32_t slot, enum clipmem_state state)
{
    if (slot < CLIPMEM_SLOTS)       /* release: the facts come before it */
        atomic_store_explicit(&memory->shared->slot[slot].state, (uint32_t)state, memory_order_release);
}

/* Takes one READY slot into the books. used: a flag a block. Return: false if its numbers are wrong or claimed already. */
static bool recover_slot(struct clipmem *memory, uint32_t slot, bool *used)
{
    struct fill *fill = memory->fill;
    struct clipmem_view view;
    uint32_t first;
    if (!clipmem_view_rt(memory, slot, &view) || !gap_take(fill, view.table_first, view.table_count, &first))
        return false;
    struct extent extent = {view.table_first, view.table_count};
    for (uint32_t i = 0; i < extent.count; i++) {
        uint32_t entry = atomic_load_explicit(&memory->shared->entry[extent.first + i], memory_order_acquire);
        bool good = entry != CLIPMEM_NO_BLOCK && entry <= memory->blocks && !used[entry - 1];
        if (!good) {
            while (i-- > 0) {
                used[fill->taken[extent.first + i] - 1] = false;
                fill->taken[extent.first + i] = CLIPMEM_NO_BLOCK;
            }
            gap_give(fill, extent);
            return false;
        }
        used[entry - 1] = true;
        fill->taken[extent.first + i] = entry;
    }
    fill->slot[slot] = extent;
    fill->filled[slot] = extent.count;
    return true;
}

void clipmem_recover(struct clipmem *memory)
{
    fill_free(memory->fill);
    memory->fill = fill_new(memory->blocks);
    struct fill *fill = memory->fill;
    bool *used = xcalloc(memory->blocks, sizeof *used);
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS; slot++) {
        enum clipmem_state state = clipmem_state_rt(memory, slot);
        if (state == CLIPMEM_LOADING || (state == CLIPMEM_READY && !recover_slot(memory, slot, used)))
            clipmem_set_state(memory, slot, CLIPMEM_EMPTY);
    }
    fill->free_blocks = 0;
    for (uint32_t block = memory->blocks; block-- > 0;)
        if (!used[block])
            fill->free_block[fill->free_blocks++] = block;
    free(used);
}
