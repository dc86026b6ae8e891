/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far long work has come: see progress.h. The time left is that of the speed so far. */
#include "config.h"

#include "library/progress.h"
#include "platform/clock.h"

#include <stdio.h>

enum { TELL_MS = 200, GUESS_MS = 500 };     /* before it, the speed is not known */

static void tell(struct progress *progress, uint64_t now)
{
    char text[120];
    progress->told_ns = now;
    if (!progress->told)
        return;
    double share = progress->total ? (double)progress->done / (double)progress->total : 1;
    uint64_t spent = now - progress->began_ns;
    int length = snprintf(text, sizeof text, "%s: %d %%", progress->what, (int)(share * 100));
    if (spent >= GUESS_MS * UINT64_C(1000000) && share > 0) {
        uint64_t left = (uint64_t)((double)spent * (1 - share) / share / 1e9 + 0.5);
        snprintf(text + length, sizeof text - (size_t)length, ", %llu:%02llu left", (unsigned long long)(left / 60),
                 (unsigned long long)(left % 60));
    }
    progress->told(progress->context, text);
}

void progress_begin(struct progress *progress, const char *what, uint64_t total)
{
    progress->what = what;
    progress->done = 0;
    progress->total = total;
    progress->began_ns = clock_now_rt();
    tell(progress, progress->began_ns);
}

void progress_add(struct progress *progress, uint64_t done)
{
    progress->done += done;
    if (progress->done > progress->total)
        progress->done = progress->total;
    uint64_t now = clock_now_rt();
    if (now - progress->told_ns >= TELL_MS * UINT64_C(1000000))
        tell(progress, now);
}
