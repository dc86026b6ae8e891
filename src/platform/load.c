/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processors' use: see load.h. */
#include "config.h"

#include "platform/load.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 8, IDLE = 3, IOWAIT = 4 };     /* user nice system idle iowait irq softirq steal */

static bool read_times(uint64_t *busy_ns, uint64_t *total_ns)
{
    unsigned long long ticks[COLUMNS] = {0};
    FILE *file = fopen("/proc/stat", "re");
    if (!file)
        return false;
    int got = fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4],
                     &ticks[5], &ticks[6], &ticks[7]);
    fclose(file);
    uint64_t tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);
    *busy_ns = *total_ns = 0;
    for (int i = 0; i < COLUMNS; i++) {
        *total_ns += ticks[i] * tick_ns;
        *busy_ns += i == IDLE || i == IOWAIT ? 0 : ticks[i] * tick_ns;
    }
    return got > IDLE;
}

double load_meter_read(struct load_meter *meter, uint64_t own_ns)
{
    struct load_meter last = *meter;
    if (!read_times(&meter->busy_ns, &meter->total_ns))
        return 0;
    meter->own_ns = own_ns;
    if (!last.total_ns || meter->total_ns <= last.total_ns || meter->busy_ns < last.busy_ns)
        return 0;
    uint64_t busy = meter->busy_ns - last.busy_ns, own = own_ns > last.own_ns ? own_ns - last.own_ns : 0;
    return own >= busy ? 0 : (double)(busy - own) / (double)(meter->total_ns - last.total_ns);
}

uint64_t load_process_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) < 0)
        return 0;
    return (uint64_t)used.tv_sec * UINT64_C(1000000000) + (uint64_t)used.tv_nsec;
}
