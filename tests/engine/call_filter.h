/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A filter of system calls for one thread (seccomp(2)), by which tests see what the audio thread
 * asks of the kernel: what is not on the list is not done, and counted.
 */
#ifndef TESTS_ENGINE_CALL_FILTER_H
#define TESTS_ENGINE_CALL_FILTER_H

#include <stdbool.h>

/* From now on calls that are caught are counted. In each test: cmocka takes the signal before every one of them. */
void call_filter_watch(void);
/* From now on and for good this thread may only read the clock and sleep by it, wake others (FUTEX_WAKE) and end; card: talk to
 * a sound card, too (ioctl(2) of ALSA's kind, and poll(2)). Return: false if there is no such filter here. */
bool call_filter_begin(bool card);
unsigned call_filter_caught(void);      /* calls of any thread, so far */
int call_filter_first(void);            /* the number of the first of them; -1: there is none */

#endif
