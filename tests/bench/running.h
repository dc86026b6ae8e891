/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program itself ($CLIPGRID, by default ./clipgrid), running a made show on the clock device
 * at 48000 Hz, 64 x 2, on a socket of its own and with empty XDG folders; and a client of it with
 * the state segment. A failure ends the show and the program with a sentence.
 */
#ifndef BENCH_RUNNING_H
#define BENCH_RUNNING_H

#include "made_show.h"
#include "process/client.h"
#include "wire/state.h"

#include <stdbool.h>
#include <sys/types.h>

enum { RUNNING_RATE = 48000, RUNNING_PERIOD = 64 };

struct running {
    pid_t pid;                              /* the supervisor */
    char socket[64];
    struct client_link link;
    const struct state_segment *state;
};

const char *running_program(void);
/* A program of tests/tools ($TOOLS, by default ./tests/tools). The next call overwrites it. */
const char *running_tool(const char *name);
/* HOME and the XDG folders inside the show's folder: for everything started from now on. */
void running_isolate(const struct made_show *show);
/* Starts it and waits until it answers. config: text of its clipgrid.conf. */
void running_begin(struct running *running, struct made_show *show, const char *config);
void running_await(struct running *running);            /* until every medium is loaded */
/* Both. */
void running_start(struct running *running, struct made_show *show, const char *config);
void running_stop(struct running *running);
/* Does a command that must not be refused. */
void running_do(struct running *running, const char *command, ...) __attribute__((format(printf, 2, 3)));
void running_live(const struct running *running, struct state_live *live);
void running_desk(const struct running *running, struct state_desk *desk);
/* Presses the first `count` cells of tab 1 and waits until so many voices sound. */
void running_press_beds(struct running *running, int count, int columns);
/* Nanoseconds of processor time a thread of the engine has used; thread "": its main thread. */
uint64_t running_thread_ns(const struct running *running, const char *thread);

#endif
