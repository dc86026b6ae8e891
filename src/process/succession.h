/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Engines, one after the other: the one that sounds, the one that stands by, and what the
 * supervisor keeps from one life to the next. At the engine's death the standby one is told to go
 * on (MSG_GO), and another one is started to stand by. Nothing in what is kept is looked into, but the number of
 * the last period and the clip that was being made, for the watchdog and for the charge.
 *
 * Thread: the supervisor's one.
 */
#ifndef PROCESS_SUCCESSION_H
#define PROCESS_SUCCESSION_H

#include "process/child.h"
#include "process/options.h"
#include "base/err.h"
#include "wire/msg.h"

#include <stdbool.h>

#define SUCCESSION_STALL_NS UINT64_C(2000000000)        /* without a period made: the engine is replaced */

struct resume;

enum {
    SUCCESSION_SHARED = 4,              /* clip memory, demand, listening socket, inputs: as MSG_HELLO has them */
    SUCCESSION_FDS = SUCCESSION_SHARED + 2      /* and the resume state and the command log */
};

/* What an engine leaves to the next: the flight recorder's ring, and that of the engine before it; the state segment. */
enum succession_left { SUCCESSION_RING, SUCCESSION_RING_BEFORE, SUCCESSION_STATE, SUCCESSION_LEFT };

/* What is known of engines past and present, beside the processes. Plain data: an heir gets it (estate.h). */
struct succession_kept {
    struct msg_began began;             /* as the last engine said */
    uint64_t generation;                /* of the engine */
    struct quarantine quarantine;
    bool silent;                        /* too many deaths: until there is none for LADDER_WINDOW_NS */
    uint64_t silent_until_ns;
    bool leaving;                       /* the engine has said so */
    bool stalled;                       /* it was killed for it */
    char why[80];                       /* what became of the last engine */
};

struct succession {
    struct child engine, standby;
    int shared[SUCCESSION_FDS];         /* what every engine gets */
    pid_t heir_pid;                     /* that engines are told of; 0: there is none */
    struct resume *resume;              /* mapped read-only */
    struct succession_kept kept;
    int left[SUCCESSION_LEFT];          /* -1: none */
    uint64_t sequence, moved_ns;        /* of the last period seen, and when */
};

/* Makes what is kept. Return: 0, or -1 with err. */
int succession_init(struct succession *succession, const int shared[SUCCESSION_SHARED], struct err *err);
/* Takes over from a supervisor that is gone: the two as that one had them, with our descriptors. Return: 0, or -1 with errno. */
int succession_inherit(struct succession *succession, const int shared[SUCCESSION_FDS], const struct succession_kept *kept,
                       const struct child *engine, const struct child *standby);
/* Starts whoever is missing: the engine, by the standby one if there is one, and a standby one if `ready`. Return: whether there
 * is another engine, which waits for succession_let_go() and has to be joined to the store. */
bool succession_start(struct succession *succession, const struct options *options, bool ready, uint64_t now_ns);
/* The engine is the show's now. Said again it changes nothing. */
void succession_let_go(const struct succession *succession, const struct options *options);
void succession_tell(const struct succession *succession);      /* the engine, who else is there */
/* A message of the engine that is about this. Return: false: it is not. */
bool succession_take(struct succession *succession, const struct msg *msg);
/* It has ended; status: as child_note_death has it. Return: false: it is neither of the two. */
bool succession_note_death(struct succession *succession, pid_t pid, int status, bool quitting);
/* Kills an engine that makes no period any more. */
void succession_watch(struct succession *succession, uint64_t now_ns);

#endif
