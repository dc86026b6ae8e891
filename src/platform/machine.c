/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this machine has: see machine.h. */
#include "config.h"

#include "platform/machine.h"

#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <unistd.h>

enum { CLIP_MEMORY_MOST_MB = 1024 };

int machine_cores(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count > 0 ? count : 1;
}

uint64_t machine_memory_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes : UINT64_C(1) << 30;
}

uint64_t machine_clip_memory_bytes(unsigned budget_mb)
{
    uint64_t most = (uint64_t)CLIP_MEMORY_MOST_MB << 20, quarter = machine_memory_bytes() / 4;
    return budget_mb ? (uint64_t)budget_mb << 20 : quarter < most ? quarter : most;
}

void machine_offer_to_oom(int score)
{
    FILE *file = fopen("/proc/self/oom_score_adj", "we");
    if (!file)
        return;
    fprintf(file, "%d\n", score);
    fclose(file);
}

bool machine_lacks_realtime(char *why, size_t size)
{
    struct rlimit limit;
    if (geteuid() == 0 || (getrlimit(RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_cur >= 80))
        return false;
    snprintf(why, size, "no realtime priority: put \"@audio - rtprio 95\" into /etc/security/limits.d/audio.conf, "
                 "join group audio, log in again");
    return true;
}

/* adjtimex(2): STA_UNSYNC stands until something that knows the time has set the kernel's clock. */
bool machine_lacks_time(char *why, size_t size)
{
    struct timex state = {.modes = 0};
    if (adjtimex(&state) != TIME_ERROR && !(state.status & STA_UNSYNC))
        return false;
    snprintf(why, size, "nothing keeps this machine's clock right: cues and reports by the time of day may be off; install chrony, "
                 "or enable systemd-timesyncd");
    return true;
}

bool machine_lacks_memlock(char *why, size_t size)
{
    enum { LEAST_MB = 64 };             /* of the engine itself; clip memory is locked as far as it goes */
    struct rlimit limit;
    if (geteuid() == 0 || getrlimit(RLIMIT_MEMLOCK, &limit) < 0 || limit.rlim_cur >= (rlim_t)LEAST_MB << 20)
        return false;
    snprintf(why, size, "memory cannot be locked (limit %llu KB): put \"@audio - memlock unlimited\" into "
             "/etc/security/limits.d/audio.conf, join group audio, log in again", (unsigned long long)limit.rlim_cur / 1024);
    return true;
}

bool machine_lacks_descriptors(char *why, size_t size)
{
    enum { LEAST = 32 };                /* with fewer the store cannot open what it needs before it says anything */
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= LEAST)
        return false;
    snprintf(why, size, "a process may open %llu files only, and %d are needed: ulimit -n 1024",
             (unsigned long long)limit.rlim_cur, LEAST);
    return true;
}

bool machine_lacks_audio_group(char *why, size_t size)
{
    if (access("/dev/snd/timer", F_OK) < 0 || access("/dev/snd/timer", R_OK | W_OK) == 0)
        return false;
    snprintf(why, size, "this user may not open the sound devices: usermod -aG audio USER, then log in again");
    return true;
}

bool machine_sleeps_deeply(char *why, size_t size)
{
    if (access("/dev/cpu_dma_latency", F_OK) < 0 || access("/dev/cpu_dma_latency", W_OK) == 0)
        return false;
    snprintf(why, size, "the processors may sleep deeply between periods: put KERNEL==\"cpu_dma_latency\", GROUP=\"audio\", "
                        "MODE=\"0660\" into /etc/udev/rules.d/99-clipgrid.rules");
    return true;
}

/* KillUserProcesses=yes in logind.conf (logind.conf(5)) ends a user's processes at the last logout unless the user lingers. */
static bool logind_kills(void)
{
    FILE *file = fopen("/etc/systemd/logind.conf", "re");
    char line[256];
    bool kills = false;
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, "KillUserProcesses=", 18))
            kills = strchr("yYtT1", line[18]) != NULL;
    if (file)
        fclose(file);
    return kills;
}

bool machine_kills_at_logout(char *why, size_t size)
{
    const struct passwd *user = getpwuid(geteuid());
    char linger[300];
    if (geteuid() == 0 || !user || !logind_kills())
        return false;
    snprintf(linger, sizeof linger, "/var/lib/systemd/linger/%s", user->pw_name);
    if (access(linger, F_OK) == 0)
        return false;
    snprintf(why, size, "logind ends the show at the last logout (KillUserProcesses): loginctl enable-linger %s", user->pw_name);
    return true;
}
