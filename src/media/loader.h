/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader: keeps in clip memory what is needed of the media that are wanted. It opens files
 * (regular files only, read-only, never followed out of what they are), hands each to a worker,
 * checks what comes back, cleans NaN, infinity and absurd levels in its own copy, converts a file
 * whose rate is not the chain's, folds more than two channels down, and publishes. It trusts no
 * worker.
 *
 * What is resident (SPEC D3): what voices read in the next seconds, as the demand tells it; the
 * *head* of every clip, which is the sound from IN and from each marker on, as long as half the
 * memory holds them (media/budget.h); then what is likely to be played next; then all media
 * whole, as far as there is room. A show that fits in memory is there whole. What is not needed
 * makes room, the unlikeliest first. Work is done in pieces, each time the most urgent.
 *
 * Runs on the store's one thread: everything happens in loader_handle, driven by poll; nothing
 * blocks but reading staging memory, and opening files unless loader_open_apart() was called. `clipgrid render` runs the same
 * code.
 *
 * A worker that dies, answers nonsense or misses its deadline is killed and forgotten, and so is
 * one whose term is over (worker_life.h); whoever made it gives the loader a new one. The file it
 * had is broken with that reason, but a worker that merely died may have been killed from outside,
 * and one that did not even compute may have waited for a disk: its file gets a second one first.
 */
#ifndef MEDIA_LOADER_H
#define MEDIA_LOADER_H

#include "base/err.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct clipmem;
struct demand;
struct loader;
struct media_known;
struct msg_media_clip;

enum { LOADER_WORKERS_MAX = 16 };

/* LOADING: facts are known. READY: it can be played; told again when that changes: its head has come or gone (cold), it proved
 * cut short, samples of it were put right. A READY medium may break. */
enum media_state { MEDIA_LOADING, MEDIA_READY, MEDIA_MISSING, MEDIA_BROKEN };
struct media_info {
    enum media_state state;
    uint32_t slot;
    uint32_t file_rate, channels;       /* of the file; 0 while unknown */
    bool cold;                          /* READY, but there is no room for its heads now: a start may be late */
    int64_t file_frames;                /* may become less: the file is cut short */
    char text[200];                     /* why missing or broken; a warning (cut short) when ready */
};
/* Must not call back into the loader. */
typedef void loader_told(void *context, const struct media_info *info);
/* The loader is done with this worker, which has had a file at least once, and is dead or has been sent SIGKILL (which does
 * not end one that hangs with a disk). Must not call back into the loader. */
typedef void loader_lost(void *context, int pid);

/* memory: mapped writable, the caller's. told is called from loader_handle. */
struct loader *loader_new(struct clipmem *memory, loader_told *told, void *context);
void loader_free(struct loader *loader);    /* closes its workers' sockets, which ends them */
/* How long a worker may take to open a file and to answer a read; default WORK_*_DEADLINE_MS of wire/work.h. */
void loader_set_deadlines(struct loader *loader, unsigned open_ms, unsigned read_ms);
void loader_set_known(struct loader *loader, const struct media_known *known);  /* copied; NULL functions: nothing is known */
void loader_set_lost(struct loader *loader, loader_lost *lost);     /* with the context of `told`; NULL: nobody is told */
/* Files are opened by threads that may hang with a disk (opener.h), not by the caller's. Return: whether there are such. */
bool loader_open_apart(struct loader *loader);
unsigned loader_silent(const struct loader *loader);    /* how many opens hang with a disk now */
/* A worker, with its socket (made non-blocking) and staging memfd; both are the loader's from now on, also if it does not take
 * them: there are LOADER_WORKERS_MAX already or the memfd is not what work_make_staging() makes. pid: for kill. */
void loader_add_worker(struct loader *loader, int socket, int staging, int pid);
/* Fills in at most `most` process ids (pids may be NULL with most 0). Return: how many workers there are. */
int loader_workers(const struct loader *loader, uint32_t *pids, int most);
/* What voices read; must live as long as the loader. NULL (at first): none does. */
void loader_set_demand(struct loader *loader, const struct demand *demand);
/* path: absolute or relative to folder_fd's folder (AT_FDCWD allowed), which the caller may close. A slot that is in use is
 * dropped first, unless it was loaded for this rate before this loader was made: then it is kept. */
void loader_want(struct loader *loader, uint32_t slot, int folder_fd, const char *path);
/* Where a clip starts, or that it is gone. A medium of no clip starts at its beginning. */
void loader_clip(struct loader *loader, const struct msg_media_clip *clip);
void loader_played(struct loader *loader, uint32_t clip);   /* prediction learns from it */
void loader_first(struct loader *loader, uint32_t slot);    /* somebody waits for its head: before all but voices */
void loader_first_at(struct loader *loader, uint32_t slot, int64_t file_frame);     /* the same, to start it there */
void loader_drop(struct loader *loader, uint32_t slot);     /* its memory is free from now on, clips of it are forgotten */
unsigned loader_left(const struct loader *loader);      /* how many that are wanted are neither ready nor failed */
bool loader_idle(const struct loader *loader);          /* none is, and there is nothing to do for the others */
/* walls its workers are without, as far as is known (enum sandbox_wall) */
unsigned loader_lacks(const struct loader *loader);
/* For a process that plays slower than it loads (render). Whether a voice lacks some of its next frames, or what somebody waits
 * for (loader_first) its head. If loader_idle() says at the same time that nothing can be done, memory is too small for it. */
bool loader_behind(struct loader *loader, uint32_t frames);
bool loader_has_all(const struct loader *loader);       /* every medium that has not failed is resident whole */
struct loader_count {
    uint32_t heads, cold;               /* media that are ready with their heads resident, and without */
    uint64_t budget_bytes, resident_bytes;      /* clip memory; what is taken of it */
};
void loader_count(const struct loader *loader, struct loader_count *count);
/* To be called about once a second. Gives the machine back what is free, 64 MiB at most, when there is nothing else to do or
 * it is short of memory. Then the unlikeliest media make room, too, but neither what sounds, nor heads, nor the likeliest;
 * and nothing but heads and what voices need is loaded until it is not short any more. Return: bytes that went back. */
uint64_t loader_give_way(struct loader *loader, bool is_short);
/* Load is too great to load ahead: nothing but heads and what voices need is loaded until it is not. */
void loader_yield(struct loader *loader, bool yielding);
/* For the caller's poll: adds at most `most` entries. Return: entries added; *timeout_ms (-1: none) is lowered to the next
 * deadline. */
int loader_poll(const struct loader *loader, struct pollfd *fds, int most, int *timeout_ms);
/* After poll, with what it filled in (or with nothing: then every worker is looked at). */
void loader_handle(struct loader *loader, const struct pollfd *fds, int count);

#endif
