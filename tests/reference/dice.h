/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers that are the same everywhere for the same seed. */
#ifndef REFERENCE_DICE_H
#define REFERENCE_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

uint64_t dice_throw(struct dice *dice);
/* least..most, both possible. */
int64_t dice_between(struct dice *dice, int64_t least, int64_t most);
bool dice_chance(struct dice *dice, int percent);
/* A whole number of steps of 1/parts in least..most, so that its decimals say it exactly. */
double dice_decimal(struct dice *dice, double least, double most, int parts);
/* An index into weights, which end with a negative one; the more often, the heavier. */
int dice_weighed(struct dice *dice, const int *weights);

#endif
