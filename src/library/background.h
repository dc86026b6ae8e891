/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measuring in the background: metadata, hashes, peaks, loudness and seek tables of many media (library/measure.h), by
 * workers of its own, which whoever makes them gives idle priority. Peaks are written to their
 * files (library/peakfile.h) as they come; the rest is told. Nothing waits for it, and it gives way:
 *
 *   - no more workers than one fewer than cores, one at least and BACKGROUND_WORKERS_MAX at most;
 *   - while the machine is busier than 70 % (or as it is told) with anything else, until it is below
 *     60 %: looked at once a second; only what someone waits for (background_first) goes on then;
 *   - while it is told to hold, all of it.
 *
 * It holds still between two pieces, so that what is under way when it pauses takes some
 * milliseconds more and goes on later where it was. Files are opened by threads that may hang
 * (media/opener.h). A worker that dies, answers nonsense, is late, met a bad file or whose term is
 * over (media/worker_life.h) is thrown away; its file is tried once more if it merely died.
 *
 * Runs on its owner's one thread, in its poll loop; blocks on nothing but the disk of the cache.
 */
#ifndef LIBRARY_BACKGROUND_H
#define LIBRARY_BACKGROUND_H

#include "library/measure.h"

#include <poll.h>
#include <stdbool.h>

struct background;

enum {
    BACKGROUND_WORKERS_MAX = 8,
    BACKGROUND_FDS_MAX = BACKGROUND_WORKERS_MAX + 1,    /* that background_poll adds */
};

struct background_result {
    uint32_t id;
    const char *path;               /* absolute */
    bool missing, failed;           /* text: why, without the name */
    const struct measures *found;   /* kinds says what was measured now: it may be less than was wanted, for the rest was known */
    const struct media_tags *tags;  /* if found->kinds has MEASURE_TAGS; else NULL */
    const struct seek_table *table; /* if found->kinds has MEASURE_TABLE; else NULL */
    bool peaks_kept;                /* of the file as it is, now or from before */
    const char *text;
};

struct background_hooks {
    /* Kinds that are known already of the file as it is, and need not be measured; NULL: none. Peaks that are kept are known
     * anyway. */
    unsigned (*known)(void *context, const char *path, const struct catalog_stamp *stamp);
    /* Once for each that was wanted (but see loudness_last). Must not call back. */
    void (*told)(void *context, const struct background_result *result);
    /* The machine's load, 0 to 1, without this work's own; NULL: as it is. */
    double (*load)(void *context);
    void *context;
    double pause_load;              /* above it, it pauses, until the load is a tenth less; 0: 0.7 */
    unsigned patience_ms;           /* for an answer of a worker; 0: four times the deadlines of wire/work.h, for it may be
                                     * starved */
    bool loudness_last;             /* it takes long: after all else of all others; then such a medium is told twice */
    bool whole_peaks;               /* kept peaks are looked at as a whole, not by their heads alone: damaged ones are made
                                     * anew */
};

/* peaks: folder of the peak files; NULL: where peakfile_folder() says. Never NULL. */
struct background *background_new(const struct background_hooks *hooks, const char *peaks);
void background_free(struct background *background);    /* closes its workers' sockets, which ends them; half-made files go */

/* id: a small number of the caller's; what was wanted under it is dropped. folder_fd must stay open until it is told or
 * dropped. */
void background_want(struct background *background, uint32_t id, int folder_fd, const char *path, unsigned kinds);
void background_first(struct background *background, uint32_t id);     /* before all others, and whatever the load is */
void background_drop(struct background *background, uint32_t id);      /* it will not be told */
void background_drop_all(struct background *background);
unsigned background_left(const struct background *background);         /* wanted and not told */
double background_share(const struct background *background);          /* of those under way, what is done: 0 to their number */

void background_hold(struct background *background, bool hold);
bool background_paused(const struct background *background);            /* for the load; told apart from hold */

/* How many workers more it could use now. */
int background_lacks(const struct background *background);
/* Whether a file needed a worker that is whole (decode/worker.h) and had a plain one: it waits for another. */
bool background_needs_whole(const struct background *background);
/* As loader_add_worker(). */
void background_add_worker(struct background *background, int socket, int staging, int pid);

/* As loader_poll() and loader_handle(); adds at most BACKGROUND_FDS_MAX entries. */
int background_poll(const struct background *background, struct pollfd *fds, int most, int *timeout_ms);
void background_handle(struct background *background);

#endif
