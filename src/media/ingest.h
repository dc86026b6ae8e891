/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a worker's staging memory into clip memory, a piece at a time: copies, cleans the copy,
 * folds down, converts to the chain's rate, fills blocks and publishes each. 16-bit samples that
 * need no conversion stay as they are.
 *
 * A piece is any run of blocks of a medium: conversion is a pure function of the position, so it
 * is the same whatever was made before. What a piece needs of the file overlaps with what the
 * one before it needed; the *tail* keeps that, so that a decoder going through a file need never
 * step back. Loader thread.
 */
#ifndef MEDIA_INGEST_H
#define MEDIA_INGEST_H

#include "media/convert.h"
#include "clipmem/clipmem.h"
#include "decode/fold.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct work_opened;

/* How samples of one medium become those of clip memory. */
struct ingest_way {
    bool s16;                       /* staging holds 16-bit integers, else float */
    bool seekable;                  /* as work_opened says */
    unsigned channels;              /* of the file */
    enum clipmem_format format;
    unsigned out_channels;          /* 1 or 2 */
    uint32_t file_rate, chain_rate; /* Hz */
    uint32_t block_frames;
    struct fold fold;               /* used if channels > 2 */
};

/* What was read last of the file one worker has open, as far as the next piece needs it again. */
struct ingest_tail {
    struct reach reach;             /* what of the file it holds; nothing: from == to */
    float *samples;                 /* out_channels each; owned */
    size_t room;                    /* samples allocated */
};

/* What all pieces share. Zeroed to begin. */
struct ingest {
    struct convert convert;
    float *scratch, *window;        /* one piece of input as float; with what comes before and after */
    size_t scratch_room, window_room;
};

struct ingest_piece {
    uint32_t slot, first, blocks;   /* blocks first..first+blocks-1 */
    int64_t file_frames, frames;    /* length of the medium: in the file, in the chain */
    struct reach read;              /* what samples hold of the file */
};

/* How such a medium will lie in clip memory; channels: 1 or 2. */
enum clipmem_format ingest_format(const struct work_opened *facts, uint32_t chain_rate);
unsigned ingest_channels(const struct work_opened *facts);
/* Blocks that such a medium takes. */
uint64_t ingest_blocks(const struct work_opened *facts, int64_t file_frames, uint32_t chain_rate);

/* Pre: facts are checked. */
void ingest_way_init(struct ingest_way *way, const struct work_opened *facts, uint32_t chain_rate);
/* What of the file these blocks need, inside the file. Pre: they are blocks of the medium. */
struct reach ingest_reach(struct ingest *ingest, const struct ingest_way *way, const struct ingest_piece *piece);
/* What the tail will hold when this piece has been made. */
struct reach ingest_tail_after(struct ingest *ingest, const struct ingest_way *way, const struct ingest_piece *piece);
/* Makes the blocks. samples: what piece->read says; they may change while they are read. tail: what holds the part of
 * ingest_reach() that comes before piece->read; afterwards it is as ingest_tail_after() says. Blocks that are resident
 * already stay; so far as clip memory has no block free now, they are left out. Return: samples that were not fit to be
 * played. */
uint64_t ingest_make(struct ingest *ingest, const struct ingest_way *way, struct clipmem *memory,
                     const struct ingest_piece *piece, const void *samples, struct ingest_tail *tail);
void ingest_tail_clear(struct ingest_tail *tail);
void ingest_clear(struct ingest *ingest);

#endif
