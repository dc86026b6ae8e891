/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File descriptors: what the kernel may do by halves, done whole. Not for the audio thread. */
#ifndef PLATFORM_FD_H
#define PLATFORM_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Writes all of it, from the file's present position; a signal does not end it. Return: 0, or -1 with errno, part of it
 * written. */
int fd_write_all(int fd, const void *bytes, size_t count);
/* A file that is to be written beside another name and renamed to it when it is whole: empty, and locked until it is closed, so
 * that two writers never mix; what a killed writer left is written over. Return: it, for reading and writing; or -1 with errno,
 * EWOULDBLOCK: another writer is at it. */
int fd_open_beside(const char *path, mode_t mode);
/* Whether the open file has lost its last name: somebody removed it, and what is written to it is kept nowhere. */
bool fd_is_removed(int fd);
/* Closes all from the first to the last, both included; ~0u: to the last there is. */
void fd_close_range(unsigned first, unsigned last);

#endif
