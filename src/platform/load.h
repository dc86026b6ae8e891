/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How busy the machine's processors are, for work that gives way. Any one thread; reads /proc/stat
 * (proc_stat(5)), which waits for no disk.
 */
#ifndef PLATFORM_LOAD_H
#define PLATFORM_LOAD_H

#include <stdint.h>
#include <sys/types.h>

struct load_meter {
    uint64_t busy_ns, total_ns;     /* of all processors, since the machine started, when last looked */
    uint64_t nice_ns;               /* of busy_ns: by what is niced, and gives way by itself */
    uint64_t own_ns;                /* of what is not counted */
};

/* Share of the processors' time that was used since the last call by anything but the caller's own: own_ns is the processor
 * time of that so far, which may start anew. Return: 0 to 1; 0 at the first call and where the kernel does not say. */
double load_meter_read(struct load_meter *meter, uint64_t own_ns);
/* The same without what is niced (nice(2), 1 to 19). */
double load_meter_read_urgent(struct load_meter *meter, uint64_t own_ns);
/* Processor time of a process so far; 0 if there is none. */
uint64_t load_process_ns(pid_t pid);
/* For tests, in a build with --enable-debug: a load that this machine does not have, two numbers of parts per million in the
 * file that $CLIPGRID_LOAD names. Without that both stay as they are. */
void load_forced(uint32_t *sound_ppm, uint32_t *system_ppm);

#endif
