/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists (SPEC P7): whose turn it is, by the law that clipgrid(7) gives for shuffled ones. See laws.h. */
#include "config.h"

#include "laws.h"

#include <stdio.h>

/* 32-bit FNV-1a of the clip's id. */
static uint32_t seed_of(int clip)
{
    char id[16];
    uint32_t seed = 2166136261u;
    snprintf(id, sizeof id, "k%d", clip);
    for (const char *c = id; *c; c++)
        seed = (seed ^ (unsigned char)*c) * 16777619u;
    return seed;
}

static uint32_t stir(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

/* The order of a round before neighbours are looked at. */
static void draw_round(uint32_t seed, uint32_t round, int count, int order[WORLD_LIST + 1])
{
    uint32_t drawn = stir(seed ^ stir(round + 1));
    for (int i = 0; i < count; i++)
        order[i] = i;
    for (int i = count - 1; i > 0; i--) {
        drawn = stir(drawn + (uint32_t)i);
        int j = (int)(drawn % (uint32_t)(i + 1)), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

static int shuffled(int clip, int turn, int count)
{
    int order[WORLD_LIST + 1], before[WORLD_LIST + 1];
    int round = count == 2 ? 0 : turn / count;          /* two just take turns */
    draw_round(seed_of(clip), (uint32_t)round, count, order);
    if (round > 0) {
        draw_round(seed_of(clip), (uint32_t)round - 1, count, before);
        if (order[0] == before[count - 1]) {
            order[0] = order[1];
            order[1] = before[count - 1];
        }
    }
    return order[turn % count];
}

const struct medium *turns_medium(const struct scene *scene, int clip, int turn)
{
    const struct clip *about = &scene->world.clip[clip];
    int count = about->list + 1, which = about->shuffled && count > 1 ? shuffled(clip, turn, count) : turn % count;
    return &scene->world.medium[which ? about->list_medium[which - 1] : about->medium];
}
