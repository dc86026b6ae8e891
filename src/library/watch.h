/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watches the media files of a show: one that comes, changes, is replaced or goes is told. Folders
 * are watched by inotify; where that is refused, or sees nothing (network file systems, links,
 * folders that are not there yet), files are looked at every WATCH_POLL_MS.
 *
 * A thread of its own makes every call that could wait for a disk, and lists what it sees; nothing here
 * waits. While a disk hangs nothing is told. All of a burst is told once, WATCH_SETTLE_MS after its first sign;
 * a file being written is told when its writer closes it.
 *
 * Only files that a show names are followed. A file that no clip names is nobody's news: relink and
 * import walk the media folder whenever they are asked, so nothing they know of it can be stale.
 *
 * Thread: the owner's.
 */
#ifndef LIBRARY_WATCH_H
#define LIBRARY_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum { WATCH_POLL_MS = 2000, WATCH_SETTLE_MS = 100 };

struct watch;

enum watch_what { WATCH_ARRIVED, WATCH_CHANGED, WATCH_VANISHED };
struct watch_news {
    uint32_t slot;
    enum watch_what what;
};

/* slots: numbers below it may be followed. poll_ms: WATCH_POLL_MS, less in tests; poll_only: as where inotify is refused.
 * Return: NULL with errno. */
struct watch *watch_new(uint32_t slots, unsigned poll_ms, bool poll_only);
/* Waits for nobody: a thread that hangs frees all when it comes back. */
void watch_free(struct watch *watch);

/* path: absolute. What was followed by this slot before is not any more. */
void watch_follow(struct watch *watch, uint32_t slot, const char *path);
void watch_forget(struct watch *watch, uint32_t slot);
/* What the show has: a later look that differs is news. Without either, the first look counts. */
void watch_loaded(struct watch *watch, const char *path, const struct stat *st);    /* whoever follows this path */
void watch_missing(struct watch *watch, uint32_t slot);

int watch_fd(const struct watch *watch);        /* readable when there is news */
/* Return: false if there is none. No news of a slot after watch_forget() or another watch_follow() of it. */
bool watch_take(struct watch *watch, struct watch_news *news);

#endif
