/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads, started synchronously: thread_start returns when the thread runs (with its priority)
 * or has failed. Priorities are DESIGN 2's; where realtime is refused the thread runs without
 * and `note` says why, with the line that mends it.
 */
#ifndef PLATFORM_THREAD_H
#define PLATFORM_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { THREAD_PRIORITY_AUDIO = 80, THREAD_PRIORITY_TIMING = 70, THREAD_PRIORITY_MAIN = 60, THREAD_PRIORITY_NONE = 0 };

struct thread {
    pthread_t id;
    bool running;
};

/* name: at most 15 bytes. priority: SCHED_FIFO, or THREAD_PRIORITY_NONE. note may be NULL.
 * Return: 0, or -1 with errno if there is no thread. Realtime refused: 0, and note is filled. */
int thread_start(struct thread *thread, const char *name, int priority, void *(*run)(void *), void *context, char *note,
                 size_t note_bytes);
void thread_join(struct thread *thread);
/* Raises the calling thread. Return: false with note filled if refused. */
bool thread_set_priority(int priority, char *note, size_t note_bytes);
/* Locks what this process has mapped by now, if the limit allows. Return: false with note filled if not. */
bool thread_lock_memory(char *note, size_t note_bytes);
/* Gives the calling thread a core of its own (SPEC E1): the last one this process may use, where there are more than two.
 * Return: that core, or -1 where there are not enough. */
int thread_take_core(void);
/* The calling process works when nothing else wants to, on processor and disk (ioprio_set(2)); as far as the kernel lets it. */
void thread_be_idle(void);
/* The calling thread's denormals are flushed to zero (SSE MXCSR, AArch64 FPCR). */
void thread_flush_denormals(void);

#endif
