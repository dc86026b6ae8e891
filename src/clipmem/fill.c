/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader's side of clip memory: which blocks are free, which belong to whom, and which wait
 * until no reader can be in them. The books are the loader's own memory; the shared directory is
 * only what readers see. One thread. A block is
 *
 *   free      on a stack, or never used yet: the books of those are not even in memory
 *   taken     of a slot, being filled: seen by nobody
 *   linked    of a slot, in the directory
 *   leaving   unlinked; free as soon as the demand says that its stamp has passed
 *
 * What is linked for a slot forms a list in the books, so that a slot is given up without looking for its blocks.
 */
#include "config.h"

#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "clipmem/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

enum block_use { BLOCK_FREE, BLOCK_TAKEN, BLOCK_LINKED, BLOCK_LEAVING };

struct block_book {
    uint32_t after;                     /* in the list it is in, block + 1 */
    uint8_t use;                        /* enum block_use */
    bool paged;                         /* free: the machine may still hold a page for it */
    union {
        uint32_t before;                /* taken and linked: in the list, block + 1 */
        uint64_t stamp;                 /* leaving: since when */
    };
};

struct fill {
    struct block_book *book;            /* a block */
    uint32_t free_first;                /* stack, block + 1; the top is taken next */
    uint32_t free_blocks;               /* how many are free, those never used among them */
    uint32_t unused_first;              /* this block and all after it were never used */
    uint32_t give_next;                 /* block to look at next for giving back */
    uint32_t leaving_first, leaving_last;       /* queue, block + 1, oldest first */
    uint32_t taken_first;               /* list of all that are being filled: one or two a worker */
    uint32_t slot_first[CLIPMEM_SLOTS]; /* list of what is linked, block + 1 */
    uint32_t slot_blocks[CLIPMEM_SLOTS];        /* how many of it are linked or being filled */
    const struct demand *demand;        /* NULL: nobody reads while we write */
};

struct fill *fill_new(uint32_t blocks)
{
    struct fill *fill = xcalloc(1, sizeof *fill);
    fill->book = xcalloc(blocks, sizeof *fill->book);
    fill->free_blocks = blocks;
    return fill;
}

void fill_free(struct fill *fill)
{
    if (!fill)
        return;
    free(fill->book);
    free(fill);
}

void clipmem_set_demand(struct clipmem *memory, const struct demand *demand)
{
    memory->fill->demand = demand;
}

/* --- the books --- */

static void list_add(struct fill *fill, uint32_t *first, uint32_t block)
{
    struct block_book *book = &fill->book[block];
    book->before = 0;
    book->after = *first;
    if (book->after)
        fill->book[book->after - 1].before = block + 1;
    *first = block + 1;
}

static void list_remove(struct fill *fill, uint32_t *first, uint32_t block)
{
    struct block_book *book = &fill->book[block];
    if (book->before)
        fill->book[book->before - 1].after = book->after;
    else
        *first = book->after;
    if (book->after)
        fill->book[book->after - 1].before = book->before;
}

static void block_free(struct fill *fill, uint32_t block)
{
    fill->book[block] = (struct block_book){.use = BLOCK_FREE, .paged = true, .after = fill->free_first};
    fill->free_first = block + 1;
    fill->free_blocks++;
}

/* One of those that are free, of which there must be one. */
static uint32_t block_take(struct fill *fill)
{
    uint32_t block = fill->free_first ? fill->free_first - 1 : fill->unused_first++;
    fill->free_first = fill->book[block].after;
    fill->free_blocks--;
    fill->book[block] = (struct block_book){.use = BLOCK_TAKEN};
    return block;
}

static void block_leave(struct fill *fill, uint32_t block)
{
    fill->book[block] = (struct block_book){.use = BLOCK_LEAVING, .stamp = demand_stamp(fill->demand)};
    if (fill->leaving_last)
        fill->book[fill->leaving_last - 1].after = block + 1;
    else
        fill->leaving_first = block + 1;
    fill->leaving_last = block + 1;
}

/* Frees what no reader can be in any more. anyway: there is no reader. */
static void settle(struct fill *fill, bool anyway)
{
    while (fill->leaving_first) {
        uint32_t block = fill->leaving_first - 1;
        if (!anyway && !demand_passed(fill->demand, fill->book[block].stamp))
            return;
        fill->leaving_first = fill->book[block].after;
        if (!fill->leaving_first)
            fill->leaving_last = 0;
        block_free(fill, block);
    }
}

