/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels over places: see fade_map.h. Audio thread. */
#include "config.h"

#include "engine/fade_map.h"

void fade_map_place_rt(struct fade_map *map, const struct clip_params *params, const struct clipmem_view *view)
{
    float level = 1;
    *map = (struct fade_map){.count = (uint8_t)params->fades};
    for (unsigned i = 0; i < params->fades; i++) {
        const struct clip_fade *fade = &params->fade[i];
        int64_t from = clipmem_to_chain_rt(fade->from_frames, view->file_rate, view->chain_rate);
        int64_t length = clipmem_to_chain_rt(fade->to_frames, view->file_rate, view->chain_rate) - from;
        map->part[i] = (struct ramp){.from = level, .to = fade->level_lin, .start = from, .curve = fade->curve,
                                     .length = length > INT32_MAX ? INT32_MAX : (uint32_t)length};
        level = fade->level_lin;
    }
}

/* The last one that has begun; -1: none. */
static int part_at(const struct fade_map *map, int64_t place)
{
    int part = map->count - 1;
    while (part >= 0 && place < map->part[part].start)
        part--;
    return part;
}

float fade_map_level_rt(const struct fade_map *map, int64_t place)
{
    int part = part_at(map, place);
    return part < 0 ? 1 : ramp_level_rt(&map->part[part], place);
}

int64_t fade_map_rest_rt(const struct fade_map *map, int64_t place)
{
    int part = part_at(map, place);
    if (part >= 0 && ramp_moving_rt(&map->part[part], place))
        return 0;
    return part + 1 < map->count ? map->part[part + 1].start - place : INT64_MAX;
}

bool fade_map_same_rt(const struct fade_map *one, const struct fade_map *other)
{
    bool same = one->count == other->count;
    for (unsigned i = 0; same && i < one->count; i++) {
        const struct ramp *a = &one->part[i], *b = &other->part[i];
        same = a->start == b->start && a->length == b->length && a->to == b->to && a->curve == b->curve;
    }
    return same;
}
