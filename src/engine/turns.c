/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose turn it is: see turns.h. Audio thread; pure. */
#include "config.h"

#include "engine/turns.h"

/* A step of a mixing function of 32 bits: every bit of the result depends on every bit of x. */
static uint32_t mixed(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

/* Draws the order of a round, as Fisher and Yates do it. */
static void draw(uint32_t seed, uint32_t round, unsigned count, uint8_t order[ENGINE_TURNS])
{
    uint32_t state = mixed(seed ^ mixed(round + 1));
    for (unsigned i = 0; i < count; i++)
        order[i] = (uint8_t)i;
    for (unsigned i = count - 1; i > 0; i--) {
        state = mixed(state + i);
        unsigned other = state % (i + 1);
        uint8_t kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

/* Two take turns as the first round has them. Of more, the first two change places where the first was the last of the round
 * before. */
static unsigned shuffled(uint32_t seed, uint32_t turn, unsigned count)
{
    uint8_t order[ENGINE_TURNS], before[ENGINE_TURNS];
    uint32_t round = count == 2 ? 0 : turn / count;
    unsigned place = turn % count;
    draw(seed, round, count, order);
    if (round > 0 && place < 2) {
        draw(seed, round - 1, count, before);
        if (order[0] == before[count - 1])
            return order[1 - place];
    }
    return order[place];
}

static uint32_t medium_of(const struct clip_params *params, uint32_t turn)
{
    unsigned count = params->turns;
    return params->turn_medium[params->shuffled && count > 1 ? shuffled(params->seed, turn, count) : turn % count];
}

uint32_t turns_medium_rt(const struct clipmem *memory, const struct clip_params *params, uint32_t *turn)
{
    if (!params->turns)
        return params->medium;
    for (unsigned i = 0; i < 2 * params->turns; i++) {          /* of a shuffled round the last may be the only one */
        uint32_t medium = medium_of(params, *turn + i);
        if (clipmem_state_rt(memory, medium) == CLIPMEM_FAILED)
            continue;
        *turn += i;
        return medium;
    }
    return medium_of(params, *turn);
}

bool turns_have_rt(const struct clip_params *params, uint32_t medium)
{
    bool any = params->medium == medium;
    for (unsigned i = 0; i < params->turns; i++)
        any |= params->turn_medium[i] == medium;
    return any;
}

bool turns_same_rt(const struct clip_params *a, const struct clip_params *b)
{
    if (a->turns != b->turns || a->shuffled != b->shuffled || a->seed != b->seed)
        return false;
    for (unsigned i = 0; i < a->turns; i++)
        if (a->turn_medium[i] != b->turn_medium[i])
            return false;
    return true;
}
