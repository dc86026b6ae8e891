/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files among which missing ones are looked for: those of some folders, found by size and by name,
 * their content told by its hash (XXH64 of all bytes, as the catalogue keeps it). A hash is taken
 * from the catalogue where it has one of the file as it is now, else read from the disk, once.
 */
#ifndef PROCESS_FINDER_H
#define PROCESS_FINDER_H

#include "base/err.h"
#include "library/walk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct prober;
struct progress;

struct finder_file {
    const char *path, *name;        /* absolute; its last part */
    uint64_t bytes, hash;
    bool hashed, unreadable;
};

struct finder {
    struct catalog *catalog;        /* the caller's */
    struct walk walk;
    struct finder_file *file;
    struct finder_file **by_size, **by_name;
    size_t count;
};

/* Adds what is below a folder. Return: 0, or -1 with err. */
int finder_add(struct finder *finder, const char *folder, struct err *err);
void finder_index(struct finder *finder);       /* once, after the last folder */
void finder_clear(struct finder *finder);
/* The files of this size, or of this name, one after the other. Return: the first, *count of them (0: NULL). */
struct finder_file **finder_of_size(const struct finder *finder, uint64_t bytes, size_t *count);
struct finder_file **finder_of_name(const struct finder *finder, const char *name, size_t *count);
/* Asks a worker for the metadata of all files named like media that the catalogue lacks it of, as they are now, and puts it
 * there: catalog_each_of_tag() finds them afterwards. */
void finder_learn(struct finder *finder, struct prober *prober, struct progress *progress);
/* Return: whether the file has this content. */
bool finder_has_content(struct finder *finder, struct finder_file *file, uint64_t hash);

#endif
