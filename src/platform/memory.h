/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the machine runs short of memory, for those who hold much of it and can do with less. Any
 * thread; reads /proc/meminfo (proc_meminfo(5)) and /proc/pressure/memory (the kernel's
 * Documentation/accounting/psi.rst), which wait for no disk.
 */
#ifndef PLATFORM_MEMORY_H
#define PLATFORM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct memory_look {
    uint64_t total_kb, available_kb;    /* total_kb 0: the kernel does not say */
    double stalled;                     /* per cent of the last ten seconds in which something waited for memory; 0 if it does
                                         * not say */
};

/* From the text of the two files; "" for one that is not there. */
void memory_parse(struct memory_look *look, const char *meminfo, const char *pressure);
void memory_look(struct memory_look *look);
/* Less than a sixteenth is available, or less than a quarter and something waits for it. was: the last answer; it is no longer
 * short only when a quarter is available and nothing waits, so that it does not go to and fro. */
bool memory_is_short(const struct memory_look *look, bool was);
/* Gives the kernel what this process has freed, after work that took much. Takes milliseconds. */
void memory_give_back(void);

#endif
