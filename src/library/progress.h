/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far long work has come, for people: counted by whoever does it, told at most five times a
 * second. One thread.
 */
#ifndef LIBRARY_PROGRESS_H
#define LIBRARY_PROGRESS_H

#include <stdint.h>

struct progress;
/* text: "copying: 45 %, 0:12 left"; lives as long as the call. */
typedef void progress_told(void *context, const char *text);

struct progress {
    progress_told *told;            /* NULL: nobody listens */
    void *context;
    const char *what;               /* "copying" */
    uint64_t done, total;           /* bytes or pieces of the step under way */
    uint64_t began_ns, told_ns;     /* CLOCK_MONOTONIC */
};

void progress_begin(struct progress *progress, const char *what, uint64_t total);      /* the next step */
void progress_add(struct progress *progress, uint64_t done);

#endif
