/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One worker's life, seen from outside: what it has used of the processor, how many files it has
 * had, and whether it may have another. Nothing here asks the worker, which may be taken over: the
 * kernel counts its time, and it is killed by a descriptor that can mean no other process.
 *
 * A worker ends after WORKER_LIFE_FILES files, so that what a decoder leaks or has been made to
 * remember does not grow old, and after the first bad one. Thread: that of its loader.
 */
#ifndef MEDIA_WORKER_LIFE_H
#define MEDIA_WORKER_LIFE_H

#include "decode/worker.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct worker_life {
    int pid, pidfd;                 /* pidfd -1: a test's worker, or the process is gone */
    bool timed;                     /* clock holds */
    clockid_t clock;                /* of its processor time */
    unsigned files;                 /* it has had */
    bool soiled;                    /* it has had a bad one */
    uint64_t asked_ns;              /* processor time it had used when it was asked */
};

void worker_life_begin(struct worker_life *life, int pid);
void worker_life_end(struct worker_life *life);                 /* kills it */
/* It is asked something now. */
void worker_life_ask(struct worker_life *life);
/* Return: processor time since then; 0 if the kernel does not say. */
uint64_t worker_life_used_ns(const struct worker_life *life);
/* Return: whether a signal has stopped it: it will not go on by itself. */
bool worker_life_stopped(const struct worker_life *life);
/* Return: whether it is to have no other file. */
bool worker_life_over(const struct worker_life *life);

#endif
