/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The heir's main (process/heir.h): keeps the last that it was told, and waits for the end of its
 * socket. It is told by nobody that it is not needed: a supervisor that ends in order kills it.
 */
#include "config.h"

#include "process/estate.h"
#include "process/roles.h"
#include "base/log.h"
#include "platform/spawn.h"
#include "platform/thread.h"
#include "wire/msg.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct estate estate;
static int fd[ESTATE_FDS] = {-1, -1, -1, -1, -1, -1, -1};
static bool told;

/* In the order of estate.h. */
static void take_fds(struct msg *msg)
{
    int marks[ESTATE_FDS] = {0, estate.engine.socket, estate.standby.socket, estate.store.socket};
    memcpy(&marks[1 + ESTATE_CHILDREN], estate.left, sizeof estate.left);
    int next = 0, got[ESTATE_FDS];
    for (int i = 0; i < ESTATE_FDS; i++) {
        got[i] = marks[i] < 0 ? -1 : msg->fd[next];
        if (marks[i] >= 0)
            msg->fd[next++] = -1;
    }
    for (int i = 0; i < ESTATE_FDS; i++) {
        if (fd[i] >= 0)
            close(fd[i]);
        fd[i] = got[i];
    }
}

static void take_estate(struct msg *msg)
{
    if (msg->size != sizeof estate)
        return;
    memcpy(&estate, msg->payload, sizeof estate);
    if (!told)
        log_start("supervisor", estate.options.verbosity);
    told = true;
    notify_set(&estate.manager);
    take_fds(msg);
}

/* First of all, before the end of that process is known to be its end: the show's main process is this one now. */
static void tell_manager(void)
{
    char text[32];
    snprintf(text, sizeof text, "MAINPID=%d", (int)getpid());
    notify_say(text);
}

int heir_main(void)
{
    static struct msg msg;
    int shared[SUCCESSION_FDS], got;
    fcntl(SPAWN_SOCKET, F_SETFD, FD_CLOEXEC);
    if (msg_recv(SPAWN_SOCKET, &msg) != 1 || msg.type != MSG_HELLO || msg.fd[SUCCESSION_FDS - 1] < 0)
        return 2;
    memcpy(shared, msg.fd, sizeof shared);
    thread_raise_alone(THREAD_PRIORITY_MAIN);
    while ((got = msg_recv(SPAWN_SOCKET, &msg)) > 0) {
        if (msg.type == MSG_ESTATE)
            take_estate(&msg);
        msg_clear(&msg);
    }
    if (got < 0 || !told)
        return 1;
    tell_manager();
    close(SPAWN_SOCKET);
    return supervisor_inherit(&estate, shared, fd);
}
