/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the machine awake while a show runs (SPEC S10): as a whole, by a lock of logind's that systemd-inhibit(1) holds for
 * us, a process of its own so that neither a bus nor its library can hang ours; and its processors, by the request of
 * /dev/cpu_dma_latency (the kernel's Documentation/power/pm_qos_interface.rst), which stands as long as its descriptor is open.
 */
#ifndef PLATFORM_AWAKE_H
#define PLATFORM_AWAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Microseconds until a processor that sleeps works again, at most: those of shallow sleep. 0 would keep processors from sleeping
 * at all, and heat a small machine for nothing: a period of 64 frames has 1,333. */
enum { AWAKE_PROCESSORS_US = 20 };

struct awake {
    pid_t pid;                      /* 0: no lock is asked for */
    int life;                       /* closed, the lock is given back; so it is when we die */
    int words;                      /* what it says of a refusal */
};

/* Asks for a lock. what: as systemd-inhibit's --what, as "sleep:idle". Return: 0, or -1 with errno: there is no such program. */
int awake_begin(struct awake *awake, const char *what);
/* Return: whether the lock is held or still asked for; if not, awake is as before awake_begin() and why is filled: its first
 * line. */
bool awake_holds(struct awake *awake, char *why, size_t size);
/* Gives the lock back, without waiting. */
void awake_end(struct awake *awake);

/* The request stands until this process ends. Any thread, once. Return: false with errno if it is refused. */
bool awake_hold_processors(void);

#endif
