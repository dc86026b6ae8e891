/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clip memory: the samples of media that are resident, in one memfd that outlives engine and
 * store. The store's loader writes it, the engine's voices read it, no worker and no screen
 * maps it.
 *
 * A *medium* is one file at its chain rate. It has a slot, which holds its facts. Its samples
 * lie in blocks of CLIPMEM_BLOCK_BYTES, each holding the same power of two of interleaved frames:
 * block `index` of a slot holds frames index * block_frames onwards. Any of them may be resident
 * and any may be away: a directory (a hash table of slot and index) tells which memory block
 * holds it, so that what is away costs nothing, however long the file. Samples are as the file
 * has them: 16-bit integers stay 16-bit, everything else is 32-bit float (24-bit fits it
 * exactly). Mono or stereo; the loader has folded down what has more channels.
 *
 * Who writes what: the engine's main thread decides which file stands in which slot (wire
 * messages MEDIA_WANT and MEDIA_DROP); the loader alone writes slots, directory and blocks; a slot
 * is freed only after the engine has said that no voice uses it. Publication: a block is filled,
 * then it is linked into the directory with release; facts of the medium (format, length) are
 * written before `state` is stored with release. Eviction: a block is unlinked, and written again
 * only after the audio thread has been seen outside the period in which it may have found it
 * (demand.h). The reader checks every bound itself: numbers in this memory are never trusted.
 */
#ifndef CLIPMEM_CLIPMEM_H
#define CLIPMEM_CLIPMEM_H

#include "rt/guard.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CLIPMEM_MAGIC = 0x43474d32,             /* "CGM2" */
    CLIPMEM_BLOCK_BYTES = 4096,
    CLIPMEM_SLOTS = 10240 + 1024,           /* every clip its own file, and room for changes under way */
};
#define CLIPMEM_FRAMES_MAX (INT64_C(1) << 40)   /* of a medium: block indices stay inside 32 bits */
#define CLIPMEM_NO_INDEX UINT32_MAX

enum clipmem_format { CLIPMEM_S16, CLIPMEM_F32 };

enum clipmem_state {
    CLIPMEM_EMPTY,                          /* slot not in use, or wanted and not looked at yet */
    CLIPMEM_LOADING,                        /* facts known; whether they hold is still being found out */
    CLIPMEM_READY,                          /* facts hold: can be played, as far as blocks are resident or come in time */
    CLIPMEM_FAILED,                         /* will not come: missing, broken or no room */
};

struct clipmem_slot {
    _Atomic uint32_t state;                 /* enum clipmem_state; store release, load acquire */
    uint8_t format;                         /* enum clipmem_format */
    uint8_t channels;                       /* 1 or 2 */
    uint8_t pad[2];
    uint32_t file_rate, chain_rate;         /* Hz */
    int64_t file_frames;                    /* length of the file */
    _Atomic int64_t frames;                 /* length in the chain: round(file_frames * chain_rate / file_rate), halves up;
                                               made less where the sound proves to end sooner */
    _Atomic uint32_t blocks_resident;       /* for progress */
    uint32_t serial;                        /* grows with every use of the slot */
};

struct clipmem;                             /* one process's map of it */
struct demand;                              /* clipmem/demand.h */

/* A medium as a reader took it, once, with every bound checked. Plain data: no shared memory is trusted later. */
struct clipmem_view {
    const struct clipmem *memory;
    uint32_t slot;
    enum clipmem_format format;
    unsigned channels;                      /* 1 or 2 */
    unsigned shift;                         /* log2 of frames a block */
    uint32_t file_rate, chain_rate;
    int64_t file_frames, frames;
};

/* --- supervisor (or render): makes it. Return: memfd sealed SHRINK|GROW|SEAL, or -1 with errno. bytes: of samples,
 * rounded up to blocks, at least one. Pages cost memory only once written. */
int clipmem_create(uint64_t bytes);
/* --- store: maps it for writing; engine: for reading (PROT_READ). Return: NULL with errno (EPROTO: not our layout). */
struct clipmem *clipmem_map(int fd, bool writable);
void clipmem_unmap(struct clipmem *memory);
uint64_t clipmem_capacity_blocks(const struct clipmem *memory);
uint32_t clipmem_block_frames(enum clipmem_format format, unsigned channels);

/* --- store, loader thread only (the one writer): fill.c --- */
/* Whose reading keeps evicted blocks from being written again. NULL (at first): nobody's, they are free at once. */
void clipmem_set_demand(struct clipmem *memory, const struct demand *demand);
/* Prepares a slot: frees what it held, sets the facts; state LOADING. No block is taken. Return: 0; -1 with EINVAL. */
int clipmem_prepare(struct clipmem *memory, uint32_t slot, enum clipmem_format format, unsigned channels,
                    uint32_t file_rate, uint32_t chain_rate, int64_t file_frames, int64_t frames);
