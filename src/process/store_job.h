/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's side of long work on media: it is done by a process of its own ("@job"), so that
 * neither a hung disk nor a hostile archive is the store's affair. The store starts it, passes its
 * messages on, and ends it. One at a time. In the store's poll loop; waits for nothing.
 */
#ifndef PROCESS_STORE_JOB_H
#define PROCESS_STORE_JOB_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

struct msg;

enum { STORE_JOB_ENDING = 8 };

struct store_job {
    int socket;                     /* to the process, -1: none runs */
    pid_t pid;
    uint32_t serial;                /* of the request */
    pid_t ending[STORE_JOB_ENDING]; /* those that are told to end and have not yet, for a disk may hold them; 0: free */
};

/* A MSG_JOB of the engine. If it cannot begin, the engine is told. */
void store_job_begin(struct store_job *job, const struct msg *msg, int engine);
void store_job_end(struct store_job *job);          /* kills it; its work is safe to be killed at any moment */
/* For the caller's poll. Return: entries added, at most 1. */
int store_job_poll(const struct store_job *job, struct pollfd *fds);
/* After poll, also when nothing came: passes on what it says. */
void store_job_handle(struct store_job *job, int engine);

#endif
