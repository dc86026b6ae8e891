/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How clip memory is shared out: what heads cost, how long they can be, who has none. The loader
 * goes by it, and `check` tells by it what memory would do. Pure arithmetic on facts: it knows
 * neither files nor clip memory itself. Any thread but the audio thread.
 *
 * A *head* is the sound that must be there before its clip is fired: from IN, and from each
 * marker, for BUDGET_HEAD_MS or to the end of the medium. Half the budget is for heads; they get
 * shorter, all alike, until they fit it, but not under BUDGET_HEAD_LEAST_MS: then the least likely
 * clips have none, and are cold. A budget that holds every medium whole needs no such care.
 */
#ifndef MEDIA_BUDGET_H
#define MEDIA_BUDGET_H

#include "clipmem/clipmem.h"

#include <stdint.h>

enum { BUDGET_HEAD_MS = 250, BUDGET_HEAD_LEAST_MS = 20 };

/* A medium and the places in it that clips start from: IN and markers of all clips that play it. */
struct budget_medium {
    enum clipmem_format format;         /* as it will lie in clip memory (ingest_format) */
    unsigned channels;                  /* 1 or 2 */
    uint32_t chain_rate;                /* Hz */
    int64_t frames;                     /* in the chain */
    const int64_t *point;               /* frames in the chain, ascending; the caller's. Those outside the medium count for
                                         * nothing */
    int points;
};

struct budget_plan {
    unsigned head_ms;                   /* 250 down to 20 */
    int media;                          /* so many from the first on have heads */
    uint64_t blocks;                    /* that these heads take: at most half the budget, unless it holds all media whole */
};

/* Frames of a head of so many milliseconds, rounded up. */
uint32_t budget_head_frames(uint32_t chain_rate, unsigned head_ms);
/* Blocks of clip memory (CLIPMEM_BLOCK_BYTES) that its heads take; where two of them touch the same block it counts once. */
uint64_t budget_head_blocks(const struct budget_medium *medium, unsigned head_ms);
/* Blocks that it takes whole. */
uint64_t budget_whole_blocks(const struct budget_medium *medium);

/* Shares out a budget of so many blocks. media: the likeliest first. */
void budget_make_plan(const struct budget_medium *media, int count, uint64_t blocks, struct budget_plan *plan);
/* The least budget, in blocks, with which every head is head_ms long (the plan says so, or every medium is there whole). */
uint64_t budget_for_heads(const struct budget_medium *media, int count, unsigned head_ms);
/* The least budget, in blocks, that holds every medium whole. */
uint64_t budget_for_whole(const struct budget_medium *media, int count);

#endif