uint64_t clipmem_free_blocks(struct clipmem *memory)
{
    settle(memory->fill, false);
    return memory->fill->free_blocks;
}

void clipmem_reader_gone(struct clipmem *memory)
{
    settle(memory->fill, true);
}

uint32_t clipmem_slot_blocks(const struct clipmem *memory, uint32_t slot)
{
    return slot < CLIPMEM_SLOTS ? memory->fill->slot_blocks[slot] : 0;
}

static uint32_t node_index(const struct clipmem *memory, uint32_t block)
{
    return atomic_load_explicit(&memory->node[block].index, memory_order_relaxed);
}

static uint32_t node_slot(const struct clipmem *memory, uint32_t block)
{
    return atomic_load_explicit(&memory->node[block].slot, memory_order_relaxed);
}

uint32_t clipmem_next_block(const struct clipmem *memory, uint32_t slot, uint32_t *cursor)
{
    const struct fill *fill = memory->fill;
    if (slot >= CLIPMEM_SLOTS || *cursor == UINT32_MAX)
        return CLIPMEM_NO_INDEX;
    uint32_t link = *cursor ? *cursor : fill->slot_first[slot];
    if (!link)
        return CLIPMEM_NO_INDEX;
    *cursor = fill->book[link - 1].after ? fill->book[link - 1].after : UINT32_MAX;
    return node_index(memory, link - 1);
}

/* --- the directory --- */

/* Return: block + 1 that is linked for a place, or 0. */
static uint32_t find_linked(const struct clipmem *memory, uint32_t slot, uint32_t index)
{
    uint32_t link = atomic_load_explicit(&memory->bucket[layout_bucket_rt(memory, slot, index)], memory_order_relaxed);
    while (link && (node_slot(memory, link - 1) != slot || node_index(memory, link - 1) != index))
        link = atomic_load_explicit(&memory->node[link - 1].next, memory_order_relaxed);
    return link;
}

/* Return: block + 1 that is being filled for a place, or 0. */
static uint32_t find_taken(const struct clipmem *memory, uint32_t slot, uint32_t index)
{
    uint32_t link = memory->fill->taken_first;
    while (link && (node_slot(memory, link - 1) != slot || node_index(memory, link - 1) != index))
        link = memory->fill->book[link - 1].after;
    return link;
}

static void unlink_node(struct clipmem *memory, uint32_t block)
{
    _Atomic uint32_t *link = &memory->bucket[layout_bucket_rt(memory, node_slot(memory, block), node_index(memory, block))];
    for (uint32_t at; (at = atomic_load_explicit(link, memory_order_relaxed)) != 0; link = &memory->node[at - 1].next) {
        if (at != block + 1)
            continue;
        /* the node keeps its own link: a reader that stands on it goes on from there */
        atomic_store(link, atomic_load_explicit(&memory->node[block].next, memory_order_relaxed));
        return;
    }
}

bool clipmem_resident(const struct clipmem *memory, uint32_t slot, uint32_t index)
{
    return find_linked(memory, slot, index) != 0;
}

/* --- slots --- */

static uint32_t blocks_of(const struct clipmem *memory, uint32_t slot)
{
    const struct clipmem_slot *shared = &memory->shared->slot[slot];
    int64_t block_frames = clipmem_block_frames((enum clipmem_format)shared->format, shared->channels);
    return (uint32_t)((atomic_load_explicit(&shared->frames, memory_order_relaxed) + block_frames - 1) / block_frames);
}

void clipmem_set_state(struct clipmem *memory, uint32_t slot, enum clipmem_state state)
{
    if (slot < CLIPMEM_SLOTS)       /* release: the facts come before it */
        atomic_store_explicit(&memory->shared->slot[slot].state, (uint32_t)state, memory_order_release);
}

static void evict_linked(struct clipmem *memory, uint32_t slot, uint32_t block)
{
    struct fill *fill = memory->fill;
    list_remove(fill, &fill->slot_first[slot], block);
    fill->slot_blocks[slot]--;
    unlink_node(memory, block);
    atomic_fetch_sub_explicit(&memory->shared->slot[slot].blocks_resident, 1, memory_order_relaxed);
    if (fill->demand)
        block_leave(fill, block);
    else
        block_free(fill, block);
}

