/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader: turns files into blocks of clip memory. It opens media files (regular files only,
 * read-only, never followed out of what they are), hands each to a worker, checks what comes
 * back, cleans NaN, infinity and absurd levels in its own copy, converts a file whose rate is
 * not the chain's, folds more than two channels down, and publishes. It trusts no worker.
 *
 * Runs on the store's one thread: everything happens in loader_handle, driven by poll; nothing
 * blocks but reading staging memory. `clipgrid render` and `probe` run the same code in theirs.
 */
#ifndef MEDIA_LOADER_H
#define MEDIA_LOADER_H

#include "base/err.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct clipmem;
struct loader;

enum media_state { MEDIA_LOADING /* facts known */, MEDIA_READY, MEDIA_MISSING, MEDIA_BROKEN, MEDIA_NO_ROOM };
struct media_info {
    enum media_state state;
    uint32_t slot;
    uint32_t file_rate, channels;       /* of the file; 0 while unknown */
    int64_t file_frames;
    char text[200];                     /* why missing or broken; a warning (cut short) when ready */
};
typedef void loader_told(void *context, const struct media_info *info);

/* memory: mapped writable; chain_rate: the device's. told is called from loader_handle. */
struct loader *loader_new(struct clipmem *memory, uint32_t chain_rate, loader_told *told, void *context);
void loader_free(struct loader *loader);
/* A worker, with its socket (owned from now on, made non-blocking) and staging memfd. pid for kill at its deadline. */
void loader_add_worker(struct loader *loader, int socket, int staging, int pid);
int loader_workers(const struct loader *loader, uint32_t *pids, int most);
/* path: absolute or relative to folder_fd's folder (AT_FDCWD allowed). */
void loader_want(struct loader *loader, uint32_t slot, int folder_fd, const char *path);
void loader_first(struct loader *loader, uint32_t slot);
void loader_drop(struct loader *loader, uint32_t slot);
bool loader_idle(const struct loader *loader);          /* nothing wanted is unfinished */
/* For the caller's poll: adds at most `most` entries. Return: entries added; *timeout_ms is lowered to its next deadline. */
int loader_poll(const struct loader *loader, struct pollfd *fds, int most, int *timeout_ms);
void loader_handle(struct loader *loader, const struct pollfd *fds, int count);

#endif
