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

enum {
    THREAD_PRIORITY_AUDIO = 80, THREAD_PRIORITY_CAPTURE = 75, THREAD_PRIORITY_TIMING = 70, THREAD_PRIORITY_MAIN = 60,
    THREAD_PRIORITY_NONE = 0,
};

struct thread {
    pthread_t id;
    bool running;
};

/* name: at most 15 bytes. priority: SCHED_FIFO, or THREAD_PRIORITY_NONE. note may be NULL.
 * Return: 0, or -1 with errno if there is no thread. Realtime refused: 0, and note is filled. */
int thread_start(struct thread *thread, const char *name, int priority, void *(*run)(void *), void *context, char *note,
                 size_t note_bytes);
void thread_join(struct thread *thread);
/* A lock that threads of different priorities share: who holds it has the highest of those who wait for it (PTHREAD_PRIO_INHERIT,
 * pthread_mutexattr_setprotocol(3)). Given back with pthread_mutex_destroy. */
void thread_lock_init(pthread_mutex_t *lock);
/* Raises the calling thread. Return: false with note filled if refused. */
bool thread_set_priority(int priority, char *note, size_t note_bytes);
/* Raises the calling thread, as far as that is allowed, but not the threads and processes that it starts
 * (SCHED_RESET_ON_FORK, sched(7)). */
void thread_raise_alone(int priority);
/* Lowers the calling thread, which was started by one with a priority, to none. */
void thread_be_ordinary(void);
/* Locks what this process has mapped by now, if the limit allows. Return: false with note filled if not. */
bool thread_lock_memory(char *note, size_t note_bytes);
/* Gives the calling thread a core of its own (SPEC E1): the last one this process may use, where there are more than two.
 * Return: that core, or -1 where there are not enough. */
int thread_take_core(void);
/* What the kernel says of a thread of this process, for a log: its state (proc_pid_stat(5)) and, to root, where it waits. */
void thread_tell(int tid, char *out, size_t bytes);
/* tid: of a thread of this process. Return: whether it waits for something, and not for a processor; also if it is gone. */
bool thread_is_asleep(int tid);
/* The calling process works when nothing else wants to, on processor and disk (ioprio_set(2)); as far as the kernel lets it. */
void thread_be_idle(void);
/* The calling thread's denormals are flushed to zero (SSE MXCSR, AArch64 FPCR). */
void thread_flush_denormals(void);

#endif
