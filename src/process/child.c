/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor's children: see child.h. */
#include "config.h"

#include "process/child.h"
#include "base/log.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/pidfd.h"
#include "platform/spawn.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

void child_init(struct child *child, const char *role)
{
    *child = (struct child){.socket = -1, .pidfd = -1};
    text_copy(child->role, sizeof child->role, role);
}

/* It outlives us, for there is an heir (heir.h); without one, its socket's end tells it. */
int child_start(struct child *child)
{
    child->start_at_ns = 0;
    child->socket = spawn_role(child->role, &child->pid, false);
    if (child->socket >= 0)
        return 0;
    child->pid = 0;
    child->start_at_ns = clock_now_rt() + CLOCK_SECOND_NS;
    return -1;
}

void child_note_death(struct child *child, int status, char *text, size_t size)
{
    if (status == PIDFD_UNKNOWN)
        snprintf(text, size, "it is not known of what");
    else
        snprintf(text, size, "%s %d", WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (child->socket >= 0)
        close(child->socket);
    if (child->pidfd >= 0)
        close(child->pidfd);
    child->pid = 0;
    child->socket = child->pidfd = -1;
    child->adopted = false;
}

void child_start_again(struct child *child)
{
    uint64_t now = clock_now_rt();
    child->start_at_ns = ladder_note(&child->ladder, now) ? now + CLOCK_SECOND_NS : now;
}

void child_kill(const struct child *child, int signal)
{
    if (child->pid > 0)
        pidfd_kill(child->pidfd, child->pid, signal);
}

void child_adopt(struct child *child)
{
    child->adopted = child->pid > 0;
    child->pidfd = child->adopted ? pidfd_of(child->pid) : -1;
}

bool child_adopted_end(const struct child *child, int *status)
{
    return child->adopted && pidfd_has_ended(child->pidfd, child->pid, status);
}
