/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors, privileges and limits, and the order of the walls: see sandbox.h. */
#include "config.h"

#include "platform/sandbox.h"
#include "platform/fd.h"
#include "platform/sandbox_walls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef CLIPGRID_SANITIZED
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

enum { DESCRIPTORS_MAX = 8 };

static void close_others(int socket)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; null >= 0 && fd <= (SANITIZED ? STDOUT_FILENO : STDERR_FILENO); fd++)
        dup2(null, fd);
    fd_close_range(STDERR_FILENO + 1, (unsigned)socket - 1);
    fd_close_range((unsigned)socket + 1, ~0u);
}

/* --- privileges --- */
static bool drop_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);           /* who may not drop it has no use of it either */
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &head, none) == 0;
}

static bool drop_privileges(void)
{
    bool dropped = drop_capabilities();
    if (!SANITIZED)
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && dropped;
}

/* --- limits --- */
/* For good, and never above what we were given. */
static bool set_limit(int resource, rlim_t most)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0)
        return false;
    limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
    limit.rlim_max = limit.rlim_cur;
    return setrlimit(resource, &limit) == 0;
}

static uint64_t mapped_bytes(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file) {
        if (fscanf(file, "%lu", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The hard limit: at the soft one a process gets a signal, which one that is taken over may ignore. */
static bool limit_cpu(unsigned seconds)
{
    struct timespec used = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return set_limit(RLIMIT_CPU, (rlim_t)used.tv_sec + seconds + (used.tv_nsec > 0));
}

static bool set_limits(uint64_t memory_bytes, unsigned cpu_s)
{
    bool set = set_limit(RLIMIT_CORE, 0);
    set &= limit_cpu(cpu_s);
    set &= set_limit(RLIMIT_NOFILE, DESCRIPTORS_MAX);
    if (SANITIZED)
        return set;
    set &= set_limit(RLIMIT_FSIZE, 0);
    set &= set_limit(RLIMIT_NPROC, 0);
    uint64_t mapped = mapped_bytes();
    return mapped > 0 && set_limit(RLIMIT_AS, mapped + memory_bytes) && set;
}

/* --- all of it --- */
/* Memory is counted before the others take /proc away; system calls come last, for putting up walls needs many. */
unsigned sandbox_enter(const struct sandbox *sandbox)
{
    unsigned walls = sandbox->walls, lacks = 0;
    close_others(sandbox->socket);
    if (walls & SANDBOX_LIMITS && !set_limits(sandbox->memory_bytes, sandbox->cpu_s))
        lacks |= SANDBOX_LIMITS;
    if (walls & SANDBOX_PRIVILEGES && !drop_privileges())
        lacks |= SANDBOX_PRIVILEGES;
    if (walls & (SANDBOX_LANDLOCK | SANDBOX_CALLS))
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (walls & SANDBOX_LANDLOCK && !sandbox_landlock())
        lacks |= SANDBOX_LANDLOCK;
    if (walls & SANDBOX_CALLS && !SANITIZED && !sandbox_seccomp(sandbox->socket))
        lacks |= SANDBOX_CALLS;
    return lacks;
}

void sandbox_describe(unsigned lacks, char *text, size_t size)
{
    static const struct {
        unsigned wall;
        const char *name;
    } walls[] = {{SANDBOX_PRIVILEGES, "dropped privileges"}, {SANDBOX_LIMITS, "limits (setrlimit)"},
                 {SANDBOX_LANDLOCK, "Landlock (Linux 5.13 with landlock among its lsm)"},
                 {SANDBOX_CALLS, "the system call filter (seccomp, and libseccomp in the build)"}};
    const char *before = "media are decoded with fewer walls around the decoders; missing: ";
    for (size_t i = 0; i < sizeof walls / sizeof *walls; i++)
        if (lacks & walls[i].wall) {
            int length = snprintf(text, size, "%s%s", before, walls[i].name);
            size_t used = length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
            text += used;
            size -= used;
            before = ", ";
        }
}
