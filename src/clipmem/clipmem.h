/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clip memory: the samples of resident media and their block tables, in one memfd that
 * outlives engine and store. The store's loader writes it, the engine's voices read it, no
 * worker and no screen maps it.
 *
 * A *medium* is one file at one chain rate. It has a slot; its samples lie in blocks of
 * CLIPMEM_BLOCK_BYTES, each holding the same power of two of interleaved frames, found by a
 * table of block numbers. Samples are as the file has them: 16-bit integers stay 16-bit,
 * everything else is 32-bit float (24-bit fits it exactly). Mono or stereo; the loader has
 * folded down what has more channels.
 *
 * Who writes what: the engine's main thread decides which file stands in which slot (wire
 * messages MEDIA_WANT and MEDIA_DROP); the loader alone writes slots, tables and blocks; a slot
 * is freed only after the engine has said that no voice uses it. Publication: a block is
 * filled, then its table entry is stored with release; facts of the medium (format, length) are
 * written before `state` is stored with release. A reader that sees state READY sees all.
 * The reader checks every bound itself: numbers in this memory are never trusted.
 */
#ifndef CLIPMEM_CLIPMEM_H
#define CLIPMEM_CLIPMEM_H

#include "rt/guard.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CLIPMEM_MAGIC = 0x43474d31,             /* "CGM1" */
    CLIPMEM_BLOCK_BYTES = 65536,
    CLIPMEM_SLOTS = 10240 + 1024,           /* every clip its own file, and room for changes under way */
    CLIPMEM_ENTRIES = 1 << 22,              /* block numbers of all tables together */
    CLIPMEM_NO_BLOCK = 0,                   /* table entries hold block number + 1 */
};

enum clipmem_format { CLIPMEM_S16, CLIPMEM_F32 };

enum clipmem_state {
    CLIPMEM_EMPTY,                          /* slot not in use, or wanted and not looked at yet */
    CLIPMEM_LOADING,                        /* facts known, blocks are coming */
    CLIPMEM_READY,                          /* every block is there */
    CLIPMEM_FAILED,                         /* will not come: missing, broken or no room */
};

struct clipmem_slot {
    _Atomic uint32_t state;                 /* enum clipmem_state; store release, load acquire */
    uint8_t format;                         /* enum clipmem_format */
    uint8_t channels;                       /* 1 or 2 */
    uint8_t pad[2];
    uint32_t file_rate, chain_rate;         /* Hz */
    int64_t file_frames;                    /* length of the file */
    int64_t frames;                         /* length in the chain: round(file_frames * chain_rate / file_rate), halves up */
    uint32_t table_first, table_count;      /* its entries in the table arena */
    _Atomic uint32_t blocks_ready;          /* for progress */
    uint32_t serial;                        /* grows with every use of the slot */
};

struct clipmem;                             /* one process's map of it */

/* A medium as a reader took it, once, with every bound checked. Plain data: no shared memory is trusted later. */
struct clipmem_view {
    const struct clipmem *memory;
    uint32_t slot;
    enum clipmem_format format;
    unsigned channels;                      /* 1 or 2 */
    unsigned shift;                         /* log2 of frames a block */
    uint32_t file_rate, chain_rate;
    int64_t file_frames, frames;
    uint32_t table_first, table_count;
};

/* --- supervisor (or render): makes it. Return: memfd sealed SHRINK|GROW|SEAL, or -1 with errno. bytes: of samples,
 * rounded up to blocks, at least one. Pages cost memory only once written. */
int clipmem_create(uint64_t bytes);
/* --- store: maps it for writing; engine: for reading (PROT_READ). Return: NULL with errno (EPROTO: not our layout). */
struct clipmem *clipmem_map(int fd, bool writable);
void clipmem_unmap(struct clipmem *memory);
uint64_t clipmem_capacity_blocks(const struct clipmem *memory);

/* --- store, loader thread only (the one writer) --- */
/* Prepares a slot: facts, an empty table, state LOADING. Return: 0; -1 if tables or blocks for it do not fit (ENOSPC). */
int clipmem_prepare(struct clipmem *memory, uint32_t slot, enum clipmem_format format, unsigned channels,
                    uint32_t file_rate, uint32_t chain_rate, int64_t file_frames, int64_t frames);
/* A block to fill (uninitialised), to be published with clipmem_publish: a prepared slot can always be filled, prepare has
 * kept the blocks for it. Filling the same index again gives the same block. NULL: no such index. */
void *clipmem_fill(struct clipmem *memory, uint32_t slot, uint32_t index);
void clipmem_publish(struct clipmem *memory, uint32_t slot, uint32_t index);
void clipmem_set_state(struct clipmem *memory, uint32_t slot, enum clipmem_state state);
/* Frees table and blocks; state EMPTY. Pre: the engine has dropped it. */
void clipmem_free_slot(struct clipmem *memory, uint32_t slot);
uint32_t clipmem_block_frames(enum clipmem_format format, unsigned channels);
uint64_t clipmem_free_blocks(const struct clipmem *memory);       /* neither filled nor kept for a prepared slot */
/* After a restart of the store: takes up what is there (keeps READY slots, frees half-loaded ones). */
void clipmem_recover(struct clipmem *memory);

/* --- engine, main thread: faults in up to count_most blocks of a medium from block `first` on, so that the audio thread need
 * not. About 10 us a block. Return: the block to go on with, or 0 when all is done. --- */
uint32_t clipmem_touch(const struct clipmem *memory, uint32_t slot, uint32_t first, uint32_t count_most);

/* --- engine, audio thread --- */
RT_SAFE enum clipmem_state clipmem_state_rt(const struct clipmem *memory, uint32_t slot);
/* Takes the facts of a READY or LOADING slot. Return: false if it is not, or if its numbers make no sense. */
RT_SAFE bool clipmem_view_rt(const struct clipmem *memory, uint32_t slot, struct clipmem_view *view);
/* The samples from frame on: a pointer to *count contiguous frames (at least 1), or NULL if that block is not resident
 * or frame is outside 0..frames-1. Aligned as its frame within a 64-byte-aligned block. */
RT_SAFE const void *clipmem_read_rt(const struct clipmem_view *view, int64_t frame, uint32_t *count);
/* Frame of the file -> frame of the chain: round(frame * chain_rate / file_rate), halves up; and back (nearest). */
RT_SAFE int64_t clipmem_to_chain_rt(int64_t file_frame, uint32_t file_rate, uint32_t chain_rate);
RT_SAFE int64_t clipmem_to_file_rt(int64_t chain_frame, uint32_t file_rate, uint32_t chain_rate);

#endif