static void give_taken(struct fill *fill, uint32_t slot, uint32_t block)
{
    list_remove(fill, &fill->taken_first, block);
    fill->slot_blocks[slot]--;
    block_free(fill, block);
}

void clipmem_evict(struct clipmem *memory, uint32_t slot, uint32_t index)
{
    if (slot >= CLIPMEM_SLOTS)
        return;
    uint32_t linked = find_linked(memory, slot, index), taken = find_taken(memory, slot, index);
    if (linked)
        evict_linked(memory, slot, linked - 1);
    else if (taken)
        give_taken(memory->fill, slot, taken - 1);
}

void clipmem_free_slot(struct clipmem *memory, uint32_t slot)
{
    if (slot >= CLIPMEM_SLOTS)
        return;
    struct fill *fill = memory->fill;
    clipmem_set_state(memory, slot, CLIPMEM_EMPTY);
    while (fill->slot_first[slot])
        evict_linked(memory, slot, fill->slot_first[slot] - 1);
    for (uint32_t link = fill->taken_first, after; link; link = after) {
        after = fill->book[link - 1].after;
        if (node_slot(memory, link - 1) == slot)
            give_taken(fill, slot, link - 1);
    }
}

int clipmem_prepare(struct clipmem *memory, uint32_t slot, enum clipmem_format format, unsigned channels,
                    uint32_t file_rate, uint32_t chain_rate, int64_t file_frames, int64_t frames)
{
    if (slot >= CLIPMEM_SLOTS || channels < 1 || channels > 2 || frames < 1 || frames > CLIPMEM_FRAMES_MAX || file_frames < 1) {
        errno = EINVAL;
        return -1;
    }
    clipmem_free_slot(memory, slot);
    struct clipmem_slot *shared = &memory->shared->slot[slot];
    shared->format = (uint8_t)format;
    shared->channels = (uint8_t)channels;
    shared->file_rate = file_rate;
    shared->chain_rate = chain_rate;
    shared->file_frames = file_frames;
    atomic_store_explicit(&shared->frames, frames, memory_order_release);
    shared->serial++;
    clipmem_set_state(memory, slot, CLIPMEM_LOADING);
    return 0;
}

void clipmem_shorten(struct clipmem *memory, uint32_t slot, int64_t file_frames, int64_t frames)
{
    struct clipmem_slot *shared = slot < CLIPMEM_SLOTS ? &memory->shared->slot[slot] : NULL;
    if (!shared || frames < 0 || frames >= atomic_load_explicit(&shared->frames, memory_order_relaxed))
        return;
    shared->file_frames = file_frames;
    atomic_store_explicit(&shared->frames, frames, memory_order_release);
    uint32_t kept = blocks_of(memory, slot), cursor = 0, index;
    while ((index = clipmem_next_block(memory, slot, &cursor)) != CLIPMEM_NO_INDEX)
        if (index >= kept)
            clipmem_evict(memory, slot, index);
}

/* --- blocks --- */

void *clipmem_take(struct clipmem *memory, uint32_t slot, uint32_t index)
{
    struct fill *fill = memory->fill;
    if (slot >= CLIPMEM_SLOTS || clipmem_state_rt(memory, slot) == CLIPMEM_EMPTY || index >= blocks_of(memory, slot))
        return NULL;
    uint32_t link = find_taken(memory, slot, index);
    if (link)
        return layout_block_rt(memory, link - 1);
    if (find_linked(memory, slot, index) || (!fill->free_blocks && !clipmem_free_blocks(memory)))
        return NULL;
    uint32_t block = block_take(fill);
    atomic_store_explicit(&memory->node[block].slot, slot, memory_order_relaxed);
    atomic_store_explicit(&memory->node[block].index, index, memory_order_relaxed);
    list_add(fill, &fill->taken_first, block);
    fill->slot_blocks[slot]++;
    return layout_block_rt(memory, block);
}

void clipmem_publish(struct clipmem *memory, uint32_t slot, uint32_t index)
{
    struct fill *fill = memory->fill;
    uint32_t link = slot < CLIPMEM_SLOTS ? find_taken(memory, slot, index) : 0;
    if (!link)
        return;
    list_remove(fill, &fill->taken_first, link - 1);
    list_add(fill, &fill->slot_first[slot], link - 1);
    fill->book[link - 1].use = BLOCK_LINKED;
    _Atomic uint32_t *bucket = &memory->bucket[layout_bucket_rt(memory, slot, index)];
    atomic_store_explicit(&memory->node[link - 1].next, atomic_load_explicit(bucket, memory_order_relaxed), memory_order_relaxed);
    atomic_store(bucket, link);         /* the samples and the node come before it */
    atomic_fetch_add_explicit(&memory->shared->slot[slot].blocks_resident, 1, memory_order_relaxed);
}

