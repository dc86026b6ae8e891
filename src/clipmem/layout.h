/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What clip memory looks like inside: the shared layout, and one process's map of it. Only
 * clipmem.c (making, mapping, reading) and fill.c (the loader's side) include this.
 *
 * The memfd is: head, slots, block numbers of all tables, then the blocks. Everything but the
 * samples that are there is a hole and costs no memory.
 */
#ifndef CLIPMEM_LAYOUT_H
#define CLIPMEM_LAYOUT_H

#include "clipmem/clipmem.h"

enum { LAYOUT_RATE_MAX = 1536000 };             /* Hz: far past every file's; keeps products inside 64 bits */

struct layout {
    uint32_t magic;                             /* CLIPMEM_MAGIC */
    uint32_t blocks;                            /* how many follow */
    uint64_t bytes;                             /* of the whole memfd */
    _Alignas(64) struct clipmem_slot slot[CLIPMEM_SLOTS];
    _Alignas(64) _Atomic uint32_t entry[CLIPMEM_ENTRIES];       /* block number + 1; store release, load acquire */
    _Alignas(4096) unsigned char block[][CLIPMEM_BLOCK_BYTES];
};

struct fill;                                    /* the loader's own books: fill.c */

struct clipmem {
    struct layout *shared;
    uint64_t bytes;                             /* mapped: our own numbers, checked once */
    uint32_t blocks;
    struct fill *fill;                          /* NULL: mapped for reading */
};

struct fill *fill_new(uint32_t blocks);
void fill_free(struct fill *fill);

#endif
