/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread with realtime priority that never waits would take its processor from everybody, also from those who could end it. The
 * kernel counts how long such a thread runs without sleeping (RLIMIT_RTTIME, setrlimit(2)): at RUNAWAY_SOFT_MS the thread is
 * told so by SIGXCPU, and the handler takes its priority away; at RUNAWAY_HARD_MS the kernel would kill the process. One that
 * waits again gets its priority back; one that does not is for the supervisor's watchdog.
 */
#ifndef PLATFORM_RUNAWAY_H
#define PLATFORM_RUNAWAY_H

enum { RUNAWAY_SOFT_MS = 150, RUNAWAY_HARD_MS = 400 };

/* Main, before there is a thread with a priority: limits and handler. */
void runaway_guard(void);
/* Main, once a loop; costs nothing while there is none. Gives their priority back to those that wait again, the caller among
 * them. Return: how many threads lost theirs since the last call. */
unsigned runaway_watch(void);

#endif
