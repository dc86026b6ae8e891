/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's workers before the loader has them: the first one of the show, which is given the
 * decoders' self-test before it is given media (decode/selftest.h), those that came before there
 * was a loader, and SPARES_WARM that wait, started and walled in, to take the place of one whose
 * term is over or that died: neither costs a file its time. In the store's poll loop; waits for
 * nothing.
 */
#ifndef PROCESS_SPARES_H
#define PROCESS_SPARES_H

#include "decode/selftest.h"

#include <poll.h>
#include <stdbool.h>

struct loader;
struct msg;

enum {
    SPARES_MAX = 16,                    /* more are closed, which ends them */
    SPARES_ACTIVE_MAX = 8,              /* that decode at a time */
    SPARES_WARM = 2
};

struct spare {
    int socket, staging, pid;
};

struct spares {
    struct spare waiting[SPARES_MAX];
    int count;                          /* of those */
    bool tried;                         /* one has been on trial, or none is to be */
    struct spare on_trial;              /* socket -1: none is */
    struct selftest test;
    char text[480];                     /* what people should know of the trial, "" if nothing; the caller takes it */
};

/* A MSG_WORKER from the supervisor: takes its descriptors. */
void spares_take(struct spares *spares, struct msg *msg);
/* For the caller's poll. Return: entries added, at most 1. */
int spares_poll(const struct spares *spares, struct pollfd *fds);
/* After poll, also when nothing came. */
void spares_handle(struct spares *spares);
/* Gives the loader of those that wait until it has `most`. Return: whether any went. */
bool spares_give(struct spares *spares, struct loader *loader, int most);
int spares_active(void);                /* how many are to decode at a time: one a core, SPARES_ACTIVE_MAX at most */

#endif
