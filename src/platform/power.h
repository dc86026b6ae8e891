/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What feeds and cools this machine: its batteries and whether its processors are held back by heat or by too little
 * power (SPEC S10). Reads sysfs: the kernel's Documentation/ABI/testing sysfs-class-power (type, scope, status, capacity),
 * sysfs-class-thermal (cooling devices), sysfs-devices-system-cpu (thermal_throttle), and get_throttled of the Raspberry Pi's
 * firmware, whose lowest four bits are what is wrong now. Some batteries take 0.1 s to answer: for a thread that may wait.
 */
#ifndef PLATFORM_POWER_H
#define PLATFORM_POWER_H

#include <stdbool.h>
#include <stdint.h>

struct power {
    int battery_percent;            /* mean of the machine's batteries, 0 to 100; -1: there is none */
    bool discharging;               /* one of them is used up: no mains */
    bool throttled;                 /* the processors are slower than they could be */
};

struct power_meter {                /* zeroed before the first look */
    bool looked;
    uint64_t throttles;             /* that the kernel has counted so far */
};

/* sys: where sysfs is mounted. A look finds a throttling that came and went since the last, too. */
void power_look(struct power_meter *meter, const char *sys, struct power *power);
/* "/sys"; for tests, in a build with --enable-debug: the folder that $CLIPGRID_SYS names. */
const char *power_sys(void);

#endif
