/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The catalogue: what is known of every media file that any show has used. One SQLite file in the
 * cache folder; all of it can be made again, so nothing here ever stops a show: what cannot be
 * read is not known, what cannot be written is kept until the program ends (catalog_file.h).
 *
 * One thread owns a catalogue and calls these functions; none waits for a disk's sync or for
 * another program for longer than CATALOG_BUSY_MS, and then only at catalog_open(). What is put is
 * written a little later by a thread of its own (catalog_writer.h); a find sees it only then.
 *
 * Paths are absolute, as media_known_path() of media/known.h makes them.
 */
#ifndef LIBRARY_CATALOG_H
#define LIBRARY_CATALOG_H

#include "library/catalog_row.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct media_known;
struct media_tags;
struct seek_table;

/* path: of the file; NULL: $XDG_CACHE_HOME/clipgrid/catalogue.sqlite; "": in memory. Never NULL. */
struct catalog *catalog_open(const char *path);
void catalog_close(struct catalog *catalog);            /* writes what was put, if it can within two seconds; NULL allowed */
/* What must be done now and then: call it each turn of a loop, and before long pauses. It replaces a file that proved
 * damaged, and lets the next finds see what has been written meanwhile. Return: whether text got a line for the operator. */
bool catalog_tend(struct catalog *catalog, char *text, size_t size);
bool catalog_in_memory(const struct catalog *catalog);  /* what is put is lost at the end */
bool catalog_flush(struct catalog *catalog, unsigned wait_ms);      /* Return: whether all that was put is written */

/* --- what is known --- */

/* Of this path if the file is the same still. Return: false if not known, or the row is unsound. */
bool catalog_find(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp, struct catalog_row *row);
/* Of this path whatever the file is now: for files that are missing. */
bool catalog_find_path(struct catalog *catalog, const char *path, struct catalog_row *row);

/* Must not call the catalogue. Return: false to see no more. */
typedef bool catalog_seen(void *context, const struct catalog_row *row);
void catalog_each_of_hash(struct catalog *catalog, const void *hash, size_t bytes, catalog_seen *seen, void *context);
/* name: the last part of the path. frames: 0 for any. */
void catalog_each_of_name(struct catalog *catalog, const char *name, int64_t frames, catalog_seen *seen, void *context);
void catalog_each_of_tag(struct catalog *catalog, const char *name, const char *value, catalog_seen *seen, void *context);

/* What hangs on a row, by its id; at most `most`. Return: how many. */
int catalog_tags(struct catalog *catalog, int64_t id, struct catalog_tag *tags, int most);
int catalog_markers(struct catalog *catalog, int64_t id, struct catalog_marker *markers, int most);
/* Return: the bytes as they were put (any bytes: check them), caller frees; NULL if there are none. */
void *catalog_seek_table(struct catalog *catalog, int64_t id, size_t *bytes);
/* The same, checked to be a table for a file of this stamp. Return: false if there is none. */
bool catalog_find_table(struct catalog *catalog, int64_t id, const struct catalog_stamp *stamp, struct seek_table *table);

/* --- what is learned: each replaces what was known of its kind; a stamp that is new drops all that was known of the file --- */

void catalog_put_facts(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                       const struct work_opened *facts);
/* A hash, loudness or peaks that measure does not have stay as they are. */
void catalog_put_measure(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                         const struct catalog_measure *measure);
void catalog_put_tags(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                      const struct catalog_tag *tags, int count);
void catalog_put_markers(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                         const struct catalog_marker *markers, int count);
/* The same, as a worker tells it: its values and its markers, of which there may be none. The row is tagged then. */
void catalog_put_media_tags(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                            const struct media_tags *tags);
void catalog_put_seek_table(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp, const void *bytes,
                            size_t count);

/* --- what is not needed any more --- */

/* day: today, since 1970 (clock_wall_ns()). A show wants this file, which may be missing: what is known of it stays. */
void catalog_use(struct catalog *catalog, const char *path, int64_t day);
/* Drops what no show has used for CATALOG_UNUSED_DAYS, and of the rest all but the CATALOG_ROWS_MAX used last. */
void catalog_tidy(struct catalog *catalog, int64_t day);

/* --- for the loader --- */

/* Fills in the functions by which a loader uses this catalogue; good until it is closed. */
void catalog_known(struct catalog *catalog, struct media_known *known);
/* How many files were found so, and how many learned. */
uint64_t catalog_found(const struct catalog *catalog);
uint64_t catalog_learned(const struct catalog *catalog);

#endif
