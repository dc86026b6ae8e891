/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether what sounds will ever come to an end by itself: not if a clip loops for ever, and not if
 * clips start one another in a ring that takes time (a ring of links that all start at once does
 * not: a clip starts once a frame). What commands may still do is not looked at.
 *
 * The clips that can come are searched in depth (Tarjan, "Depth-first search and linear graph
 * algorithms", SIAM J. Comput. 1972): an edge is part of a ring if it leads to what is still open.
 */
#ifndef ENGINE_ENDLESS_H
#define ENGINE_ENDLESS_H

#include "engine/op.h"
#include "rt/guard.h"

#include <stdbool.h>

struct engine;

struct endless {                        /* the search; a clip is a node */
    uint16_t found[ENGINE_CLIPS];       /* order of being found, from 1; 0: not yet */
    uint16_t low[ENGINE_CLIPS];         /* the earliest found that is open and reached from here */
    uint16_t open[ENGINE_CLIPS], path[ENGINE_CLIPS];
    unsigned opened, depth;
    bool is_open[ENGINE_CLIPS], late[ENGINE_CLIPS];     /* late: the edge it was found by takes time */
    uint8_t edge[ENGINE_CLIPS];         /* the next to look at */
    uint16_t last;                      /* found last */
};

/* A voice sounds or waits that has no end, or after which there is none. */
RT_SAFE bool endless_rt(struct engine *engine);

#endif
