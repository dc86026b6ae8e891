/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time of day, as someone may set it: nothing that sounds or is scheduled goes by it (CLOCK_MONOTONIC does that), but logs and
 * reports do, so that a step of it is told and recorded, between the records before and after it. Thread: engine main.
 */
#ifndef PROCESS_WALLTIME_H
#define PROCESS_WALLTIME_H

struct stage;

enum { WALLTIME_STEP_MS = 500 };        /* less than that is the clock being steered */

void walltime_watch(struct stage *stage);       /* once a loop */

#endif
