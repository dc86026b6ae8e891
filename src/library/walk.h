/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files below a folder, in the order in which people number them: "take 2" before "take 10",
 * a folder's own files among its folders by name. Names that begin with a dot are left out, links
 * to folders are not followed, and only regular files (or links to them) are listed.
 */
#ifndef LIBRARY_WALK_H
#define LIBRARY_WALK_H

#include "base/err.h"

#include <stddef.h>

enum { WALK_FILES_MAX = 1000 * 1000, WALK_DEPTH_MAX = 64 };

struct walk {
    char **path;                    /* FOLDER/a/b.wav, owned */
    size_t count, room;
};

/* Adds to walk. Return: 0, or -1 with err: a folder cannot be read, or there are too many files. */
int walk_folder(struct walk *walk, const char *folder, struct err *err);
void walk_clear(struct walk *walk);
/* Natural order: runs of digits by their value, letters without case, then byte by byte. As strcmp. */
int walk_compare(const char *a, const char *b);

#endif
