/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other processes' children: see pidfd.h. How one ended is told twice: while nobody has reaped it, by the last field of
 * /proc/PID/stat (proc(5)); after that, from Linux 6.15 on, by PIDFD_GET_INFO.
 */
#include "config.h"

#include "platform/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct info {                           /* of linux/pidfd.h, its first version */
    uint64_t mask, cgroup;
    uint32_t ids[11];
    int32_t exit_code;
};
enum { INFO_EXIT = 1 << 3, LOOKS = 10, LOOK_US = 300 };
#define GET_INFO _IOWR(0xFF, 11, struct info)

int pidfd_of(pid_t pid)
{
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    (void)pid;
    errno = ENOSYS;
    return -1;
#endif
}

int pidfd_kill(int pidfd, pid_t pid, int signal)
{
#ifdef SYS_pidfd_send_signal
    if (pidfd >= 0)
        return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
#else
    (void)pidfd;
#endif
    return kill(pid, signal);
}

/* Return: what a file of /proc/PID holds, with a NUL; NULL if it cannot be read. */
static char *read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    if (got < 0)
        return NULL;
    text[got] = '\0';
    return text;
}

/* The text of /proc/PID/stat from field 3 on: a name may have blanks and brackets in it. */
static const char *read_stat(pid_t pid, char *text, size_t size)
{
    const char *name_end = read_proc(pid, "stat", text, size) ? strrchr(text, ')') : NULL;
    return name_end && name_end[1] ? name_end + 2 : NULL;
}

static bool zombie_status(pid_t pid, int *status)
{
    char text[1024];
    const char *fields = read_stat(pid, text, sizeof text);
    const char *last = fields && *fields == 'Z' ? strrchr(fields, ' ') : NULL;
    if (last)
        *status = atoi(last + 1);
    return last;
}

static bool reaped_status(int pidfd, int *status)
{
    struct info info = {.mask = INFO_EXIT};
    if (pidfd < 0 || ioctl(pidfd, GET_INFO, &info) < 0 || !(info.mask & INFO_EXIT))
        return false;
    *status = info.exit_code;
    return true;
}

bool pidfd_has_ended(int pidfd, pid_t pid, int *status)
{
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    *status = PIDFD_UNKNOWN;
    if (pidfd < 0 ? kill(pid, 0) == 0 || errno != ESRCH : poll(&end, 1, 0) <= 0)
        return false;
    for (int i = 0; i < LOOKS; i++) {       /* between the two there is a moment when neither tells */
        if (zombie_status(pid, status) || reaped_status(pidfd, status))
            return true;
        usleep(LOOK_US);
    }
    return true;
}

bool pidfd_is_dying(pid_t pid)
{
    enum { EXITING = 4 };                   /* PF_EXITING of the kernel's flags, field 9 of stat */
    char text[4096], state;
    unsigned flags = 0;
    const char *fields = read_stat(pid, text, sizeof text);
    if (!fields)
        return kill(pid, 0) < 0 && errno == ESRCH;
    if (sscanf(fields, "%c %*d %*d %*d %*d %*d %u", &state, &flags) == 2 && (state == 'Z' || state == 'X' || flags & EXITING))
        return true;
    const char *pending = read_proc(pid, "status", text, sizeof text) ? strstr(text, "\nSigPnd:") : NULL;
    return pending && strtoull(pending + strlen("\nSigPnd:"), NULL, 16) >> (SIGKILL - 1) & 1;
}
