/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fade markers of a clip as levels over the places of its medium (SPEC M3): 1 before the first of them, along the curve from
 * one's first frame to its second, and as it left off behind it. Where a voice is decides, not when: a loop hears them again in
 * every pass, a part of a sequence those that lie in it. Frames of the medium in the chain. Audio thread; pure.
 */
#ifndef ENGINE_FADE_MAP_H
#define ENGINE_FADE_MAP_H

#include "clipmem/clipmem.h"
#include "engine/op.h"
#include "engine/ramp.h"

struct fade_map {
    uint8_t count;
    struct ramp part[ENGINE_FADES];     /* over places; in the order of their starts */
};

/* As the parameters have them. One of more than 2^31 - 1 frames, 12 hours at 48 kHz, is there behind so many. */
RT_SAFE void fade_map_place_rt(struct fade_map *map, const struct clip_params *params, const struct clipmem_view *view);
RT_SAFE float fade_map_level_rt(const struct fade_map *map, int64_t place);
/* Places from this one on that all have its level; INT64_MAX: the rest. 0: it is on its way. */
RT_SAFE int64_t fade_map_rest_rt(const struct fade_map *map, int64_t place);
RT_SAFE bool fade_map_same_rt(const struct fade_map *one, const struct fade_map *other);

#endif
