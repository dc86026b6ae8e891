/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of media files from earlier: the seam between the loader, which asks before it
 * hands a file to a worker and tells what a worker said of it, and the catalogue, which keeps it
 * (library/catalog.h). Without one the loader works the same, only slower.
 *
 * All functions are called on the loader's thread and never wait for a disk's sync. They must not call back.
 */
#ifndef MEDIA_KNOWN_H
#define MEDIA_KNOWN_H

#include "wire/seek_table.h"
#include "wire/work.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* path: absolute, as media_known_path() makes it. st: the file as it is now, by fstat() or stat(). */
struct media_known {
    /* Return: true with facts as a worker told them (status WORK_OK, checked like its answer; lacks is 0) of a file that has not
     * changed since; false: not known, or changed. */
    bool (*find)(void *context, const char *path, const struct stat *st, struct work_opened *facts);
    /* A worker opened the file and said this; only WORK_OK is kept. */
    void (*learned)(void *context, const char *path, const struct stat *st, const struct work_opened *facts);
    /* The file's seek table. Return: false if none is known of the file as it is now. NULL: never is. */
    bool (*table)(void *context, const char *path, const struct stat *st, struct seek_table *table);
    void *context;
};

/* The absolute path of `path` in the folder's folder (AT_FDCWD allowed), without resolving links below it: cheap where
 * folder_path is given (what media_known_folder() said). Return: false if it is longer than size. */
bool media_known_path(const char *folder_path, const char *path, char *buffer, size_t size);
/* The absolute path of an open folder, or of the current one for AT_FDCWD. Return: false if it has none (any more). */
bool media_known_folder(int folder_fd, char *buffer, size_t size);

#endif
