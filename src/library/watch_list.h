/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is watched, as the watching thread knows it: files by slot and by path, their folders, and
 * which of them are to be looked at. Every call may wait for a disk. One thread: watch.c's.
 */
#ifndef LIBRARY_WATCH_LIST_H
#define LIBRARY_WATCH_LIST_H

#include "library/watch.h"

#include <stddef.h>

struct watch_list;
/* Must not call the list. serial: as given to watch_list_follow(). */
typedef void watch_tell(void *context, uint32_t slot, uint32_t serial, enum watch_what what);

/* inotify: a descriptor, non-blocking, the caller's; -1: none. */
struct watch_list *watch_list_new(uint32_t slots, int inotify, watch_tell *tell, void *context);
void watch_list_free(struct watch_list *list);

void watch_list_follow(struct watch_list *list, uint32_t slot, uint32_t serial, const char *path);
void watch_list_forget(struct watch_list *list, uint32_t slot);
void watch_list_loaded(struct watch_list *list, const char *path, const struct stat *st);
void watch_list_missing(struct watch_list *list, uint32_t slot);

void watch_list_read(struct watch_list *list);      /* takes what inotify has */
bool watch_list_due(const struct watch_list *list); /* files are to be looked at */
void watch_list_look(struct watch_list *list);      /* at all of these; tells */
void watch_list_poll(struct watch_list *list);      /* marks what inotify does not see; looks after folders */

#endif
