/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: one show a socket, held by a lock (CONTRACT 2). */
#ifndef PLATFORM_SOCK_H
#define PLATFORM_SOCK_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* Takes the lock PATH.lock without waiting. Return: its descriptor (hold it), or -1 with err (ERR_BUSY: someone holds it). */
int sock_lock(const char *path, struct err *err);
/* Binds a listening stream socket, replacing a stale one. Pre: the lock is held. group: "" or a group name: mode 0660. */
int sock_listen(const char *path, const char *group, struct err *err);
/* Return: a connected stream socket, or -1 with errno (ENOENT, ECONNREFUSED: no show there). */
int sock_connect(const char *path);
/* One line with at most one descriptor beside it. */
int sock_send_fd(int socket, const char *line, int fd);
bool sock_peer(int socket, pid_t *pid, uid_t *uid);

#endif
