/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times and ends of a worker: see worker_life.h. */
#include "config.h"

#include "media/worker_life.h"

#include "platform/clock.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t cpu_ns(const struct worker_life *life)
{
    struct timespec used;
    if (!life->timed || clock_gettime(life->clock, &used) < 0)
        return 0;
    return (uint64_t)used.tv_sec * CLOCK_SECOND_NS + (uint64_t)used.tv_nsec;
}

void worker_life_begin(struct worker_life *life, int pid)
{
    *life = (struct worker_life){.pid = pid, .pidfd = -1};
    if (pid <= 0)
        return;
    /* the process may be reaped by someone else at any time: only a descriptor of it is sure to mean the same one */
    life->pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
    life->timed = clock_getcpuclockid((pid_t)pid, &life->clock) == 0;
}

void worker_life_end(struct worker_life *life)
{
    if (life->pidfd < 0)
        return;
    syscall(SYS_pidfd_send_signal, life->pidfd, SIGKILL, NULL, 0);
    close(life->pidfd);
    life->pidfd = -1;
}

void worker_life_ask(struct worker_life *life)
{
    life->asked_ns = cpu_ns(life);
}

uint64_t worker_life_used_ns(const struct worker_life *life)
{
    uint64_t now = cpu_ns(life);
    return now > life->asked_ns ? now - life->asked_ns : 0;
}

bool worker_life_stopped(const struct worker_life *life)
{
    char path[48], text[128];
    snprintf(path, sizeof path, "/proc/%d/stat", life->pid);
    int fd = life->pidfd < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    const char *name_end = strrchr(text, ')');      /* its state is the letter behind its name */
    return name_end && !strncmp(name_end, ") T", 3);
}

bool worker_life_over(const struct worker_life *life)
{
    return life->soiled || life->files >= WORKER_LIFE_FILES || cpu_ns(life) >= WORKER_LIFE_S * CLOCK_SECOND_NS;
}
