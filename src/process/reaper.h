/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ends of a supervisor's children. Reaping is a thread's of its own, without a priority: as the kernel takes a dead process
 * out of /proc it waits, busily, for whoever is reading there (top, a monitor). Whoever does so at a realtime priority may keep
 * the reader from its processor, and nobody comes further until the kernel's throttle, 0.95 s. So an end is looked at first,
 * acted upon, and reaped by the other.
 *
 * Thread: the supervisor's main calls all of this.
 */
#ifndef PROCESS_REAPER_H
#define PROCESS_REAPER_H

#include <stdbool.h>
#include <sys/types.h>

/* Before the caller has a priority. Return: a descriptor that is readable when reaper_take() has something; -1 with errno. */
int reaper_begin(void);
/* A child has ended (SIGCHLD): the thread looks which. */
void reaper_wake(void);
/* The next of the children that the thread found, whatever is known of it by then. Return: false if there is none. */
bool reaper_take(pid_t *pid, int *status);
/* Whether this child has ended; it stays to be reaped. *status: as waitpid(2) gives it. */
bool reaper_sees_end(pid_t pid, int *status);

#endif
