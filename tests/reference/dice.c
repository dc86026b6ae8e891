/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers, by Weyl's sequence and a finisher (splitmix64): see dice.h. Pure. */
#include "config.h"

#include "dice.h"

#include <math.h>

uint64_t dice_throw(struct dice *dice)
{
    uint64_t x = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

int64_t dice_between(struct dice *dice, int64_t least, int64_t most)
{
    return least + (int64_t)(dice_throw(dice) % (uint64_t)(most - least + 1));
}

bool dice_chance(struct dice *dice, int percent)
{
    return dice_between(dice, 1, 100) <= percent;
}

double dice_decimal(struct dice *dice, double least, double most, int parts)
{
    return (double)dice_between(dice, (int64_t)ceil(least * parts), (int64_t)floor(most * parts)) / parts;
}

int dice_weighed(struct dice *dice, const int *weights)
{
    int64_t sum = 0;
    int i = 0;
    for (; weights[i] >= 0; i++)
        sum += weights[i];
    int64_t left = dice_between(dice, 1, sum);
    for (i = 0; left > weights[i]; i++)
        left -= weights[i];
    return i;
}
