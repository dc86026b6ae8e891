/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The processes of a show, and how each begins. A role's main gets its socket to whoever
 * started it as descriptor SPAWN_SOCKET and returns its exit status.
 */
#ifndef PROCESS_ROLES_H
#define PROCESS_ROLES_H

#include "process/options.h"

#include <stdio.h>

/* First message of each role, MSG_HELLO. */
struct supervisor_hello {           /* from the front process */
    struct options options;
    bool foreground;                /* `clipgrid run`: says on stderr itself why it cannot start */
};
struct store_hello {                /* descriptors: [0] clip memory, [1] the demand on it */
    struct options options;
    bool restarted;                 /* the engine has the document already */
};
struct engine_hello {               /* descriptors: [0] clip memory, [1] the demand on it, [2] listening socket */
    struct options options;
    uint64_t generation;            /* engine lives of this show, from 1 */
    uint64_t began_ns;              /* CLOCK_MONOTONIC of the show's first frame; 0: it is yet to come */
    int supervisor_pid;
};

int supervisor_main(void);          /* "@supervisor" */
int store_main(void);               /* "@store" */
int engine_main(void);              /* "@engine" */
int job_main(void);                 /* "@job": started by the store, which sends it MSG_JOB */
int worker_main(void);              /* "@worker": descriptors of MSG_HELLO: [0] staging */

/* Front processes: exit statuses as CONTRACT 2. */
int open_main(const struct args *args);         /* clipgrid [SESSION], clipgrid run, clipgrid attach */
int ctl_main(const struct args *args);          /* ctl, status */
int render_main(const struct args *args);
int probe_main(const struct args *args);
int check_main(const struct args *args);
int peaks_main(const struct args *args);
int library_main(const struct args *args);      /* import, consolidate, pack, unpack, relink */

/* One line (lines: what it has) to a person who may sit at a terminal: text of strangers does nothing there. */
void front_print(FILE *to, const char *text, bool lines);
/* One line on stderr; Return: status. */
int front_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One line on stderr about the walls that decoders are without, if any (enum sandbox_wall). */
void front_tell_lacks(unsigned lacks);

#endif
