/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workers: see crew.h. */
#include "config.h"

#include "process/crew.h"
#include "media/media_pool.h"
#include "platform/clock.h"
#include "platform/spawn.h"
#include "wire/msg.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static void hand_over(int store, const struct msg_worker *about, int fds[2])
{
    if (store >= 0)
        msg_send(store, MSG_WORKER, 0, about, sizeof *about, fds, 2);
    close(fds[0]);                  /* the store's from now on */
    close(fds[1]);
}

static void start_worker(struct crew *crew, int index, int store)
{
    struct child *worker = &crew->worker[index];
    int fds[2];
    worker->start_at_ns = 0;
    if (media_start_lasting_worker(&fds[0], &fds[1], &worker->pid) < 0) {
        worker->pid = 0;
        worker->start_at_ns = clock_now_rt() + CLOCK_SECOND_NS;
        return;
    }
    worker->last_pid = worker->pid;
    struct msg_worker about = {.index = (uint32_t)index, .pid = (uint32_t)worker->pid};
    hand_over(store, &about, fds);
}

void crew_start(struct crew *crew, int store)
{
    int workers = spares_active() + SPARES_WARM;
    for (crew->workers = 0; crew->workers < workers; crew->workers++) {
        child_init(&crew->worker[crew->workers], "@worker");
        start_worker(crew, crew->workers, store);
    }
}

void crew_start_due(struct crew *crew, int store, uint64_t now_ns)
{
    for (int i = 0; i < crew->workers; i++)
        if (crew->worker[i].start_at_ns && crew->worker[i].start_at_ns <= now_ns)
            start_worker(crew, i, store);
}

void crew_next_due(const struct crew *crew, uint64_t *next_ns)
{
    for (int i = 0; i < crew->workers; i++)
        if (crew->worker[i].start_at_ns && crew->worker[i].start_at_ns < *next_ns)
            *next_ns = crew->worker[i].start_at_ns;
}

static void forget_worker(struct child *worker)
{
    if (worker->pidfd >= 0)
        close(worker->pidfd);
    worker->pid = 0;
    worker->pidfd = -1;
    worker->adopted = false;
}

void crew_replace(struct crew *crew, int store, pid_t pid)
{
    for (int i = 0; i < crew->workers; i++) {
        if (pid <= 0 || crew->worker[i].last_pid != pid)
            continue;
        forget_worker(&crew->worker[i]);        /* it is reaped as one that nobody knows */
        start_worker(crew, i, store);
        return;
    }
}

struct child *crew_find(struct crew *crew, pid_t pid)
{
    for (int i = 0; i < crew->workers; i++)
        if (crew->worker[i].pid == pid)
            return &crew->worker[i];
    return NULL;
}

void crew_kill(struct crew *crew)
{
    for (int i = 0; i < crew->workers; i++)
        child_kill(&crew->worker[i], SIGKILL);
    for (int i = 0; i < CREW_BACKGROUND; i++)
        if (crew->background[i])
            kill(crew->background[i], SIGKILL);
}

void crew_forget(struct crew *crew, pid_t pid)
{
    for (int i = 0; i < CREW_BACKGROUND; i++)
        if (crew->background[i] == pid)
            crew->background[i] = 0;
}

void crew_inherit(struct crew *crew)
{
    for (int i = 0; i < crew->workers; i++) {
        crew->worker[i].socket = crew->worker[i].pidfd = -1;
        child_adopt(&crew->worker[i]);
    }
    memset(crew->background, 0, sizeof crew->background);
}

void crew_start_background(struct crew *crew, int store)
{
    struct msg_worker about = {.background = 1};
    int fds[2];
    pid_t pid;
    if (media_start_lasting_worker(&fds[0], &fds[1], &pid) < 0)
        return;
    spawn_make_idle(pid);
    for (int i = 0; i < CREW_BACKGROUND; i++)
        if (!crew->background[i]) {
            crew->background[i] = pid;
            break;
        }
    about.pid = (uint32_t)pid;
    hand_over(store, &about, fds);
}
