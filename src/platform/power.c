/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What feeds and cools this machine: see power.h. */
#include "config.h"

#include "platform/power.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 64 };

/* The first line of FOLDER/ENTRY/NAME. Return: false if there is none. */
static bool read_word(const char *folder, const char *entry, const char *name, char word[WORD_BYTES])
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s/%s", folder, entry, name);
    FILE *file = length < (int)sizeof path ? fopen(path, "re") : NULL;
    bool got = file && fgets(word, WORD_BYTES, file);
    if (file)
        fclose(file);
    word[got ? strcspn(word, "\n") : 0] = '\0';
    return got;
}

static long read_number(const char *folder, const char *entry, const char *name, int base)
{
    char word[WORD_BYTES];
    return read_word(folder, entry, name, word) ? strtol(word, NULL, base) : 0;
}

/* Calls look for each entry of a folder. */
static void each(const char *sys, const char *below, void (*look)(const char *folder, const char *entry, void *found), void *found)
{
    char folder[PATH_MAX];
    DIR *dir = snprintf(folder, sizeof folder, "%s/%s", sys, below) < (int)sizeof folder ? opendir(folder) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            look(folder, entry->d_name, found);
    if (dir)
        closedir(dir);
}

struct batteries {
    long sum, count;
    bool discharging;
};

/* Scope "Device" is the battery of a mouse. */
static void look_at_supply(const char *folder, const char *entry, void *found)
{
    struct batteries *batteries = found;
    char type[WORD_BYTES], scope[WORD_BYTES], status[WORD_BYTES], capacity[WORD_BYTES];
    if (!read_word(folder, entry, "type", type) || strcmp(type, "Battery"))
        return;
    if (read_word(folder, entry, "scope", scope) && !strcmp(scope, "Device"))
        return;
    batteries->discharging |= read_word(folder, entry, "status", status) && !strcmp(status, "Discharging");
    if (!read_word(folder, entry, "capacity", capacity))
        return;
    long percent = strtol(capacity, NULL, 10);
    batteries->sum += percent < 0 ? 0 : percent > 100 ? 100 : percent;
    batteries->count++;
}

/* A cooling device that slows processors has a state above 0 while it does. intel_powerclamp's -1 is rest. */
static void look_at_cooling(const char *folder, const char *entry, void *found)
{
    static const char *const slows[] = {"Processor", "intel_powerclamp", "cpufreq", "thermal-cpufreq", "cpuidle", "cpu-"};
    char type[WORD_BYTES];
    bool *throttled = found;
    if (strncmp(entry, "cooling_device", 14) || !read_word(folder, entry, "type", type))
        return;
    for (size_t i = 0; i < sizeof slows / sizeof *slows; i++)
        if (!strncmp(type, slows[i], strlen(slows[i])))
            *throttled |= read_number(folder, entry, "cur_state", 10) > 0;
}

static void count_throttles(const char *folder, const char *entry, void *found)
{
    uint64_t *count = found;
    if (strncmp(entry, "cpu", 3) || entry[3] < '0' || entry[3] > '9')
        return;
    *count += (uint64_t)read_number(folder, entry, "thermal_throttle/core_throttle_count", 10);
    *count += (uint64_t)read_number(folder, entry, "thermal_throttle/package_throttle_count", 10);
}

/* Bit 0: too little voltage, 1: capped, 2: throttled, 3: its soft limit of temperature. */
static bool firmware_throttles(const char *sys)
{
    return read_number(sys, "devices/platform/soc", "soc:firmware/get_throttled", 16) & 0xf;
}

void power_look(struct power_meter *meter, const char *sys, struct power *power)
{
    struct batteries batteries = {0};
    uint64_t throttles = 0;
    *power = (struct power){.throttled = firmware_throttles(sys)};
    each(sys, "class/power_supply", look_at_supply, &batteries);
    each(sys, "class/thermal", look_at_cooling, &power->throttled);
    each(sys, "devices/system/cpu", count_throttles, &throttles);
    power->battery_percent = batteries.count ? (int)(batteries.sum / batteries.count) : -1;
    power->discharging = batteries.discharging;
    power->throttled |= meter->looked && throttles > meter->throttles;
    meter->looked = true;
    meter->throttles = throttles;
}

#ifdef CLIPGRID_DEBUG
const char *power_sys(void)
{
    const char *sys = getenv("CLIPGRID_SYS");
    return sys ? sys : "/sys";
}
#else
const char *power_sys(void)
{
    return "/sys";
}
#endif
