/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world of a seed. Each seed has a flavour, so that rare laws meet often: see invent.c. */
#ifndef REFERENCE_INVENT_H
#define REFERENCE_INVENT_H

#include "world.h"

void invent_world(struct world *world, uint64_t seed);
void world_clear(struct world *world);

#endif
