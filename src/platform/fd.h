/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File descriptors: what the kernel may do by halves, done whole. Not for the audio thread. */
#ifndef PLATFORM_FD_H
#define PLATFORM_FD_H

#include <stddef.h>

/* Writes all of it, from the file's present position; a signal does not end it. Return: 0, or -1 with errno, part of it written. */
int fd_write_all(int fd, const void *bytes, size_t count);

#endif
