/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A clip that has a list plays another medium each time (SPEC P7): in order, or shuffled. Shuffled, each round has every
 * medium once, in an order that is a function of the seed and the number of the round alone, and none comes twice in a
 * row: the same plays give the same sound.
 */
#ifndef ENGINE_TURNS_H
#define ENGINE_TURNS_H

#include "clipmem/clipmem.h"
#include "engine/op.h"

/* The medium of play number *turn, from 0. One that will not come is passed over, and *turn is then the number of the first that
 * may; if none will, the one that was asked for. */
RT_SAFE uint32_t turns_medium_rt(const struct clipmem *memory, const struct clip_params *params, uint32_t *turn);
/* Whether it is one that the clip plays. */
RT_SAFE bool turns_have_rt(const struct clip_params *params, uint32_t medium);
/* Whether both take the same turns, so that the one may go on where the other was. */
RT_SAFE bool turns_same_rt(const struct clip_params *a, const struct clip_params *b);

#endif
