/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How busy the audio thread is (SPEC S4): the time it takes to make a period, as a share of the
 * period. Median and worst are of windows of half a second, so that a thread that was held up
 * once does not look overloaded, and is seen all the same. Audio thread.
 */
#ifndef ENGINE_BUSY_H
#define ENGINE_BUSY_H

#include "rt/guard.h"

#include <stdint.h>

enum { BUSY_STEP_PPM = 2500, BUSY_STEPS = 512 };        /* counted up to 1.28; what is more counts as that */
#define BUSY_WINDOW_NS UINT64_C(500000000)
#define BUSY_MOST_PPM 10000000u

struct busy {
    uint32_t recent_ppm;                /* up at once, down to a third in a second: a short peak can still be read */
    uint32_t median_ppm, worst_ppm;     /* of the last whole window; 0 before there is one */

    uint64_t window_ns;                 /* of the one under way: how much of it is over, */
    uint32_t periods;                   /* of how many periods, */
    uint32_t peak_ppm;                  /* the worst of them, */
    uint32_t steps[BUSY_STEPS];         /* and how many had which share */
};

/* A period of period_ns took busy_ns to make. All zero to begin with. */
RT_SAFE void busy_note_rt(struct busy *busy, uint64_t busy_ns, uint64_t period_ns);

#endif
