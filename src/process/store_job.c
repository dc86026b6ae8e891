/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process of a job, as the store sees it: see store_job.h. */
#include "config.h"

#include "process/store_job.h"
#include "base/err.h"
#include "base/text.h"
#include "platform/spawn.h"
#include "wire/msg.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

static void say_failed(int engine, uint32_t serial, enum err_code code, const char *text)
{
    struct msg_job_done done = {.code = (uint32_t)code};
    text_copy(done.text, sizeof done.text, text);
    if (engine >= 0)
        msg_send(engine, MSG_JOB_DONE, serial, &done, sizeof done, NULL, 0);
}

/* Those that have ended are waited for. Return: a free place, or NULL. */
static pid_t *reap(struct store_job *job)
{
    pid_t *place = NULL;
    for (int i = 0; i < STORE_JOB_ENDING; i++) {
        pid_t *pid = &job->ending[i];
        if (*pid && waitpid(*pid, NULL, WNOHANG) != 0)
            *pid = 0;
        if (!*pid)
            place = pid;
    }
    return place;
}

void store_job_end(struct store_job *job)
{
    if (job->socket < 0)
        return;
    kill(job->pid, SIGKILL);
    close(job->socket);
    job->socket = -1;
    *reap(job) = job->pid;          /* one was free when it began */
}

void store_job_begin(struct store_job *job, const struct msg *msg, int engine)
{
    store_job_end(job);             /* the engine asks for one at a time: this one is forgotten */
    if (!reap(job)) {
        say_failed(engine, msg->serial, ERR_BUSY, "too many that were given up have not ended: a disk holds them");
        return;
    }
    job->serial = msg->serial;
    job->socket = spawn_role("@job", &job->pid, true);
    if (job->socket < 0) {
        say_failed(engine, msg->serial, ERR_IO, "no process can be started for it");
        return;
    }
    msg_send(job->socket, msg->type, msg->serial, msg->payload, msg->size, msg->fd, 1);
}

int store_job_poll(const struct store_job *job, struct pollfd *fds)
{
    if (job->socket < 0)
        return 0;
    fds[0] = (struct pollfd){.fd = job->socket, .events = POLLIN};
    return 1;
}

void store_job_handle(struct store_job *job, int engine)
{
    static struct msg msg;
    struct pollfd ready = {.fd = job->socket, .events = POLLIN};
    reap(job);
    if (job->socket < 0 || poll(&ready, 1, 0) <= 0)
        return;
    int got = msg_recv(job->socket, &msg);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    bool known = got > 0 && (msg.type == MSG_JOB_TOLD || msg.type == MSG_JOB_DONE);
    bool done = known && msg.type == MSG_JOB_DONE;
    if (known && engine >= 0)
        msg_send(engine, msg.type, job->serial, msg.payload, msg.size, msg.fd, msg.fd[0] >= 0 ? 1 : 0);
    else if (!known)
        say_failed(engine, job->serial, ERR_IO, "the process that did it died; nothing is half done, and a second try goes on");
    if (got > 0)
        msg_clear(&msg);
    if (done || !known)
        store_job_end(job);
}
