/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads with their priorities: see thread.h. */
#include "config.h"

#include "platform/thread.h"

#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct start {
    void *(*run)(void *);
    void *context;
    const char *name;
    int priority;
    char *note;
    size_t note_bytes;
    sem_t ready;
};

bool thread_set_priority(int priority, char *note, size_t note_bytes)
{
    if (priority == THREAD_PRIORITY_NONE)
        return true;
    struct sched_param param = {.sched_priority = priority};
    int error = pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
    if (!error)
        return true;
    if (note && note_bytes)
        snprintf(note, note_bytes,
                 "no realtime priority (%s): put \"@audio - rtprio 95\" into /etc/security/limits.d/audio.conf, "
                 "join group audio, log in again", strerror(error));
    return false;
}

static void *begin(void *arg)
{
    struct start *start = arg;
    void *(*run)(void *) = start->run;
    void *context = start->context;
    pthread_setname_np(pthread_self(), start->name);
    thread_set_priority(start->priority, start->note, start->note_bytes);
    sem_post(&start->ready);            /* start is gone after this */
    return run(context);
}

int thread_start(struct thread *thread, const char *name, int priority, void *(*run)(void *), void *context, char *note,
                 size_t note_bytes)
{
    struct start start = {.run = run, .context = context, .name = name, .priority = priority, .note = note,
                          .note_bytes = note_bytes};
    if (note && note_bytes)
        note[0] = '\0';
    sem_init(&start.ready, 0, 0);
    int error = pthread_create(&thread->id, NULL, begin, &start);
    if (!error)
        while (sem_wait(&start.ready) < 0 && errno == EINTR)
            ;
    sem_destroy(&start.ready);
    thread->running = !error;
    errno = error;
    return error ? -1 : 0;
}

void thread_join(struct thread *thread)
{
    if (thread->running)
        pthread_join(thread->id, NULL);
    thread->running = false;
}

bool thread_lock_memory(char *note, size_t note_bytes)
{
#if defined(CLIPGRID_SANITIZED)
    (void)note;
    (void)note_bytes;
    return true;                        /* shadow memory cannot be locked */
#else
    if (mlockall(MCL_CURRENT | MCL_ONFAULT) == 0)
        return true;
    struct rlimit limit = {0};
    getrlimit(RLIMIT_MEMLOCK, &limit);
    if (note && note_bytes)
        snprintf(note, note_bytes, "memory is not locked (%s, limit %llu KB): put \"@audio - memlock unlimited\" into "
                 "/etc/security/limits.d/audio.conf", strerror(errno), (unsigned long long)limit.rlim_cur / 1024);
    return false;
#endif
}

int thread_take_core(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0 || CPU_COUNT(&set) <= 2)
        return -1;
    int core = CPU_SETSIZE - 1;
    while (!CPU_ISSET(core, &set))
        core--;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return sched_setaffinity(0, sizeof set, &set) < 0 ? -1 : core;
}

void thread_be_idle(void)
{
    enum { WHO_PROCESS = 1, CLASS_IDLE = 3, CLASS_SHIFT = 13 };     /* linux/ioprio.h, which older kernels' headers do not have */
    setpriority(PRIO_PROCESS, 0, 19);
    syscall(SYS_ioprio_set, WHO_PROCESS, 0, CLASS_IDLE << CLASS_SHIFT);
}

void thread_flush_denormals(void)
{
#if defined(__SSE2__)
    unsigned mxcsr = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(mxcsr | 0x8040);     /* FTZ and DAZ: Intel SDM vol. 1, 10.2.3 */
#elif defined(__aarch64__)
    unsigned long fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr | (1ul << 24)));   /* FZ: Arm ARM, FPCR */
#endif
}
