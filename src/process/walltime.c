/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of the time of day: see walltime.h. */
#include "config.h"

#include "process/walltime.h"
#include "process/stage.h"
#include "platform/clock.h"

#include <math.h>
#include <stdio.h>

static int64_t apart_ns;                /* the time of day less CLOCK_MONOTONIC, when it was last looked at */
static uint64_t looked_ns;              /* 0: never */

void walltime_watch(struct stage *stage)
{
    uint64_t now = clock_now_rt();
    if (looked_ns && now - looked_ns < CLOCK_SECOND_NS)
        return;
    int64_t apart = clock_wall_ns() - (int64_t)now;
    double step_s = looked_ns ? (double)(apart - apart_ns) / (double)CLOCK_SECOND_NS : 0;
    looked_ns = now;
    apart_ns = apart;
    if (fabs(step_s) * 1000 < WALLTIME_STEP_MS)
        return;
    char text[120];
    snprintf(text, sizeof text, "the machine's clock was set %s by %.1f s; the show's own time goes on", step_s > 0 ? "forward" : "back",
             fabs(step_s));
    desk_notice(stage, false, text);
}
