/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads that run away: see runaway.h. The handler and main meet in a few places of atomics. */
#include "config.h"

#include "platform/runaway.h"
#include "platform/thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PLACES = 8, TAKEN = -1 };        /* more than an engine has threads with a priority */

static struct place {
    _Atomic int tid;                    /* 0: free; TAKEN: being written */
    int priority;                       /* that it had */
} places[PLACES];
static _Atomic unsigned demoted;        /* ever */
static unsigned told;                   /* main: of them */

static void note(int tid, int priority)
{
    for (int i = 0; i < PLACES; i++) {
        int none = 0;
        if (!atomic_compare_exchange_strong(&places[i].tid, &none, TAKEN))
            continue;
        places[i].priority = priority;
        atomic_store(&places[i].tid, tid);
        return;
    }
}

/* On the thread that runs away. */
static void demote(int signal)
{
    (void)signal;
    int error = errno;
    struct sched_param had = {0}, none = {0};
    if (sched_getparam(0, &had) == 0 && had.sched_priority > 0 && sched_setscheduler(0, SCHED_OTHER, &none) == 0) {
        note(gettid(), had.sched_priority);
        atomic_fetch_add(&demoted, 1);
    }
    errno = error;
}

/* The kernel raises the soft limit each time it has told of it. */
static void set_limits(void)
{
    struct rlimit limit = {RUNAWAY_SOFT_MS * 1000, RUNAWAY_HARD_MS * 1000};
    struct rlimit now;
    if (getrlimit(RLIMIT_RTTIME, &now) == 0 && now.rlim_max < limit.rlim_max)
        limit = (struct rlimit){now.rlim_max < limit.rlim_cur ? now.rlim_max : limit.rlim_cur, now.rlim_max};
    setrlimit(RLIMIT_RTTIME, &limit);
}

void runaway_guard(void)
{
    struct sigaction action = {.sa_handler = demote, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    sigaction(SIGXCPU, &action, NULL);
    set_limits();
}

static void promote_those_that_wait(void)
{
    for (int i = 0; i < PLACES; i++) {
        int tid = atomic_load(&places[i].tid);
        if (tid <= 0 || (tid != gettid() && !thread_is_asleep(tid)))
            continue;
        struct sched_param param = {.sched_priority = places[i].priority};
        sched_setscheduler(tid, SCHED_FIFO, &param);
        atomic_store(&places[i].tid, 0);
    }
}

static bool has_demoted(void)
{
    for (int i = 0; i < PLACES; i++)
        if (atomic_load(&places[i].tid))
            return true;
    return false;
}

unsigned runaway_watch(void)
{
    unsigned now = atomic_load(&demoted), more = now - told;
    told = now;
    if (more)
        set_limits();
    if (has_demoted())
        promote_those_that_wait();
    return more;
}
