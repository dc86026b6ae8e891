/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The show's workers, as the supervisor keeps them: it starts them, hands them to the store, and
 * starts another one for each that ends. Thread: the supervisor's one.
 */
#ifndef PROCESS_CREW_H
#define PROCESS_CREW_H

#include "process/child.h"
#include "process/spares.h"

enum { CREW_MAX = SPARES_ACTIVE_MAX + SPARES_WARM, CREW_BACKGROUND = 8 };

struct crew {
    struct child worker[CREW_MAX];
    int workers;
    pid_t background[CREW_BACKGROUND];  /* of idle priority, that are ended with the show; 0: none */
};

/* store: the socket to it, -1: there is none now. */
void crew_start(struct crew *crew, int store);
void crew_start_due(struct crew *crew, int store, uint64_t now_ns);
void crew_next_due(const struct crew *crew, uint64_t *next_ns);     /* lowers it to when the next is to be started */
/* The end of its term, or of its file's: no death to be counted, and none to be waited for. */
void crew_replace(struct crew *crew, int store, pid_t pid);
struct child *crew_find(struct crew *crew, pid_t pid);              /* Return: NULL: it is none of them */
void crew_kill(struct crew *crew);
/* One of idle priority, that nobody watches: the store asks for another one when it needs one. */
void crew_start_background(struct crew *crew, int store);
void crew_forget(struct crew *crew, pid_t pid);             /* it has been reaped, and may be one of idle priority */
void crew_inherit(struct crew *crew);                       /* they were another supervisor's, which is gone */

#endif
