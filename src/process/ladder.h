/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often something may die by its own fault (SPEC S2): the ladder of restarts, and the
 * quarantine of clips. Pure: the time is an argument, ns of a clock that never goes back.
 *
 * Only deaths of its own fault count. Whoever is killed from outside may be killed for ever, is
 * back each time, and charges no clip.
 */
#ifndef PROCESS_LADDER_H
#define PROCESS_LADDER_H

#include <stdbool.h>
#include <stdint.h>

enum { LADDER_DEATHS = 5, QUARANTINE_CHARGES = 64, QUARANTINE_CLIPS = 64 };
#define LADDER_WINDOW_NS UINT64_C(60000000000)
#define QUARANTINE_WINDOW_NS UINT64_C(600000000000)

struct ladder {
    uint64_t death_ns[LADDER_DEATHS];   /* a ring */
    unsigned deaths;                    /* ever */
};
/* One more death. Return: whether more than LADDER_DEATHS fell within LADDER_WINDOW_NS. */
bool ladder_note(struct ladder *ladder, uint64_t now_ns);

struct charge {
    uint64_t at_ns;                     /* 0: none */
    uint32_t clip;
};
struct quarantine {
    struct charge charge[QUARANTINE_CHARGES];       /* a ring: an older one than these is forgotten */
    unsigned charges;                   /* ever */
    uint32_t clip[QUARANTINE_CLIPS];    /* in quarantine; past QUARANTINE_CLIPS no more are put there */
    unsigned clips;
};
/* An engine died while it made this clip's samples. Return: whether that puts the clip into quarantine: twice within
 * QUARANTINE_WINDOW_NS. */
bool quarantine_charge(struct quarantine *quarantine, uint32_t clip, uint64_t now_ns);
/* It is another one now: what stood against it is forgotten. */
void quarantine_pardon(struct quarantine *quarantine, uint32_t clip);
bool quarantine_has(const struct quarantine *quarantine, uint32_t clip);

/* Whether a process that ended with this status (of waitpid) died by its own fault: SEGV, BUS, FPE, ILL, ABRT or SYS, or
 * the exit status of its own crash handler. */
enum { LADDER_CRASHED = 70 };
bool ladder_own_fault(int status);

#endif
