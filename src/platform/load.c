/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processors' use: see load.h. */
#include "config.h"

#include "platform/load.h"

#include <stdbool.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 8, NICE = 1, IDLE = 3, IOWAIT = 4 };     /* user nice system idle iowait irq softirq steal */

static bool read_times(struct load_meter *meter)
{
    unsigned long long ticks[COLUMNS] = {0};
    FILE *file = fopen("/proc/stat", "re");
    if (!file)
        return false;
    int got = fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4],
                     &ticks[5], &ticks[6], &ticks[7]);
    fclose(file);
    uint64_t tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);
    meter->busy_ns = meter->total_ns = 0;
    meter->nice_ns = ticks[NICE] * tick_ns;
    for (int i = 0; i < COLUMNS; i++) {
        meter->total_ns += ticks[i] * tick_ns;
        meter->busy_ns += i == IDLE || i == IOWAIT ? 0 : ticks[i] * tick_ns;
    }
    return got > IDLE;
}

static uint64_t more(uint64_t now, uint64_t before)
{
    return now > before ? now - before : 0;
}

static double read_share(struct load_meter *meter, uint64_t own_ns, bool with_nice)
{
    struct load_meter last = *meter;
    if (!read_times(meter))
        return 0;
    meter->own_ns = own_ns;
    if (!last.total_ns || meter->total_ns <= last.total_ns || meter->busy_ns < last.busy_ns)
        return 0;
    uint64_t apart = more(own_ns, last.own_ns) + (with_nice ? 0 : more(meter->nice_ns, last.nice_ns));
    return (double)more(meter->busy_ns - last.busy_ns, apart) / (double)(meter->total_ns - last.total_ns);
}

double load_meter_read(struct load_meter *meter, uint64_t own_ns)
{
    return read_share(meter, own_ns, true);
}

double load_meter_read_urgent(struct load_meter *meter, uint64_t own_ns)
{
    return read_share(meter, own_ns, false);
}

uint64_t load_process_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) < 0)
        return 0;
    return (uint64_t)used.tv_sec * UINT64_C(1000000000) + (uint64_t)used.tv_nsec;
}

#ifdef CLIPGRID_DEBUG
void load_forced(uint32_t *sound_ppm, uint32_t *system_ppm)
{
    const char *path = getenv("CLIPGRID_LOAD");
    FILE *file = path ? fopen(path, "re") : NULL;
    uint32_t sound, all;
    if (file && fscanf(file, "%" SCNu32 " %" SCNu32, &sound, &all) == 2) {
        *sound_ppm = sound;
        *system_ppm = all;
    }
    if (file)
        fclose(file);
}
#else
void load_forced(uint32_t *sound_ppm, uint32_t *system_ppm)
{
    (void)sound_ppm, (void)system_ppm;
}
#endif
