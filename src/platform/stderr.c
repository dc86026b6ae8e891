/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process between us and a stderr on a disk: see stderr.h. It holds the two files and nothing else of ours, ends when the last
 * writer has, and is nobody's child, so that no one has to know of it.
 */
#include "config.h"

#include "platform/stderr.h"
#include "platform/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int written = -1;                /* its other end is closed when the process ends */

/* From 0 to 2, as `in` and our stderr are; descriptor 1, that the writer waits for, closes last of all, with the process. */
static _Noreturn void become(int in, int end)
{
    char *argv[] = {(char[]){"clipgrid"}, (char[]){"@stderr"}, NULL};
    if (dup2(in, STDIN_FILENO) >= 0 && dup2(end, STDOUT_FILENO) >= 0) {
        fd_close_range(STDERR_FILENO + 1, ~0u);
        execv("/proc/self/exe", argv);
    }
    _exit(1);
}

/* Only the end of the pipe ends it: what an interrupted show says last is to be in the file too. */
static void ignore_signals(void)
{
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
}

int stderr_main(void)
{
    char text[4096];
    ssize_t got;
    ignore_signals();
    while ((got = read(STDIN_FILENO, text, sizeof text)) > 0 || (got < 0 && errno == EINTR))
        for (ssize_t at = 0, put; at < got && (put = write(STDERR_FILENO, text + at, (size_t)(got - at))) > 0;)
            at += put;
    return 0;
}

/* Return: 0, or -1: there is no such process. */
static int start(int in, int end)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        pid_t other = fork();
        if (other == 0)
            become(in, end);
        _exit(other < 0);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

void stderr_begin(void)
{
    struct stat about;
    int lines[2], ends[2];
    if (fstat(STDERR_FILENO, &about) < 0 || !S_ISREG(about.st_mode) || pipe2(lines, O_CLOEXEC) < 0)
        return;
    if (pipe2(ends, O_CLOEXEC) < 0) {
        close(lines[0]);
        close(lines[1]);
        return;
    }
    if (start(lines[0], ends[1]) == 0) {
        fcntl(lines[1], F_SETFL, O_NONBLOCK);
        dup2(lines[1], STDERR_FILENO);
        written = ends[0];
    } else {
        close(ends[0]);
    }
    close(lines[0]);
    close(lines[1]);
    close(ends[1]);
}

void stderr_end(void)
{
    struct pollfd end = {.fd = written};
    if (written < 0)
        return;
    close(STDERR_FILENO);
    poll(&end, 1, STDERR_PATIENCE_MS);
    close(written);
    written = -1;
}
