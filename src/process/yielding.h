/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What yields to load (SPEC S4), as a pure machine: looks at the load go in, the level and how
 * much yields come out; time is an argument. Thread: main.
 *
 * The load is the greater of two: the sound's (a period's time of processing, median) and the
 * system's (what all processors do that does not give way by itself). Of the ceiling that is
 * configured, 90 % of the system, 80 % warn (72 %), 90 % are critical (81 %), and only under 70 %
 * (63 %) has it recovered; between these a level stays as it is.
 *
 * What yields goes by enum state_yield of wire/state.h, the first first, one step after the
 * other. A warning makes loading ahead yield, a critical load the screens too. What the operator
 * would miss, auditions and new clips, yields when the sound itself is in need: its own load is
 * critical, or the system's is and something was not heard in time. For a busy machine alone
 * costs an audio thread with realtime priority nothing. What sounds yields never.
 */
#ifndef PROCESS_YIELDING_H
#define PROCESS_YIELDING_H

#include "wire/state.h"

#include <stdbool.h>
#include <stdint.h>

#define YIELDING_STEP_NS UINT64_C(500000000)    /* from one step to the next, both ways */
#define YIELDING_NEED_NS UINT64_C(10000000000)  /* for so long after something was not heard in time the sound is in need */

struct yielding_look {
    uint32_t sound_ppm, system_ppm;     /* shares; 1e6 is all */
    uint32_t harms;                     /* how often something was not heard in time, since the engine began */
    bool weak;                          /* the machine can do less than its load says: heat, an empty battery */
};

struct yielding {
    uint32_t ceiling_ppm;               /* 0: nothing ever yields, and the level is always normal */
    enum state_load measured;           /* the level of the load alone */
    enum state_load level;              /* the same, or one more on a weak machine (SPEC S10) */
    unsigned yields;                    /* the first so many of enum state_yield */
    bool strained;                      /* the sound's own load was critical, and has not recovered */
    bool looked;                        /* harms are known */
    uint32_t harms;
    uint64_t harmed_ns;                 /* when they last became more; 0: never */
    uint64_t stepped_ns;                /* when `yields` last changed; 0: never */
};

/* ceiling: per cent of the system, 0 to 100. */
void yielding_init(struct yielding *yielding, unsigned ceiling);
/* Pre: now_ns never goes back. Return: whether level or yields changed. */
bool yielding_take(struct yielding *yielding, const struct yielding_look *look, uint64_t now_ns);

#endif
