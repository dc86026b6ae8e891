/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a worker's staging memory into clip memory: copies, cleans the copy, folds down, converts
 * to the chain's rate, fills blocks and publishes each when it is whole. One medium, once, from
 * its first frame to its last. 16-bit samples that need no conversion stay as they are.
 *
 * Conversion is a pure function of the position in the file: it goes through in pieces with a
 * window of input carried from one to the next, and gives what converting the whole would.
 */
#ifndef MEDIA_INGEST_H
#define MEDIA_INGEST_H

#include "clipmem/clipmem.h"
#include "media/fold.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct resampler;
struct work_opened;

struct ingest {
    struct clipmem *memory;
    uint32_t slot;
    /* the source */
    bool s16;                       /* staging holds 16-bit integers, else float */
    unsigned channels;
    /* the medium */
    enum clipmem_format format;
    unsigned out_channels;          /* 1 or 2 */
    int64_t frames, done;           /* in the chain: in all; written so far */
    uint32_t block_frames;
    unsigned char *block;           /* being filled, NULL: none */
    uint32_t block_index;
    /* the way between */
    struct fold fold;               /* used if channels > 2 */
    float *scratch;                 /* one piece of input as float */
    struct resampler *resampler;    /* NULL: same rate */
    float *window;                  /* input not used up, for the resampler */
    int64_t window_first;           /* its first frame; may be negative: silence before the file */
    size_t window_start, window_frames, window_room;    /* frames: where it begins in `window`, its length, what is allocated */
    bool full;                      /* clip memory has no block left for it */
    uint64_t cleaned;               /* samples that were not fit to be played */
};

enum { INGEST_FRAMES_MAX = 32768 };

/* How such a medium will lie in clip memory; channels: 1 or 2. */
enum clipmem_format ingest_format(const struct work_opened *facts, uint32_t chain_rate);
unsigned ingest_channels(const struct work_opened *facts);
/* Blocks that such a medium takes. */
uint64_t ingest_blocks(const struct work_opened *facts, int64_t file_frames, uint32_t chain_rate);
/* Prepares the slot. file_frames: as they will come. Return: 0, or -1 with errno (ENOSPC: clip memory has no room; EINVAL:
 * nothing of it is left at that rate). Then ingest is empty; else call ingest_clear() at the end. Pre: facts are checked. */
int ingest_init(struct ingest *ingest, struct clipmem *memory, uint32_t slot, const struct work_opened *facts,
                int64_t file_frames, uint32_t chain_rate);
/* The next `frames` of the file, at most INGEST_FRAMES_MAX; samples may change while they are read. */
void ingest_add(struct ingest *ingest, const void *samples, uint32_t frames);
/* After the last frame: writes what the converter still holds; every block is published then. */
void ingest_finish(struct ingest *ingest);
void ingest_clear(struct ingest *ingest);       /* leaves the slot as it is */

#endif
