/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The law of the audio thread: it allocates nothing, locks nothing, calls nothing but its
 * device. RT_SAFE marks a declaration that the audio thread may call; such names end in _rt.
 * Whatever may wait or allocate calls rt_forbid(): on the audio thread that aborts in debug
 * builds and is counted in release builds.
 */
#ifndef RT_GUARD_H
#define RT_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#define RT_SAFE                     /* reads as a promise; contrib/check-rt proves it by symbols */
#define RT_CACHELINE 64

void rt_guard_init(void);           /* once a process: hooks base/xalloc */
void rt_guard_enter(void);          /* this thread is an audio thread from now on */
void rt_guard_leave(void);
bool rt_guard_is_on(void);          /* whether this thread is one; also in a signal handler */
void rt_forbid(const char *what);   /* what: a literal, the call that was made */
uint64_t rt_guard_broken(void);     /* promises broken so far in this process */

#endif
