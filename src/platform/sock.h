/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control socket: one show a socket, held by a lock (CONTRACT 2). Paths may be as long as
 * the file system takes them, also past the 107 bytes of a socket address.
 */
#ifndef PLATFORM_SOCK_H
#define PLATFORM_SOCK_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* --- the show's side --- */
/* Takes the lock PATH.lock without waiting. The file stays, with the holder's process number in it, so that nobody locks one that
 * is being removed. Return: its descriptor (hold it), or -1 with err (ERR_BUSY: someone holds it). */
int sock_lock(const char *path, struct err *err);
void sock_sign_lock(int lock);                         /* it is this process's number that the file tells from now on */
void sock_unlock(int lock);                            /* at once, whoever else has inherited it */
/* Binds a listening stream socket, replacing a stale one but nothing that is not a socket. Pre: the lock is held.
 * group: "" (mode 0600) or a group name (mode 0660). Return: the socket, close-on-exec and non-blocking, or -1 with err. */
int sock_listen(const char *path, const char *group, struct err *err);
bool sock_peer(int socket, pid_t *pid, uid_t *uid);                 /* who connected */
/* One line (a newline is added if it has none) with at most one descriptor beside it; fd -1: none.
 * Return: 0, or -1 with errno (EAGAIN: the peer does not read; nothing it can use was sent, drop it). */
int sock_send_fd(int socket, const char *line, int fd);

/* --- the client's side --- */
/* Return: a connected stream socket, close-on-exec, or -1 with errno (ENOENT, ECONNREFUSED: no show there). */
int sock_connect(const char *path);
/* As read(2); *fd is the descriptor that came beside these bytes (close-on-exec, the caller closes it), or -1. */
ssize_t sock_recv_fd(int socket, char *buffer, size_t size, int *fd);

#endif
