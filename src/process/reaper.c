/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children are reaped: see reaper.h. */
#include "config.h"

#include "process/reaper.h"
#include "platform/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct ended {
    pid_t pid;
    int status;
};

static struct {
    struct thread thread;
    int wake, told[2];              /* an eventfd; a pipe of struct ended */
} self;

/* As waitpid(2) has it. */
static int status_of(const siginfo_t *info)
{
    return info->si_code == CLD_EXITED ? (info->si_status & 0xff) << 8
         : info->si_status | (info->si_code == CLD_DUMPED ? 0x80 : 0);
}

static bool look(idtype_t type, id_t id, struct ended *ended)
{
    siginfo_t info = {0};
    if (waitid(type, id, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || !info.si_pid)
        return false;
    *ended = (struct ended){info.si_pid, status_of(&info)};
    return true;
}

static void *run(void *context)
{
    (void)context;
    uint64_t count;
    struct ended ended;
    thread_be_ordinary();
    while (read(self.wake, &count, sizeof count) == (ssize_t)sizeof count || errno == EINTR)
        while (look(P_ALL, 0, &ended) && write(self.told[1], &ended, sizeof ended) == (ssize_t)sizeof ended)
            waitpid(ended.pid, NULL, 0);        /* its number is nobody else's until now */
    return NULL;
}

int reaper_begin(void)
{
    self.wake = eventfd(0, EFD_CLOEXEC);
    if (self.wake < 0 || pipe2(self.told, O_CLOEXEC) < 0)
        return -1;
    fcntl(self.told[0], F_SETFL, O_NONBLOCK);
    return thread_start(&self.thread, "reaper", THREAD_PRIORITY_NONE, run, NULL, NULL, 0) < 0 ? -1 : self.told[0];
}

void reaper_wake(void)
{
    uint64_t one = 1;
    ssize_t put = write(self.wake, &one, sizeof one);
    (void)put;                      /* it is awake already */
}

bool reaper_take(pid_t *pid, int *status)
{
    struct ended ended;
    if (read(self.told[0], &ended, sizeof ended) != (ssize_t)sizeof ended)
        return false;
    *pid = ended.pid;
    *status = ended.status;
    return true;
}

bool reaper_sees_end(pid_t pid, int *status)
{
    struct ended ended;
    if (pid <= 0 || !look(P_PID, (id_t)pid, &ended))
        return false;
    *status = ended.status;
    return true;
}
