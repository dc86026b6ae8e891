/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of memory and processors: see node.h. */
#include "config.h"

#include "platform/node.h"

#include <limits.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NODES = 64 };                    /* bits of one word of a mask; beyond it is a machine that stands on no stage */

/* "0-3,8-11" -> set. Return: false if there is no such file. */
static bool read_processors(const char *sys, int node, cpu_set_t *set)
{
    char path[PATH_MAX], list[4096];
    snprintf(path, sizeof path, "%s/devices/system/node/node%d/cpulist", sys, node);
    FILE *file = fopen(path, "re");
    bool got = file && fgets(list, sizeof list, file);
    if (file)
        fclose(file);
    CPU_ZERO(set);
    for (char *at = list, *end; got && *at >= '0' && *at <= '9'; at = *end == ',' ? end + 1 : end) {
        long first = strtol(at, &end, 10), last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        for (long cpu = first; cpu <= last && cpu < CPU_SETSIZE; cpu++)
            CPU_SET(cpu, set);
    }
    return got;
}

static bool has_policy(void)
{
    int mode = MPOL_DEFAULT;
    return syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) < 0 || mode != MPOL_DEFAULT;
}

int node_settle(const char *sys)
{
    cpu_set_t allowed, ours;
    int here = sched_getcpu(), nodes = 0, chosen = -1;
    if (here < 0 || sched_getaffinity(0, sizeof allowed, &allowed) < 0 || has_policy())
        return -1;
    for (int node = 0; node < NODES; node++) {
        cpu_set_t set;
        if (!read_processors(sys, node, &set))
            continue;
        CPU_AND(&set, &set, &allowed);
        nodes += CPU_COUNT(&set) > 0;
        if (CPU_ISSET(here, &set)) {
            chosen = node;
            ours = set;
        }
    }
    if (nodes < 2 || chosen < 0 || sched_setaffinity(0, sizeof ours, &ours) < 0)
        return -1;
    unsigned long mask = 1UL << chosen;
    syscall(SYS_set_mempolicy, MPOL_PREFERRED, &mask, sizeof mask * CHAR_BIT);
    return chosen;
}
