/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A process that a supervisor starts, joined to it by a socket. It may have been another supervisor
 * that started it, whose place this one took: then it is adopted. Plain data but for the two
 * descriptors, so that it can be handed on (estate.h). Thread: the supervisor's one.
 */
#ifndef PROCESS_CHILD_H
#define PROCESS_CHILD_H

#include "process/ladder.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct child {
    char role[16];
    pid_t pid;                      /* 0: not running */
    pid_t last_pid;                 /* a worker's: of the one that was started last; 0 for the others */
    int socket;                     /* to it, -1: none */
    int pidfd;                      /* of one that is adopted, -1: none */
    bool adopted;                   /* no waitpid tells of its end: see child_adopted_end() */
    struct ladder ladder;
    uint64_t start_at_ns;           /* when it is to be started again; 0: not waiting */
};

void child_init(struct child *child, const char *role);
int child_start(struct child *child);       /* Return: 0; -1: it is to be started in a second */
/* It has ended, which waitpid told or child_adopted_end(). status: as of waitpid, or PIDFD_UNKNOWN. text: "signal 9",
 * "status 1". */
void child_note_death(struct child *child, int status, char *text, size_t size);
void child_start_again(struct child *child);        /* at once, or in a second if it dies too often */
void child_kill(const struct child *child, int signal);

/* Of another supervisor, which is gone. Pre: pid, socket and the rest are as that one had them. */
void child_adopt(struct child *child);
/* Return: whether it is adopted and has ended; *status as of waitpid, or PIDFD_UNKNOWN. */
bool child_adopted_end(const struct child *child, int *status);

#endif
