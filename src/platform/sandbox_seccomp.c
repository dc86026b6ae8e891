/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system call filter, by libseccomp: what reading a file that is already open, decoding it
 * and talking on one socket need, and what a dying process needs to die. Memory may be mapped if
 * it is anonymous and never be executable.
 *
 * Decoders try to open things when they meet an unknown file: that gives EACCES. Anything else
 * that is not on the list is a fault: in debug builds it kills, in release builds it gives EPERM.
 */
#include "config.h"

#include "platform/sandbox_walls.h"

#ifdef HAVE_SECCOMP
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef CLIPGRID_DEBUG
#define OTHERWISE SCMP_ACT_KILL_PROCESS
#else
#define OTHERWISE SCMP_ACT_ERRNO(EPERM)
#endif

static const int allowed[] = {
    SCMP_SYS(brk), SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(close), SCMP_SYS(exit), SCMP_SYS(exit_group),
    SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(getpid), SCMP_SYS(getrandom),
    SCMP_SYS(gettid), SCMP_SYS(gettimeofday), SCMP_SYS(_llseek), SCMP_SYS(lseek), SCMP_SYS(madvise), SCMP_SYS(mremap),
    SCMP_SYS(munmap), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(pread64), SCMP_SYS(read), SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sysinfo), SCMP_SYS(write), SCMP_SYS(writev),
};
static const int opening[] = {SCMP_SYS(creat), SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2)};

static bool add_each(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (seccomp_rule_add_array(filter, action, calls[i], 0, NULL) < 0)
            return false;
    return true;
}

/* Allowed with these arguments. */
static bool add_if(scmp_filter_ctx filter, int call, const struct scmp_arg_cmp *arguments, unsigned count)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, count, arguments) == 0;
}

static struct scmp_arg_cmp argument_is(unsigned index, uint64_t value)
{
    return (struct scmp_arg_cmp){.arg = index, .op = SCMP_CMP_EQ, .datum_a = value};
}

static struct scmp_arg_cmp argument_has(unsigned index, uint64_t mask, uint64_t value)
{
    return (struct scmp_arg_cmp){.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

static bool add_conditions(scmp_filter_ctx filter, int socket)
{
    const struct scmp_arg_cmp map[] = {argument_has(2, PROT_EXEC, 0), argument_has(3, MAP_ANONYMOUS, MAP_ANONYMOUS)};
    const struct scmp_arg_cmp talk[] = {argument_is(0, (uint64_t)socket)};
    const struct scmp_arg_cmp own_signal[] = {argument_is(0, (uint64_t)getpid())};      /* abort(3) */
    const struct scmp_arg_cmp own_file[] = {argument_has(3, AT_EMPTY_PATH, AT_EMPTY_PATH)};    /* what fstat(3) is made of */
    return add_if(filter, SCMP_SYS(mmap), map, 2) && add_if(filter, SCMP_SYS(mmap2), map, 2) &&
           add_if(filter, SCMP_SYS(mprotect), map, 1) &&
           add_if(filter, SCMP_SYS(recvmsg), talk, 1) && add_if(filter, SCMP_SYS(sendmsg), talk, 1) &&
           add_if(filter, SCMP_SYS(tgkill), own_signal, 1) && add_if(filter, SCMP_SYS(newfstatat), own_file, 1);
}

bool sandbox_seccomp(int socket)
{
    scmp_filter_ctx filter = seccomp_init(OTHERWISE);
    bool loaded = filter && add_each(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof *allowed) &&
                  add_each(filter, SCMP_ACT_ERRNO(EACCES), opening, sizeof opening / sizeof *opening) &&
                  add_conditions(filter, socket) && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return loaded;
}
#else
bool sandbox_seccomp(int socket)
{
    (void)socket;
    return false;
}
#endif
