/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pass made of parts (SPEC M2): markers of a clip in the order in which they are played, up to
 * SEQUENCE_PARTS of them. Each part runs from its marker to the end of what begins there: the
 * nearest marker behind it, OUT, or the end of the file, whichever comes first. What plays it is
 * the voice; this knows the places. Frames of the medium in the chain. Audio thread; pure.
 */
#ifndef ENGINE_SEQUENCE_H
#define ENGINE_SEQUENCE_H

#include "clipmem/clipmem.h"
#include "engine/op.h"
#include "rt/guard.h"

enum { SEQUENCE_PARTS = 16 };           /* what an order has room for */

struct sequence {
    uint64_t order;                     /* as clip_params have it; 0: the pass is no sequence */
    uint8_t part;                       /* of now, from 0 */
    int64_t from[ENGINE_MARKERS], to[ENGINE_MARKERS];   /* of each marker in the order: its part */
};

/* The places of the order's markers, as the parameters have them; out: where IN to OUT ends. Return: false if one of them is none
 * of the clip's or lies past the end of the medium; the places of these are left as they were. */
RT_SAFE bool sequence_place_rt(struct sequence *sequence, const struct clip_params *params, const struct clipmem_view *view,
                               int64_t out);
/* The marker of a part, from 0. Pre: there is that part. */
RT_SAFE unsigned sequence_marker_rt(const struct sequence *sequence, unsigned part);
RT_SAFE unsigned sequence_parts_rt(const struct sequence *sequence);
/* A part follows the present one in the same pass. */
RT_SAFE bool sequence_goes_on_rt(const struct sequence *sequence);
/* The part after this one: of the last, the first. */
RT_SAFE unsigned sequence_next_rt(const struct sequence *sequence, unsigned part);
/* Frames from the beginning of `part` to the end of the pass, if each part begins `seam` frames before the end of the one before. */
RT_SAFE int64_t sequence_frames_rt(const struct sequence *sequence, unsigned part, uint32_t seam);
RT_SAFE int64_t sequence_shortest_rt(const struct sequence *sequence);          /* frames of its shortest part */
/* The medium has only so many frames. Return: false if a part begins behind them. */
RT_SAFE bool sequence_cut_rt(struct sequence *sequence, int64_t frames);

#endif
