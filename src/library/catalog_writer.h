/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that writes the catalogue, with a connection of its own, so that whoever knows
 * something never waits for a disk or for another program. Changes wait until there are
 * CATALOG_BATCH of them or CATALOG_DELAY_MS have passed, and go into one transaction. One that fails
 * (held by someone, disk full) is tried again later; past CATALOG_WAITING_MAX the newest are dropped:
 * all of it can be made again.
 *
 * Functions: the owner's thread.
 */
#ifndef LIBRARY_CATALOG_WRITER_H
#define LIBRARY_CATALOG_WRITER_H

#include "library/catalog_pen.h"

#include <stdbool.h>
#include <stddef.h>

enum { CATALOG_BATCH = 256, CATALOG_DELAY_MS = 250, CATALOG_WAITING_MAX = 32768, CATALOG_RETRY_MS = 5000 };

struct catalog_writer;

/* path: a catalogue that is up to date. check_ms: after so long, when idle, it looks through the whole file; -1: never. Return:
 * NULL with errno if there is no thread. */
struct catalog_writer *catalog_writer_new(const char *path, int check_ms);
/* Tries to write what waits, for wait_ms at most. left: gets what could not be written, or NULL to drop it. */
void catalog_writer_free(struct catalog_writer *writer, unsigned wait_ms, struct catalog_changes *left);
void catalog_writer_post(struct catalog_writer *writer, struct catalog_change *change);     /* the writer's from now on */
bool catalog_writer_flush(struct catalog_writer *writer, unsigned wait_ms);     /* Return: whether all is written */
bool catalog_writer_damaged(struct catalog_writer *writer);                     /* the file is: it must be replaced */
/* Takes the line about what is in the way of writing. Return: false if there is none that was not taken before. */
bool catalog_writer_take_notice(struct catalog_writer *writer, char *text, size_t size);

#endif
