/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads with their priorities: see thread.h. */
#include "config.h"

#include "platform/thread.h"
#include "platform/crash.h"

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

/* The control group that this process has for processors, "/" for the first one; those of v1 alone have realtime time to give.
 * Return: false without such groups. */
static bool processor_group(char *path, size_t size)
{
    char line[256], *kinds, *group;
    bool found = false;
    FILE *groups = fopen("/proc/self/cgroup", "re");            /* cgroups(7): number:controllers:path */
    while (groups && !found && fgets(line, sizeof line, groups)) {
        group = strrchr(line, ':');
        kinds = strchr(line, ':');
        if (!group || kinds == group)
            continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        found = !strncmp(kinds, ":cpu", 4) && (kinds[4] == ',' || !kinds[4]);
        snprintf(path, size, "%s", group);
    }
    if (groups)
        fclose(groups);
    return found;
}

/* What mends it: a limit, or if that is high enough, the time that its group has. */
static void explain_refusal(int priority, int error, char *note, size_t note_bytes)
{
    struct rlimit limit = {0};
    char group[64];
    getrlimit(RLIMIT_RTPRIO, &limit);
    if (error != EPERM || (geteuid() != 0 && limit.rlim_cur < (rlim_t)priority))
        snprintf(note, note_bytes,
                 "no realtime priority (%s): put \"@audio - rtprio 95\" into /etc/security/limits.d/audio.conf, "
                 "join group audio, log in again", strerror(error));
    else if (processor_group(group, sizeof group))
        snprintf(note, note_bytes, "no realtime priority, as its control group has no time for it: "
                 "echo 800000 > /sys/fs/cgroup/cpu%s/cpu.rt_runtime_us", group);
    else
        snprintf(note, note_bytes, "no realtime priority, as control groups have none (RT_GROUP_SCHED): "
                 "echo %d > /sys/fs/cgroup/cgroup.procs", (int)getpid());
}

bool thread_set_priority(int priority, char *note, size_t note_bytes)
{
    if (priority == THREAD_PRIORITY_NONE)
        return true;
    struct sched_param param = {.sched_priority = priority};
    int error = pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
    if (!error)
        return true;
    if (note && note_bytes)
        explain_refusal(priority, error, note, note_bytes);
    return false;
}

void thread_raise_alone(int priority)
{
    struct sched_param param = {.sched_priority = priority};
    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param);
}

void thread_be_ordinary(void)
{
    struct sched_param param = {0};
    pthread_setschedparam(pthread_self(), SCHED_OTHER, &param);
}

static void *begin(void *arg)
{
    struct start *start = arg;
    void *(*run)(void *) = start->run;
    void *context = start->context;
    pthread_setname_np(pthread_self(), start->name);
    crash_guard_thread();
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

void thread_lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
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

/* What the kernel says under this name; empty if it does not say. */
static void read_task(int tid, const char *name, char *text, size_t bytes)
{
    char path[48];
    size_t got = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/%s", tid, name);
    FILE *file = fopen(path, "re");
    if (file) {
        got = fread(text, 1, bytes - 1, file);
        fclose(file);
    }
    text[got] = '\0';
}

/* As a letter of proc_pid_stat(5); '?' if the thread is gone. */
static char state_of(int tid)
{
    char text[128];
    read_task(tid, "stat", text, sizeof text);
    const char *state = strrchr(text, ')');         /* the name may have anything in it */
    return state && state[1] == ' ' && state[2] ? state[2] : '?';
}

bool thread_is_asleep(int tid)
{
    char state = state_of(tid);
    return state == 'S' || state == 'D' || state == '?';
}

void thread_tell(int tid, char *out, size_t bytes)
{
    char where[64];
    read_task(tid, "wchan", where, sizeof where);
    bool known = where[0] && strcmp(where, "0") != 0;
    snprintf(out, bytes, "state %c%s%s", state_of(tid), known ? " in " : "", known ? where : "");
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
