/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The heir, as the supervisor keeps it: a process that waits beside it, has duplicates of all its
 * descriptors, and is told of each change before anybody acts on it. When the supervisor dies it is the
 * supervisor: nothing else ends, and nothing is heard of it. Thread: the supervisor's one.
 */
#ifndef PROCESS_HEIR_H
#define PROCESS_HEIR_H

#include "process/estate.h"

struct heir {
    struct child child;
    struct estate told;                 /* the last that was sent, as far as `child` runs */
};

void heir_init(struct heir *heir);
/* Starts one if there is none and it is due. shared: as engines get it. Return: whether it has begun, and waits for heir_tell(). */
bool heir_start(struct heir *heir, const int shared[SUCCESSION_FDS], uint64_t now_ns);
/* If it is another one than it was told last. estate: with our sockets. lock: ours. Never waits: an heir that does not read is
 * killed. */
void heir_tell(struct heir *heir, const struct estate *estate, int lock);
bool heir_note_death(struct heir *heir, pid_t pid, int status);     /* Return: false: it is not the heir's */
void heir_dismiss(struct heir *heir);   /* the show is over: ends it, and waits for that */

#endif
