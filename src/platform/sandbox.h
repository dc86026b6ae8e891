/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walls around a process that parses what strangers made. It gives away, for good, all that
 * decoding does not need: other descriptors, memory and processor time without end, new
 * processes, privileges, files and networks, and nearly every system call. What it has when it
 * enters it keeps: one socket, its mappings, and descriptors that come over the socket later.
 *
 * Each wall stands alone; where the kernel lacks one, the others are put up all the same.
 * A build under a sanitizer has no memory limit, no limit of processes or of files written, stays
 * dumpable, keeps its stderr (which may be a file, that decoders write warnings to) and has no
 * system call filter: the sanitizer's shadow memory and reports need these.
 */
#ifndef PLATFORM_SANDBOX_H
#define PLATFORM_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

enum sandbox_wall {
    SANDBOX_PRIVILEGES = 1,         /* no new ones, no capabilities, not to be traced */
    SANDBOX_LIMITS = 2,             /* memory, processor time, descriptors; no processes, no files written, no cores */
    SANDBOX_LANDLOCK = 4,           /* no file, no TCP, no signal and no tracing beyond itself (as far as the kernel goes) */
    SANDBOX_CALLS = 8,              /* system calls: what decoders need; opening a file gives EACCES, all else EPERM, in debug
                                     * builds death */
    SANDBOX_ALL = 15
};

struct sandbox {
    int socket;                     /* stays open; it alone may be sent to and received from */
    uint64_t memory_bytes;          /* that may be mapped beyond what is mapped now */
    unsigned cpu_s;                 /* processor time, beside what it has used: then it is killed; nothing renews it */
    unsigned walls;                 /* enum sandbox_wall: those to put up; descriptors are closed in any case */
};

/* Once, in a process with one thread. Descriptors 0 to 2 become /dev/null. Return: the walls that could not be put up. */
unsigned sandbox_enter(const struct sandbox *sandbox);
/* One line for people about the walls that are missing. Pre: lacks is not 0; SANDBOX_TEXT bytes hold it all. */
enum { SANDBOX_TEXT = 320 };
void sandbox_describe(unsigned lacks, char *text, size_t size);

#endif
