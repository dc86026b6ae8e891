/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Archives in the pax interchange format (POSIX.1-2001, "pax"; ustar where that will do), by
 * libarchive, whose only landlord this is. What names and kinds may be in one is the caller's law;
 * here all is passed on as it stands. The library is loaded when it is first used, for a start of
 * every other process would take 4 ms longer with it. One thread at a time.
 */
#ifndef LIBRARY_TAR_H
#define LIBRARY_TAR_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct tar;

/* --- out --- each returns 0, or -1 with err: a reason without the archive's name */
struct tar *tar_create(int fd, struct err *err);                /* NULL with err; fd stays the caller's */
/* a regular file; its bytes follow */
int tar_add(struct tar *tar, const char *name, int64_t bytes, time_t mtime, struct err *err);
int tar_write(struct tar *tar, const void *bytes, size_t count, struct err *err);
int tar_finish(struct tar *tar, struct err *err);               /* frees it too */
void tar_abandon(struct tar *tar);                              /* frees it; NULL allowed */

/* --- in --- */
struct tar_member {
    const char *name;           /* as it stands there, not checked; good until the next one. NULL: none that could be read */
    bool regular, folder;       /* neither: a link, a device, a pipe */
    int64_t bytes;              /* as it says; never negative */
    time_t mtime;
};
struct tar *tar_open(int fd, struct err *err);                  /* from its beginning; NULL with err */
int tar_next(struct tar *tar, struct tar_member *member, struct err *err);      /* 1 a member, 0 the end, -1 with err */
/* of the present member; 0 its end, -1 with err */
ssize_t tar_read(struct tar *tar, void *bytes, size_t count, struct err *err);
void tar_close(struct tar *tar);                                /* NULL allowed */

#endif
