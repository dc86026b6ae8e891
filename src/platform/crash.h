/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The end of a process by its own fault (SEGV, BUS, FPE, ILL, ABRT, SYS), told by itself: the handler writes into memory
 * that others have too what happened and where, its registers, stack and maps, and ends the process at once. It calls nothing but
 * the kernel and takes no lock, so it may come at any instruction. A core dump is not written, since the kernel would keep the
 * dead process's sound card for as long as that takes.
 */
#ifndef PLATFORM_CRASH_H
#define PLATFORM_CRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct strbuf;

enum { CRASH_REGISTERS = 40, CRASH_STACK = 512, CRASH_MAPS = 24 * 1024 };

struct crash_record {                   /* in shared memory; the handler writes it, once */
    _Atomic uint32_t signal;            /* written last; 0: it has not come to that */
    int32_t pid;                        /* of the process that ended */
    int32_t code;                       /* si_code of sigaction(2) */
    uint32_t audio;                     /* 1: on its audio thread (rt/guard.h) */
    uint64_t address;                   /* that could not be used; of SEGV and BUS */
    uint64_t place;                     /* of the instruction, bytes from the program's beginning; UINT64_MAX: in a library */
    char thread[16];                    /* the thread's name */
    uint64_t registers[CRASH_REGISTERS];        /* in the order of the machine's mcontext_t; those it does not have are 0 */
    uint64_t code_begin, code_end;      /* of the program, as mapped */
    uint64_t stack[CRASH_STACK];        /* from the stack pointer on; what was not readable is 0 */
    uint32_t maps_bytes;
    uint64_t entered_ns, left_ns;       /* the monotonic clock, as the handler began and when it ended the process */
    char maps[CRASH_MAPS];              /* the beginning of /proc/self/maps (proc_pid_maps(5)) */
};

/* Main, once, at the start of a role: no core dump from now on, and this thread has a stack for the handler. */
void crash_guard(void);
/* Every other thread, as it starts. A sanitizer's build has its own handlers: there both do nothing. */
void crash_guard_thread(void);
/* Main: faults of this process go into the record, which is emptied, and end it with this status. Before, they end it as they
 * do without a handler. last: called when the record is whole, in the handler, with its restrictions; NULL: nothing. */
void crash_catch(struct crash_record *record, int status, void (*last)(void));

/* Any process. Return: whether this process ended as the record says. */
bool crash_is_of(const struct crash_record *record, pid_t pid);
/* "signal 11 on thread audio at clipgrid+0x1a2b3". */
void crash_fmt(const struct crash_record *record, char *text, size_t size);
/* The whole of it, for who mends it: lines of text, the registers by name, places of the program that stand on the stack, and the
 * maps. */
void crash_fmt_report(const struct crash_record *record, struct strbuf *out);

/* For tests, in a build with --enable-debug: the file that $CLIPGRID_CRASH names says "audio SIGNAL CLIP" or "main SIGNAL"; it is
 * removed as it is read. That signal is raised then, on the audio thread while it makes that clip's samples (slots, from
 * 0); signal 0: the thread never comes back. Without that nothing is done. crash_rehearse: main, once a loop. */
void crash_rehearse(void);
void crash_rehearse_rt(uint32_t clip);

#endif
