/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Roles as processes of their own: a re-exec of this very binary with one inherited socket, on
 * descriptor SPAWN_SOCKET. The role is argv[1] ("@engine", "@store", "@worker"), which no user
 * can type by accident; what it needs to know comes as MSG_HELLO.
 */
#ifndef PLATFORM_SPAWN_H
#define PLATFORM_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

enum { SPAWN_SOCKET = 3 };

/* Return: the parent's end of a SOCK_SEQPACKET pair, close-on-exec, and *pid; or -1 with errno. The child has stdin from
 * /dev/null, our stdout and stderr, default signals, and dies with us only if die_with_parent. */
int spawn_role(const char *role, pid_t *pid, bool die_with_parent);
/* A child of ours gets only what nobody else wants of processors (SCHED_IDLE, sched(7)) and disks (ioprio_set(2)). */
void spawn_make_idle(pid_t pid);
int spawn_pair(int pair[2]);                /* a SOCK_SEQPACKET pair with roomy buffers */

#endif