/* --- giving back --- */

static bool may_give(const struct fill *fill, uint32_t block)
{
    return fill->book[block].use == BLOCK_FREE && fill->book[block].paged;
}

uint32_t clipmem_give_back(struct clipmem *memory, uint32_t most)
{
    struct fill *fill = memory->fill;
    uint32_t given = 0, end, blocks = memory->blocks < most ? memory->blocks : most;
    settle(fill, false);
    if (fill->give_next >= memory->blocks)
        fill->give_next = 0;
    uint32_t stop = memory->blocks - fill->give_next < blocks ? memory->blocks : fill->give_next + blocks;
    for (uint32_t first = fill->give_next; first < stop; first = end) {
        for (end = first; end < stop && may_give(fill, end);)
            end++;
        if (end == first) {
            end++;
            continue;
        }
        if (madvise(layout_block_rt(memory, first), (size_t)(end - first) * CLIPMEM_BLOCK_BYTES, MADV_REMOVE) < 0)
            continue;                   /* a machine with larger pages keeps those that are in use in part */
        for (uint32_t block = first; block < end; block++)
            fill->book[block].paged = false;
        given += end - first;
    }
    fill->give_next = stop;
    return given;
}

/* --- recovery --- */

/* Takes a linked block into the books if its numbers are right. Return: false if it does not belong there. */
static bool recover_block(struct clipmem *memory, uint32_t bucket, uint32_t block)
{
    struct fill *fill = memory->fill;
    uint32_t slot = node_slot(memory, block), index = node_index(memory, block);
    struct clipmem_view view;
    if (slot >= CLIPMEM_SLOTS || layout_bucket_rt(memory, slot, index) != bucket ||
        clipmem_state_rt(memory, slot) != CLIPMEM_READY || !clipmem_view_rt(memory, slot, &view) ||
        index >= blocks_of(memory, slot))
        return false;
    fill->book[block].use = BLOCK_LINKED;
    list_add(fill, &fill->slot_first[slot], block);
    fill->slot_blocks[slot]++;
    return true;
}

/* Goes along a chain, cutting out what does not belong; what was met already ends it. */
static void recover_chain(struct clipmem *memory, uint32_t bucket)
{
    struct fill *fill = memory->fill;
    _Atomic uint32_t *link = &memory->bucket[bucket];
    for (uint32_t at; (at = atomic_load_explicit(link, memory_order_relaxed)) != 0;) {
        if (at > memory->blocks || fill->book[at - 1].use != BLOCK_FREE) {
            atomic_store(link, 0);
            return;
        }
        if (recover_block(memory, bucket, at - 1))
            link = &memory->node[at - 1].next;
        else
            atomic_store(link, atomic_load_explicit(&memory->node[at - 1].next, memory_order_relaxed));
    }
}

/* Whatever is not linked may still be in a reader's hands: it leaves like an evicted block. */
void clipmem_recover(struct clipmem *memory)
{
    const struct demand *demand = memory->fill->demand;
    fill_free(memory->fill);
    struct fill *fill = memory->fill = fill_new(memory->blocks);
    fill->demand = demand;
    fill->free_blocks = 0;
    fill->unused_first = memory->blocks;        /* whoever wrote before us used we know not which */
    for (uint32_t bucket = 0; bucket <= memory->bucket_mask; bucket++)
        recover_chain(memory, bucket);
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS; slot++) {
        atomic_store_explicit(&memory->shared->slot[slot].blocks_resident, fill->slot_blocks[slot], memory_order_relaxed);
        struct clipmem_view view;
        enum clipmem_state state = clipmem_state_rt(memory, slot);
        if (state == CLIPMEM_LOADING || (state == CLIPMEM_READY && !clipmem_view_rt(memory, slot, &view)))
            clipmem_set_state(memory, slot, CLIPMEM_EMPTY);
    }
    for (uint32_t block = memory->blocks; block-- > 0;) {
        if (fill->book[block].use != BLOCK_FREE)
            continue;
        if (demand)
            block_leave(fill, block);
        else
            block_free(fill, block);
    }
}
