/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What background.c (who works on what, and when) and background_work.c (one worker and its file)
 * share. A want waits, is worked on by one hand, or is told and gone. A hand is free, opens its
 * file, waits for an answer, or is held between two pieces.
 */
#ifndef LIBRARY_BACKGROUND_INSIDE_H
#define LIBRARY_BACKGROUND_INSIDE_H

#include "library/background.h"
#include "media/worker_life.h"
#include "platform/load.h"

#include <limits.h>
#include <sys/queue.h>

struct opener;
struct opener_answer;
struct peakfile_writer;

struct want {
    enum { WANT_WAITING, WANT_WORKED } state;
    uint32_t id;
    int folder_fd;
    char *path;                 /* owned */
    unsigned kinds, deaths;
    unsigned sent_on;           /* workers that said that another one has its decoder */
    unsigned later;             /* kinds to be found when `kinds` are */
    bool urgent;
    TAILQ_ENTRY(want) link;     /* while waiting */
};

struct hand {                   /* one worker */
    int socket;
    struct worker_life life;
    void *staging;
    enum { HAND_FREE, HAND_OPENING, HAND_BUSY, HAND_HELD } state;
    struct want *want;          /* NULL while free, and if it was dropped while busy */
    uint64_t tag;               /* of the opening */
    uint64_t deadline_ns;       /* while busy */
    struct measure_job job;     /* while busy or held; its serial always */
    struct peakfile_writer *writer;
    char path[PATH_MAX];        /* absolute */
    bool peaks_kept;
    char note[200];             /* why peaks cannot be kept, or "" */
};

struct background {
    struct background_hooks hooks;
    char peaks[PATH_MAX];       /* "": nowhere */
    struct opener *opener;      /* NULL: none could be had */
    uint64_t tags;
    struct want **want;         /* by id */
    uint32_t wants;             /* room of it */
    TAILQ_HEAD(, want) waiting;
    unsigned left, waiting_count;
    struct hand hand[BACKGROUND_WORKERS_MAX];
    int hands;
    bool held, paused;
    bool needs_whole;           /* a plain worker would not do for some file */
    struct load_meter meter;
    uint64_t look_ns, rest_until_ns, idle_since_ns;     /* next look at the load; 0: now, none, not idle */
    struct msg msg;
};

/* background.c: wants and hands */
void background_wait(struct background *background, struct want *want, bool at_once);
void background_unwait(struct background *background, struct want *want);
void background_forget(struct background *background, struct want *want);          /* frees it */
bool background_may_go(const struct background *background, const struct want *want);
void background_remove_hand(struct background *background, struct hand *hand);     /* kills it; the last hand takes its place */

/* background_work.c: what a hand does */
void hand_open(struct background *background, struct hand *hand, struct want *want);
void hand_opened(struct background *background, struct hand *hand, struct opener_answer *answer);
void hand_go_on(struct background *background, struct hand *hand);     /* asks for the next piece, or holds still */
void hand_release(struct hand *hand);                                  /* from its file, which the worker closes */
/* Return: true if it was late and another hand, or none, stands in its place now. */
bool hand_late(struct background *background, struct hand *hand, uint64_t now);
/* Return: false if one does. */
bool hand_receive(struct background *background, struct hand *hand);

#endif
