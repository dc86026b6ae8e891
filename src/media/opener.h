/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening media files where a disk may hang. A call that names a file can wait for ever, and no
 * signal ends the wait; so it is made by one of a few threads, and whoever asked is told later.
 * Nothing here waits: the asker polls, takes answers, and asks again where a disk was silent.
 *
 * A thread that has had no answer for OPENER_SILENT_MS is written off: its ask is answered
 * ERR_BUSY, and so are all asks for files of the same folder until the thread comes back, while
 * others go on with other threads. When all OPENER_THREADS_MAX hang, every ask is answered so.
 *
 * Thread: the owner's (the store's main); the threads behind it touch no memory but their own asks.
 */
#ifndef MEDIA_OPENER_H
#define MEDIA_OPENER_H

#include "base/err.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    OPENER_ASKS_MAX = 16,           /* under way; more are refused */
    OPENER_THREADS_MAX = 16,        /* of these at most 4 do not hang */
    OPENER_SILENT_MS = 1000
};

struct opener;

enum opener_want { OPENER_OPEN /* as media_file_open() */, OPENER_STAT /* the facts alone; fd stays -1 */ };

struct opener_answer {
    uint64_t tag;                   /* of the ask */
    bool found;                     /* false: err says why */
    int fd;                         /* read-only, close-on-exec, the taker's; -1: none */
    int64_t bytes, mtime_ns, ctime_ns;      /* of the file; CLOCK_REALTIME */
    uint64_t device, inode;
    struct err err;                 /* without the name. ERR_UNKNOWN: no such file; ERR_BUSY: its disk does not answer, ask
                                     * again in a while; else ERR_IO */
};

/* Return: NULL with errno if there is not even one thread or descriptor to be had. */
struct opener *opener_new(void);
/* Waits for nobody: a thread that hangs frees what is left when it comes back. */
void opener_free(struct opener *opener);

/* Asks for a regular file: path as media_file_open() takes it; folder_fd need not outlive this call. tag: any number that is
 * not under way. Return: 0, or -1 with errno (EAGAIN: OPENER_ASKS_MAX are under way, take answers first). */
int opener_ask(struct opener *opener, enum opener_want want, uint64_t tag, int folder_fd, const char *path);
/* The answer with this tag will not come. */
void opener_forget(struct opener *opener, uint64_t tag);
/* Return: false if there is no answer now. */
bool opener_take(struct opener *opener, struct opener_answer *answer);
unsigned opener_room(struct opener *opener);            /* how many asks it would take now */
unsigned opener_silent(struct opener *opener);          /* how many threads hang now; 0: every disk answers */

/* For the caller's poll: one entry, and *timeout_ms (-1: none) is lowered to when a silence is to be noticed. Whatever comes
 * of the poll, call opener_take() until it has nothing. */
void opener_poll(struct opener *opener, struct pollfd *fd, int *timeout_ms);

#endif
