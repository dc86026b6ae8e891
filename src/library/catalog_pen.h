/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes of the catalogue, and the prepared statements that write them. A change names its file
 * by path and stamp: it makes the file's row if there is none, and if the file was another one
 * before, all that was known of that one goes.
 * A pen belongs to the thread of its connection; a change to whoever made it, until it is posted.
 */
#ifndef LIBRARY_CATALOG_PEN_H
#define LIBRARY_CATALOG_PEN_H

#include "library/catalog_row.h"

#include <sys/queue.h>

enum catalog_change_kind { CATALOG_FACTS, CATALOG_MEASURE, CATALOG_TAGS, CATALOG_MARKERS, CATALOG_SEEK,
                           CATALOG_USED, CATALOG_TIDY /* of no file */, CATALOG_CHANGES };

struct catalog_change {             /* one piece of memory: free() */
    TAILQ_ENTRY(catalog_change) link;
    enum catalog_change_kind kind;
    struct catalog_stamp stamp;
    const char *path;               /* absolute */
    const void *body;               /* struct work_opened, struct catalog_measure, names and values (one after the other, each
                                     * with its NUL), an array of struct catalog_marker, or the bytes of a seek table */
    size_t count;                   /* tags, markers; bytes of a seek table; USED, TIDY: today, in days since 1970; else 1 */
};
TAILQ_HEAD(catalog_changes, catalog_change);

/* Copies what it is given: `bytes` of body. */
struct catalog_change *catalog_change_new(enum catalog_change_kind kind, const char *path, const struct catalog_stamp *stamp,
                                          const void *body, size_t bytes, size_t count);

struct catalog_pen;
/* Return: NULL with *code if the statements do not fit the database. */
struct catalog_pen *catalog_pen_new(struct sqldb *db, enum sql_code *code);
void catalog_pen_free(struct catalog_pen *pen);         /* NULL allowed */
/* Within a transaction, if it shall be whole. */
enum sql_code catalog_pen_write(struct catalog_pen *pen, const struct catalog_change *change);

#endif
