/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a supervisor holds together, for the two files that make one: supervisor.c, and
 * inheritance.c, by which it is followed by another one and follows one. Thread: its one.
 */
#ifndef PROCESS_SUPERVISOR_H
#define PROCESS_SUPERVISOR_H

#include "process/estate.h"
#include "process/heir.h"

#include <stdbool.h>

enum { SUPERVISOR_ADOPTED = 3 + CREW_MAX };     /* that may be another one's children: engine, standby, store, workers */

struct supervisor {
    struct options options;
    bool foreground, ready, quitting;
    bool met;                       /* the first engine has been shown the first store */
    pid_t introduced[2];            /* engine and store that have been shown to each other last */
    uint64_t hold_until_ns;         /* it has just taken over: until then nothing is concluded of an end; 0: long ago */
    uint64_t quit_by_ns;
    uint64_t alive_due_ns;          /* when the engine is asked whether it lives; 0: nobody wants to know */
    int front;                      /* to the front process, -1 once told */
    int lock, signals, reaped;      /* reaped: reaper.h */
    int status;                     /* exit status */
    struct succession succession;
    struct child store;
    struct crew crew;
    struct heir heir;
};

/* --- supervisor.c --- */
void supervisor_begin_quit(void);
void supervisor_introduce(void);        /* joins engine and store by a fresh pair */
void supervisor_note_end(pid_t pid, int status);        /* of a process; status: of waitpid, or PIDFD_UNKNOWN */

/* --- inheritance.c --- */
void inheritance_tell(struct supervisor *self);         /* the heir, what is another one now */
void inheritance_start_heir(struct supervisor *self, uint64_t now_ns);     /* if there is none */
/* Takes the place of the one that left this. Return: 0, or -1 with errno. */
int inheritance_take(struct supervisor *self, const struct estate *estate, const int shared[SUCCESSION_FDS],
                     const int fd[ESTATE_FDS]);
int inheritance_list(struct supervisor *self, struct child *list[SUPERVISOR_ADOPTED]);  /* Return: how many are adopted */
void inheritance_look(struct supervisor *self, uint64_t now_ns);       /* which of them have ended */

#endif
