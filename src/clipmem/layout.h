/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What clip memory looks like inside: the shared layout, and one process's map of it. Only
 * clipmem.c (making, mapping, reading) and fill.c (the loader's side) include this.
 *
 * The memfd is: head with the slots, buckets of the directory, one node a block, then the
 * blocks, each part from a page's beginning. Everything but the samples that are there is a
 * hole at first and costs no memory. All links are block number + 1; 0 ends a chain.
 */
#ifndef CLIPMEM_LAYOUT_H
#define CLIPMEM_LAYOUT_H

#include "clipmem/clipmem.h"

enum {
    LAYOUT_RATE_MAX = 1536000,                  /* Hz: far past every file's; keeps products inside 64 bits */
    LAYOUT_CHAIN_MAX = 64,                      /* links a reader follows: a chain of a full table is far shorter */
};

struct layout {
    uint32_t magic;                             /* CLIPMEM_MAGIC */
    uint32_t blocks;                            /* how many there are */
    uint64_t bytes;                             /* of the whole memfd */
    _Alignas(64) struct clipmem_slot slot[CLIPMEM_SLOTS];
};

/* Which part of which medium a block holds, and the next block in its bucket. */
struct layout_node {
    _Atomic uint32_t slot, index;               /* written before it is linked */
    _Atomic uint32_t next;
};

struct fill;                                    /* the loader's own books: fill.c */

struct clipmem {
    struct layout *shared;
    _Atomic uint32_t *bucket;
    struct layout_node *node;
    unsigned char *block;
    uint64_t bytes;                             /* mapped: our own numbers, checked once */
    uint32_t blocks, bucket_mask;
    struct fill *fill;                          /* NULL: mapped for reading */
};

/* The bucket of a place. Consecutive blocks of a medium go to consecutive buckets. */
static inline uint32_t layout_bucket_rt(const struct clipmem *memory, uint32_t slot, uint32_t index)
{
    return (slot * 0x9e3779b1u + index) & memory->bucket_mask;
}

static inline unsigned char *layout_block_rt(const struct clipmem *memory, uint32_t block)
{
    return memory->block + (size_t)block * CLIPMEM_BLOCK_BYTES;
}

struct fill *fill_new(uint32_t blocks);
void fill_free(struct fill *fill);

#endif
