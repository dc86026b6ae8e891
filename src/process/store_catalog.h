/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the store knows of media from earlier, and what becomes of them while the show runs: joins
 * catalogue (library/catalog.h), watch (library/watch.h), loader and engine. In the store's poll loop;
 * waits for nothing.
 *
 * A file that comes, changes or goes is told to the engine (MSG_MEDIA_CHANGED), which then wants it
 * in another slot: what sounds goes on from the old one. At most NEWS_AT_ONCE a turn, so that slots suffice.
 */
#ifndef PROCESS_STORE_CATALOG_H
#define PROCESS_STORE_CATALOG_H

#include "media/known.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct catalog;
struct loader;
struct media_info;
struct watch;

struct store_catalog {
    struct catalog *catalog;
    struct watch *watch;            /* NULL: nothing is noticed */
    struct media_known known;       /* the catalogue's */
    uint64_t pass_ns;               /* when more news may be passed on */
    char text[200];                 /* for the operator, once there is an engine */
};

void store_catalog_open(struct store_catalog *about);
void store_catalog_close(struct store_catalog *about);
void store_catalog_serve(struct store_catalog *about, struct loader *loader);      /* a new loader uses it */
/* With loader_want() and loader_drop(). */
void store_catalog_want(struct store_catalog *about, uint32_t slot, int folder_fd, const char *path);
void store_catalog_drop(struct store_catalog *about, uint32_t slot);
void store_catalog_told(struct store_catalog *about, const struct media_info *info);    /* by the loader */
/* Files that a worker had to open, and files whose facts were in the catalogue. */
void store_catalog_count(const struct store_catalog *about, uint64_t *opened, uint64_t *from_catalogue);
/* For the caller's poll; *timeout_ms is lowered. Return: entries added, at most 1. */
int store_catalog_poll(const struct store_catalog *about, struct pollfd *fds, int *timeout_ms);
/* After poll, also when nothing came. engine: socket, -1: none. */
void store_catalog_handle(struct store_catalog *about, int engine);

#endif
