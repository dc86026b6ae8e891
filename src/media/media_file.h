/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening what is meant to be a media file. Never waits for a FIFO, never touches a device,
 * never hands on anything but a regular file with something in it. Store, probe and check.
 */
#ifndef MEDIA_MEDIA_FILE_H
#define MEDIA_MEDIA_FILE_H

#include "base/err.h"

struct stat;

/* path: absolute, or relative to folder_fd's folder (AT_FDCWD allowed). Return: a read-only close-on-exec descriptor, or -1
 * with err, a reason without the name: ERR_UNKNOWN if there is no such file, else ERR_IO (`empty file`, `a folder, not a
 * file`). */
int media_file_open(int folder_fd, const char *path, struct err *err);
/* What kind of file it is and how long, without opening it. Return: 0 for one that media_file_open() would take, or -1 with
 * err. */
int media_file_stat(int folder_fd, const char *path, struct stat *st, struct err *err);

#endif
