/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the keeper's two threads share: for keeper.c and keeper_thread.c alone. */
#ifndef PROCESS_KEEPER_THREAD_H
#define PROCESS_KEEPER_THREAD_H

#include "process/keeper.h"
#include "base/strbuf.h"
#include "platform/thread.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/queue.h>

/* To the thread: a message of the engine; MSG_HELLO: take the session named in the payload, which is the engine's; MSG_QUIT. */
struct keeper_job {
    TAILQ_ENTRY(keeper_job) link;
    enum msg_type type;
    uint32_t serial;
    uint64_t epoch;
    size_t size;
    int fd;                         /* owned; -1: none */
    _Alignas(8) char payload[];     /* ends with a NUL beyond its size */
};

/* From the thread: a message to the engine; MSG_PEER: the session's path, with its folder; MSG_SHOW: document and lines. */
struct keeper_letter {
    TAILQ_ENTRY(keeper_letter) link;
    enum msg_type type;
    uint32_t serial;
    struct strbuf document, lines;
    bool lost;                      /* the session's file is gone: there is no document */
    bool dirty;
    uint64_t epoch;
    int fd;                         /* owned; < 0: none */
    size_t size;
    _Alignas(8) char payload[];
};

struct keeper {
    struct keeper_hooks hooks;
    int event;                      /* an eventfd: there are letters */
    char socket[108];
    /* the store's */
    char session[1024];             /* as the last letter said */
    struct strbuf document, lines;  /* the document as the engine has it, if `known` */
    bool known, dirty;
    char note[200];                 /* of the beginning, for the first engine */
    struct thread thread;
    uint64_t epoch;                 /* documents the engine has been given; edits of an older one are nobody's */
    bool silent;                    /* it has been said */
    unsigned silent_edits;          /* how many were said */
    /* the thread's; before there is one, the store's */
    char place[1024];
    struct journal *journal;
    uint64_t opened;                /* epoch of the document it has now */
    uint64_t done;                  /* edits it has taken up */
    /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;         /* there are jobs; or the thread has ended */
    TAILQ_HEAD(, keeper_job) jobs;
    TAILQ_HEAD(, keeper_letter) letters;
    size_t bytes;                   /* in jobs */
    uint64_t given, settled;        /* edits, ever; settled: on the disk, or not kept and that was said */
    uint64_t busy_ns;               /* since when the thread is with the disk; 0: it is not */
    bool ended;
};

void keeper_job_free(struct keeper_job *job);
void keeper_letter_free(struct keeper_letter *letter);
void keeper_init_locks(struct keeper *keeper);
/* Reads session and journal and writes the letters about it. drop: the edits of the show before it are not wanted any more.
 * In the thread, or before there is one. Return: 0, or -1 with err and no letter. */
int keeper_load(struct keeper *keeper, const char *path, const char *given, bool drop, struct err *err);
int keeper_start(struct keeper *keeper, struct err *err);
/* Return: whether the thread has ended by then. */
bool keeper_wait_end(struct keeper *keeper, unsigned ms);

#endif
