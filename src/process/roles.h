/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The processes of a show, and how each begins. A role's main gets its socket to whoever
 * started it as descriptor SPAWN_SOCKET and returns its exit status.
 */
#ifndef PROCESS_ROLES_H
#define PROCESS_ROLES_H

#include "process/ladder.h"
#include "process/options.h"

#include <stdio.h>

/* First message of each role, MSG_HELLO. */
struct supervisor_hello {           /* from the front process */
    struct options options;
    bool foreground;                /* `clipgrid run`: says on stderr itself why it cannot start */
};
struct store_hello {                /* descriptors: [0] clip memory, [1] the demand on it, [2] the inputs' past */
    struct options options;
    bool restarted;                 /* the engine has the document already */
};
/* Descriptors: [0] clip memory, [1] the demand on it, [2] listening socket, [3] the inputs' past, [4] resume state, [5] command
 * log. */
struct engine_hello {
    struct options options;
    int supervisor_pid;
    uint32_t rate;                  /* of the engine whose place it is to take, Hz; 0: it is the first */
};
struct engine_go {                  /* MSG_GO */
    struct options options;         /* as they are now */
    int supervisor_pid;             /* as it is now */
    uint64_t generation;            /* engine lives of this show, from 1 */
    uint64_t began_ns;              /* CLOCK_MONOTONIC of the show's first frame; 0: it is yet to come */
    uint32_t rate, channels;        /* of the device, as the engine before asked for it; 0: it had none yet */
    bool silent;                    /* it has died too often: no device but the clock */
    bool ring, state;               /* beside it are: the flight recorder's ring of the engine before, its state segment */
    uint32_t quarantined, quarantine[QUARANTINE_CLIPS];     /* clips that engines have died of */
    char why[80];                   /* what became of the engine before: "signal 9" */
};

int supervisor_main(void);          /* "@supervisor" */
int heir_main(void);                /* "@heir": waits for the supervisor's end, and is the supervisor then */
int store_main(void);               /* "@store" */
int engine_main(void);              /* "@engine" */
int job_main(void);                 /* "@job": started by the store, which sends it MSG_JOB */
int worker_main(void);              /* "@worker": descriptors of MSG_HELLO: [0] staging */

/* Front processes: exit statuses as CONTRACT 2. */
int open_main(const struct args *args);         /* clipgrid [SESSION], clipgrid run, clipgrid attach */
int ctl_main(const struct args *args);          /* ctl, status */
int render_main(const struct args *args);
int replay_main(const struct args *args);
int probe_main(const struct args *args);
int check_main(const struct args *args);
int peaks_main(const struct args *args);
int restore_main(const struct args *args);
int library_main(const struct args *args);      /* import, consolidate, pack, unpack, relink */

/* One line (lines: what it has) to a person who may sit at a terminal: text of strangers does nothing there. */
void front_print(FILE *to, const char *text, bool lines);
/* One line on stderr; Return: status. */
int front_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One line on stderr about the walls that decoders are without, if any (enum sandbox_wall). */
void front_tell_lacks(unsigned lacks);

#endif
