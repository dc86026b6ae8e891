/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A filter of system calls: see call_filter.h. Written as the kernel takes it
 * (Documentation/userspace-api/seccomp_filter.rst), without a library, as a list that is short.
 */
#include "config.h"

#include "call_filter.h"

#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STEPS_MAX = 128, ALSA_KIND = 'A' << 8, KIND_MASK = 0xff << 8 };

static _Atomic unsigned caught;
static _Atomic int first = -1;

static const int always[] = {
    SYS_clock_gettime, SYS_clock_nanosleep, SYS_restart_syscall, SYS_rt_sigreturn,
    SYS_exit, SYS_madvise, SYS_rt_sigprocmask,          /* of a thread that ends */
};
static const int of_cards[] = {
    SYS_ppoll,
#ifdef SYS_poll
    SYS_poll,
#endif
};

struct program {
    struct sock_filter step[STEPS_MAX];
    unsigned short steps;
};

static void add(struct program *program, unsigned code, uint32_t k, unsigned yes, unsigned no)
{
    program->step[program->steps++] = (struct sock_filter){(uint16_t)code, (uint8_t)yes, (uint8_t)no, k};
}

static void load(struct program *program, size_t offset)
{
    add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void allow(struct program *program)
{
    add(program, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void allow_each(struct program *program, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i], 0, 1);
        allow(program);
    }
}

/* Allowed if the lower half of its second argument, masked, is this. Leaves the number of the call to be loaded anew. */
static void allow_if(struct program *program, int call, uint32_t mask, uint32_t value)
{
    size_t argument = offsetof(struct seccomp_data, args[1]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4);
    load(program, argument);
    add(program, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    allow(program);
    load(program, offsetof(struct seccomp_data, nr));
}

static void on_caught(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    int none = -1;
    atomic_compare_exchange_strong(&first, &none, info->si_syscall);
    atomic_fetch_add(&caught, 1);
}

void call_filter_watch(void)
{
    struct sigaction action = {.sa_sigaction = on_caught, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &action, NULL);
}

bool call_filter_begin(bool card)
{
    struct program program = {.steps = 0};
    load(&program, offsetof(struct seccomp_data, nr));
    allow_each(&program, always, sizeof always / sizeof *always);
    allow_if(&program, SYS_futex, FUTEX_CMD_MASK, FUTEX_WAKE);
    if (card) {
        allow_each(&program, of_cards, sizeof of_cards / sizeof *of_cards);
        allow_if(&program, SYS_ioctl, KIND_MASK, ALSA_KIND);
    }
    add(&program, BPF_RET | BPF_K, SECCOMP_RET_TRAP, 0, 0);
    struct sock_fprog filter = {.len = program.steps, .filter = program.step};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

unsigned call_filter_caught(void)
{
    return atomic_load(&caught);
}

int call_filter_first(void)
{
    return atomic_load(&first);
}
