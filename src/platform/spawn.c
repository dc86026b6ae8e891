/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Re-exec as a role: see spawn.h. */
#include "config.h"

#include "platform/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int spawn_pair(int pair[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    int bytes = 1 << 20;
    for (int i = 0; i < 2; i++)
        setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    return 0;
}

void spawn_make_idle(pid_t pid)
{
    enum { WHO_PROCESS = 1, CLASS_IDLE = 3 << 13 };     /* of linux/ioprio.h */
    struct sched_param none = {0};
    sched_setscheduler(pid, SCHED_IDLE, &none);
    syscall(SYS_ioprio_set, WHO_PROCESS, pid, CLASS_IDLE);
}

static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int s = 1; s < NSIG; s++)
        if (s != SIGKILL && s != SIGSTOP)
            signal(s, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);       /* a file that may not grow is an error of the write */
}

static void become(const char *role, int socket, pid_t parent, bool die_with_parent)
{
    reset_signals();
    setsid();                       /* a terminal's ^C is for the front process alone */
    if (die_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    if (socket == SPAWN_SOCKET)
        fcntl(socket, F_SETFD, 0);
    else if (dup2(socket, SPAWN_SOCKET) < 0)
        _exit(127);
    char *argv[] = {(char[]){"clipgrid"}, strdup(role), NULL};
    execv("/proc/self/exe", argv);
    _exit(127);
}

int spawn_role(const char *role, pid_t *pid, bool die_with_parent)
{
    int pair[2];
    if (spawn_pair(pair) < 0)
        return -1;
    pid_t parent = getpid();
    *pid = fork();
    if (*pid == 0)
        become(role, pair[1], parent, die_with_parent);
    close(pair[1]);
    if (*pid > 0)
        return pair[0];
    int saved = errno;
    close(pair[0]);
    errno = saved;
    return -1;
}
