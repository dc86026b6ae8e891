/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process writes down as it dies of its own fault: see crash.h. */
#include "config.h"

#include "platform/crash.h"
#include "platform/clock.h"
#include "rt/guard.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#if !defined(CLIPGRID_SANITIZED)
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
static struct crash_record *record;     /* set before the handler is */
static int exit_status;
static void (*last_of_all)(void);
static atomic_flag dying = ATOMIC_FLAG_INIT;

extern const char __executable_start[], etext[];    /* the linker's: where the program's bytes and its code's end are */

/* --- in the handler --- */

static uint64_t place_of(const void *context)
{
    const ucontext_t *machine = context;
    uintptr_t at = UINTPTR_MAX, begin = (uintptr_t)__executable_start;
#if defined(__x86_64__)
    at = (uintptr_t)machine->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    at = (uintptr_t)machine->uc_mcontext.pc;
#else
    (void)machine;
#endif
    return at >= begin && at < (uintptr_t)etext ? at - begin : UINT64_MAX;
}

static void note_registers(const ucontext_t *machine)
{
    uint64_t stack = 0;
#if defined(__x86_64__)
    for (size_t i = 0; i < NGREG; i++)
        record->registers[i] = (uint64_t)machine->uc_mcontext.gregs[i];
    stack = (uint64_t)machine->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    for (size_t i = 0; i < 31; i++)
        record->registers[i] = machine->uc_mcontext.regs[i];
    record->registers[31] = stack = machine->uc_mcontext.sp;
    record->registers[32] = machine->uc_mcontext.pc;
    record->registers[33] = machine->uc_mcontext.pstate;
#else
    (void)machine;
#endif
    /* By the kernel, which does not fault where nothing is mapped. */
    struct iovec to = {record->stack, sizeof record->stack}, from = {(void *)(uintptr_t)stack, sizeof record->stack};
    process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

static void note_maps(void)
{
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;
    while (maps >= 0 && got > 0 && record->maps_bytes < CRASH_MAPS) {
        got = read(maps, record->maps + record->maps_bytes, CRASH_MAPS - record->maps_bytes);
        record->maps_bytes += got > 0 ? (uint32_t)got : 0;
    }
}

/* A second thread that faults meanwhile waits for the end. Should the first one fault again in here, where every signal is blocked,
 * the kernel ends the process. */
static void end_by_fault(int signal, siginfo_t *info, void *context)
{
    while (atomic_flag_test_and_set(&dying))
        pause();
    record->entered_ns = clock_now_rt();
    record->pid = getpid();
    record->code = info->si_code;
    record->audio = rt_guard_is_on();
    record->address = signal == SIGSEGV || signal == SIGBUS ? (uint64_t)(uintptr_t)info->si_addr : 0;
    record->place = place_of(context);
    prctl(PR_GET_NAME, record->thread);
    record->code_begin = (uint64_t)(uintptr_t)__executable_start;
    record->code_end = (uint64_t)(uintptr_t)etext;
    note_registers(context);
    note_maps();
    atomic_store_explicit(&record->signal, (uint32_t)signal, memory_order_release);
    if (last_of_all)
        last_of_all();
    record->left_ns = clock_now_rt();
    _exit(exit_status);
}

/* --- main and other threads --- */

/* A pipe in core_pattern ignores a limit of 0 and is stopped by one of 1 alone (core(5)). */
static void refuse_core(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max < 1 ? limit.rlim_max : 1;
    setrlimit(RLIMIT_CORE, &limit);
}

void crash_guard(void)
{
    refuse_core();
    crash_guard_thread();
}

/* The stack lies with the thread's own variables, where no overflow of the other one reaches it. */
void crash_guard_thread(void)
{
    enum { BYTES = 32 * 1024 };         /* the largest frame of the kernel's takes less than a third */
    static _Thread_local _Alignas(64) unsigned char bytes[BYTES];
    stack_t stack = {.ss_sp = bytes, .ss_size = sizeof bytes};
    sigaltstack(&stack, NULL);
}

void crash_catch(struct crash_record *own, int status, void (*last)(void))
{
    struct sigaction action = {.sa_sigaction = end_by_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    memset(own, 0, sizeof *own);
    record = own;
    exit_status = status;
    last_of_all = last;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigaction(faults[i], &action, NULL);
}
#else
void crash_guard(void)
{
}

void crash_guard_thread(void)
{
}

void crash_catch(struct crash_record *own, int status, void (*last)(void))
{
    (void)status;
    (void)last;
    memset(own, 0, sizeof *own);
}
#endif

/* --- who reads it --- */

bool crash_is_of(const struct crash_record *from, pid_t pid)
{
    return atomic_load_explicit(&from->signal, memory_order_acquire) != 0 && from->pid == pid;
}

void crash_fmt(const struct crash_record *from, char *text, size_t size)
{
    char thread[sizeof from->thread + 1] = "";
    memcpy(thread, from->thread, sizeof from->thread);
    int length = snprintf(text, size, "signal %" PRIu32 " on thread %s ", atomic_load(&from->signal), thread);
    if (length < 0 || (size_t)length >= size)
        return;
    if (from->place == UINT64_MAX)
        snprintf(text + length, size - (size_t)length, "in a library");
    else
        snprintf(text + length, size - (size_t)length, "at clipgrid+0x%" PRIx64, from->place);
}

/* --- for tests --- */

#ifdef CLIPGRID_DEBUG
static void fail_so(int signal)
{
    if (signal)
        raise(signal);
    for (volatile bool on = !signal; on;)
        ;
}

/* Through a pointer, which only a test sets: the audio thread itself calls nothing of it. */
static void (*_Atomic rehearsal)(int signal);
static _Atomic uint32_t rehearsed_clip;
static _Atomic int rehearsed_signal;

void crash_rehearse(void)
{
    char line[64], thread[8];
    unsigned clip = 0;
    int signal;
    const char *path = getenv("CLIPGRID_CRASH");
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file)
        return;
    bool whole = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    if (!whole || sscanf(line, "%7s %d %u", thread, &signal, &clip) < 2)
        return;
    unlink(path);
    if (!strcmp(thread, "main"))
        fail_so(signal);
    atomic_store(&rehearsed_clip, clip);
    atomic_store(&rehearsed_signal, signal);
    atomic_store_explicit(&rehearsal, fail_so, memory_order_release);
}

void crash_rehearse_rt(uint32_t clip)
{
    void (*fail)(int signal) = atomic_load_explicit(&rehearsal, memory_order_acquire);
    if (fail && clip == atomic_load_explicit(&rehearsed_clip, memory_order_relaxed))
        fail(atomic_load_explicit(&rehearsed_signal, memory_order_relaxed));
}
#else
void crash_rehearse(void)
{
}

void crash_rehearse_rt(uint32_t clip)
{
    (void)clip;
}
#endif
