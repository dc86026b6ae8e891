/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a supervisor has and its heir is told of, MSG_ESTATE: the whole of it each time something is another one, so that the last
 * message alone counts. Plain data; descriptors come beside it, in this order: the lock, then the sockets of engine, standby
 * engine and store, as far as `socket` of each says that there is one (0; else -1), and so what engines left. What all engines get
 * (SUCCESSION_FDS descriptors) comes once, with MSG_HELLO, as engines have it.
 */
#ifndef PROCESS_ESTATE_H
#define PROCESS_ESTATE_H

#include "process/crew.h"
#include "process/options.h"
#include "process/succession.h"
#include "platform/notify.h"

enum { ESTATE_CHILDREN = 3, ESTATE_FDS = 1 + ESTATE_CHILDREN + SUCCESSION_LEFT };

struct estate {
    struct options options;
    struct notify_manager manager;      /* the service manager */
    struct succession_kept kept;
    struct child engine, standby, store;
    struct crew crew;
    pid_t introduced[2];                /* engine and store that have been shown to each other */
    bool quitting;
    int left[SUCCESSION_LEFT];          /* as succession.h; 0: there is one, among the descriptors */
};

/* The heir's main, once the supervisor is gone: goes on with what that had. fd: ESTATE_FDS, -1: none. Return: exit status. */
int supervisor_inherit(const struct estate *estate, const int shared[SUCCESSION_FDS], const int fd[ESTATE_FDS]);

#endif
