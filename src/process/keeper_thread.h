/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the keeper's two threads share, for the keeper's files alone: keeper.c is the store's side, keeper_memory.c what it
 * remembers, keeper_thread.c the thread and what it reads, keeper_journal.c the edits, keeper_save.c the session's file.
 */
#ifndef PROCESS_KEEPER_THREAD_H
#define PROCESS_KEEPER_THREAD_H

#include "process/keeper.h"
#include "base/strbuf.h"
#include "platform/thread.h"
#include "session/journal.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>
#include <time.h>

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

enum { KEEPER_RETRY_MS = 1000, KEEPER_LOOK_MS = 2000, KEEPER_LONG = 1500, KEEPER_STEP = 250, KEEPER_UNDO = 1000,
       KEEPER_SAVES = 8, KEEPER_AUTOSAVE_S = 900 };
#define KEEPER_NOT_SAVED SIZE_MAX       /* the document before the lines is what the file has, unless it is dirty */

/* From the thread: a message to the engine; MSG_PEER: the session's path, with its folder; MSG_SHOW: document and lines;
 * MSG_JOURNAL_DOCUMENT: what they are in a journal that was taken up or made shorter. */
struct keeper_letter {
    TAILQ_ENTRY(keeper_letter) link;
    enum msg_type type;
    uint32_t serial;
    struct strbuf document, lines;
    bool lost;                      /* the session's file is gone: there is no document */
    bool dirty;
    uint32_t last;                  /* number of the last edit in it */
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
    bool known, dirty;              /* dirty: the document itself is in no file */
    bool recalled;                  /* from the journal alone: a new engine's is read and held against the file once more */
    uint32_t serial;                /* of the last edit in `lines`, or in the document */
    size_t saved_at;                /* the session was saved behind so many bytes of the lines, or KEEPER_NOT_SAVED */
    struct keeper_saving { uint32_t serial; size_t at; } save[KEEPER_SAVES];   /* under way; serial 0: none */
    char note[400];                 /* of the beginning, for the first engine */
    struct thread thread;
    uint64_t epoch;                 /* documents the engine has been given; edits of an older one are nobody's */
    bool silent;                    /* it has been said */
    unsigned silent_edits;          /* how many were said */
    /* the thread's; before there is one, the store's */
    char place[1024];
    struct journal *journal;        /* NULL: it cannot be had; tried again */
    struct journal *left;           /* of the file that the last save left, until whoever asked for that has to know: NULL: none */
    uint64_t left_ns;               /* when that is, if nothing more is asked for */
    uint64_t hash;                  /* of the session's file as it was read or written last; 0: there is none */
    struct keeper_seen { ino_t inode; off_t bytes; struct timespec changed; } seen;       /* of that file */
    bool changed_told;              /* that another program has changed it */
    TAILQ_HEAD(, keeper_job) held;  /* edits that could not be written, in order; tried again */
    unsigned held_count, held_told;
    bool lacks_undo;                /* the journal began anew, from a document alone */
    uint64_t retry_ns;              /* when; 0: nothing to try */
    uint64_t autosave_ns;           /* when the next is due */
    uint32_t autosaved;             /* number of the last edit in the last one */
    uint64_t look_ns;               /* when to look at the session's file again */
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

/* Letters. Thread: the keeper's, or before there is one. */
void keeper_notice(struct keeper *keeper, const char *text);
void keeper_answer(struct keeper *keeper, enum msg_type type, uint32_t serial, const struct err *err, const char *path);
/* ok, with a descriptor, given away. */
void keeper_answer_with(struct keeper *keeper, enum msg_type type, uint32_t serial, const char *text, int fd);
void keeper_tell_kept(struct keeper *keeper, uint32_t serial, uint32_t state);          /* MSG_KEPT_* */
/* serial: of the save that made it so; 0: another show's file, or the first. folder: of the session's file, given away. */
void keeper_tell_place(struct keeper *keeper, uint32_t serial, int folder);
/* The journal holds this now; the document is given away. */
void keeper_tell_journal(struct keeper *keeper, struct strbuf *document, const char *lines, uint32_t serial, bool dirty);

/* keeper_memory.c: the document as the engine has it. Thread: the store's main. */
int keeper_show_fd(const struct keeper *keeper, struct err *err);       /* document and lines. Return: a memfd, or -1 with err */
void keeper_forget(struct keeper *keeper);
void keeper_remember_line(struct keeper *keeper, const struct msg *msg);
/* What is remembered of the same document, with its undo, takes its place in the message. */
void keeper_remember_document(struct keeper *keeper, struct msg *msg);
void keeper_remember_saving(struct keeper *keeper, uint32_t serial);    /* the lines so far are what this save writes */
void keeper_remember_moved(struct keeper *keeper, uint32_t serial, const char *path);    /* which put the show's file there */
void keeper_remember_saved(struct keeper *keeper, uint32_t serial, bool saved);
void keeper_remember_show(struct keeper *keeper, struct keeper_letter *letter);         /* its texts are given away */
void keeper_remember_journal(struct keeper *keeper, struct keeper_letter *letter);      /* likewise */

/* keeper_journal.c */
bool keeper_edit(struct keeper *keeper, struct keeper_job *job);        /* Return: whether it keeps the job, which has to wait */
void keeper_retry(struct keeper *keeper);
void keeper_drop_held(struct keeper *keeper);
void keeper_let_go(struct keeper *keeper);      /* of the journal that was left; before it could be wanted again */
void keeper_sync(struct keeper *keeper);
void keeper_autosave(struct keeper *keeper);    /* unsaved edits become a backup, if there are new ones */
void keeper_shorten(struct keeper *keeper);     /* the journal, if it has grown long */
/* The journal of this session, instead of the one before. past: as journal_open; NULL: what it holds is put aside, and it begins
 * anew. note: 200 bytes. */
void keeper_take_journal(struct keeper *keeper, struct journal_past *past, char *note);
/* If it is not there any more as it was written, the engine is asked for all of it. */
void keeper_guard_journal(struct keeper *keeper, uint32_t serial);

/* keeper_save.c */
void keeper_save(struct keeper *keeper, const struct keeper_job *job);
void keeper_restore(struct keeper *keeper, const struct keeper_job *job);
void keeper_see(struct keeper *keeper, uint64_t hash);  /* the session's file is as we know it */
void keeper_look(struct keeper *keeper);        /* whether another program has changed it: said once */
void keeper_take_place(struct keeper *keeper, const char *path, uint32_t serial);     /* serial: as keeper_tell_place() */

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
