/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies of media that can be trusted: written beside, synced, read back from the disk and
 * compared with what was read, and only then given their name. A copy that is there already is
 * taken as it is, so that work which was interrupted goes on where it stopped; another file of
 * that name is never touched: the copy is then called NAME-2, NAME-3 ... A killed copier leaves
 * at most one file `.NAME.copying`, which the next one writes anew.
 */
#ifndef LIBRARY_COPY_H
#define LIBRARY_COPY_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct progress;

/* Copies the regular file `from` to FOLDER/NAME (name may have folders, which are made). *copied: the name it has now,
 * relative to folder, owned by the caller. progress: counted in bytes of the file, may be NULL. Return: 0, or -1 with err. */
int copy_file(const char *from, const char *folder, const char *name, char **copied, struct progress *progress, struct err *err);
/* The content of a file, from its beginning, as XXH64 with seed 0. Return: 0, or -1 with errno. */
int copy_hash(int fd, uint64_t *hash, uint64_t *bytes, struct progress *progress);
/* Makes the folder `path` and those above it. Return: 0, or -1 with err. */
int copy_make_folder(const char *path, struct err *err);
/* Has the name of this file (or folder) on the disk, not only what is in it. Return: 0, or -1 with err. */
int copy_sync_folder(const char *path, struct err *err);
/* Is there room for so many bytes where folder (or the nearest folder above it that exists) stands? Return: 0, or -1 with err
 * that names both sizes. */
int copy_check_room(const char *folder, uint64_t bytes, struct err *err);

#endif
