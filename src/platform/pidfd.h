/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processes that are another one's children, watched (pidfd_open(2)): no waitpid(2) tells of their end. Not for the audio
 * thread.
 */
#ifndef PLATFORM_PIDFD_H
#define PLATFORM_PIDFD_H

#include <stdbool.h>
#include <sys/types.h>

enum { PIDFD_UNKNOWN = -1 };            /* a status that nobody knows any more */

/* Return: a descriptor, close-on-exec, that is readable from its end on; -1 with errno (ESRCH: there is no such process). */
int pidfd_of(pid_t pid);
/* Whether it has ended. pidfd -1: there is none, its number has to do. *status: as waitpid(2) gives it, as far as the kernel
 * still tells; else PIDFD_UNKNOWN. */
bool pidfd_has_ended(int pidfd, pid_t pid, int *status);
/* pidfd -1: as kill(2). */
int pidfd_kill(int pidfd, pid_t pid, int signal);
/* It has been sent SIGKILL, or is on its way out already. */
bool pidfd_is_dying(pid_t pid);

#endif