void clipmem_set_state(struct clipmem *memory, uint32_t slot, enum clipmem_state state);
/* The sound ends here, sooner than the facts said: blocks wholly past it are evicted, and voices end there. */
void clipmem_shorten(struct clipmem *memory, uint32_t slot, int64_t file_frames, int64_t frames);
/* A free block to fill for that place of a prepared slot (uninitialised, seen by nobody until published; a second call for
 * the same place gives the same block). NULL: the block is resident already, no such index, or no block is free now. */
void *clipmem_take(struct clipmem *memory, uint32_t slot, uint32_t index);
void clipmem_publish(struct clipmem *memory, uint32_t slot, uint32_t index);    /* Pre: taken */
/* Gives back a block that was taken or published. It is unseen at once and free when no reader can be in it. */
void clipmem_evict(struct clipmem *memory, uint32_t slot, uint32_t index);
/* Evicts all blocks; state EMPTY. Pre: the engine has dropped it. */
void clipmem_free_slot(struct clipmem *memory, uint32_t slot);
bool clipmem_resident(const struct clipmem *memory, uint32_t slot, uint32_t index);     /* published */
uint32_t clipmem_slot_blocks(const struct clipmem *memory, uint32_t slot);      /* taken or published */
/* Goes through the blocks of a slot in no order: *cursor 0 to begin. Evicting the block just given is allowed. Return: its
 * index, or CLIPMEM_NO_INDEX at the end. */
uint32_t clipmem_next_block(const struct clipmem *memory, uint32_t slot, uint32_t *cursor);
/* Blocks that can be taken now; those evicted that a reader may still be in are not counted until it has left. */
uint64_t clipmem_free_blocks(struct clipmem *memory);
/* Gives the machine its pages of free blocks back; they come anew when a block is filled. Looks at `most` blocks, going on where
 * the last call ended and round. Return: how many were. */
uint32_t clipmem_give_back(struct clipmem *memory, uint32_t most);
/* The engine is gone: nobody reads any more. */
void clipmem_reader_gone(struct clipmem *memory);
/* After a restart of the store: takes up what is there (keeps slots that are READY, with the blocks they have; frees others). */
void clipmem_recover(struct clipmem *memory);

/* --- engine, main thread: faults in the resident blocks that hold frames first..first+count-1 of a medium, so that the audio
 * thread need not. About 0.3 us a block. --- */
void clipmem_touch(const struct clipmem_view *view, int64_t first, int64_t count);

/* --- engine, audio thread --- */
RT_SAFE enum clipmem_state clipmem_state_rt(const struct clipmem *memory, uint32_t slot);
/* Takes the facts of a READY or LOADING slot. Return: false if it is not, or if its numbers make no sense. */
RT_SAFE bool clipmem_view_rt(const struct clipmem *memory, uint32_t slot, struct clipmem_view *view);
/* How much of it is resident, to be shown. Pre: slot is of a view. */
RT_SAFE uint32_t clipmem_resident_kb_rt(const struct clipmem *memory, uint32_t slot);
/* Of the use that the slot has now: another medium there has another. */
RT_SAFE uint32_t clipmem_serial_rt(const struct clipmem *memory, uint32_t slot);
/* The length it has now: view->frames, or less. */
RT_SAFE int64_t clipmem_frames_rt(const struct clipmem_view *view);
/* The samples from frame on: a pointer to *count contiguous frames (at least 1), or NULL if that block is not resident
 * or frame is outside 0..frames-1. Aligned as its frame within a 64-byte-aligned block. Holds until the period ends. */
RT_SAFE const void *clipmem_read_rt(const struct clipmem_view *view, int64_t frame, uint32_t *count);
/* How many frames from `frame` on are resident without a gap, at most count. */
RT_SAFE uint32_t clipmem_ahead_rt(const struct clipmem_view *view, int64_t frame, uint32_t count);
/* The rate at which a file is played (SPEC B3): its own if that is 44100 or 48000; else the one of these that it is of a family
 * with (a multiple of 11025 or of 8000, or half or a quarter of 48000); else the nearer. */
uint32_t clipmem_chain_rate(uint32_t file_rate);
/* Frame of the file -> frame of the chain: round(frame * chain_rate / file_rate), halves up; and back (nearest). */
RT_SAFE int64_t clipmem_to_chain_rt(int64_t file_frame, uint32_t file_rate, uint32_t chain_rate);
RT_SAFE int64_t clipmem_to_file_rt(int64_t chain_frame, uint32_t file_rate, uint32_t chain_rate);

#endif
