/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers that wait and one on trial: see spares.h. */
#include "config.h"

#include "process/spares.h"

#include "media/loader.h"
#include "platform/machine.h"
#include "platform/sandbox.h"
#include "wire/msg.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* It may hang, so that closing its socket would not end it. The supervisor starts another one. */
static void dismiss(const struct spare *worker)
{
    if (worker->pid > 0)
        kill(worker->pid, SIGKILL);
    close(worker->socket);
    close(worker->staging);
}

static void keep(struct spares *spares, const struct spare *worker)
{
    if (spares->count < SPARES_MAX)
        spares->waiting[spares->count++] = *worker;
    else
        dismiss(worker);
}

void spares_take(struct spares *spares, struct msg *msg)
{
    struct msg_worker about;
    memcpy(&about, msg->payload, sizeof about);
    struct spare worker = {.socket = msg->fd[0], .staging = msg->fd[1], .pid = (int)about.pid};
    if (worker.socket < 0 || worker.staging < 0)
        return;
    msg->fd[0] = msg->fd[1] = -1;
    bool first = !spares->tried;
    spares->tried = true;
    if (first && selftest_begin(&spares->test, worker.socket, worker.staging) == 0)
        spares->on_trial = worker;
    else
        keep(spares, &worker);
}

int spares_poll(const struct spares *spares, struct pollfd *fds)
{
    if (spares->on_trial.socket < 0)
        return 0;
    *fds = (struct pollfd){.fd = spares->on_trial.socket, .events = POLLIN};
    return 1;
}

static void describe(struct spares *spares)
{
    const struct selftest *test = &spares->test;
    size_t used = 0;
    spares->text[0] = '\0';
    if (test->failed[0])
        used = (size_t)snprintf(spares->text, sizeof spares->text, "media of this kind do not decode as they should here: %s%s",
                                test->failed, test->lacks ? "; " : "");
    if (test->lacks)
        sandbox_describe(test->lacks, spares->text + used, sizeof spares->text - used);
}

void spares_handle(struct spares *spares)
{
    if (spares->on_trial.socket < 0 || !selftest_handle(&spares->test))
        return;
    describe(spares);
    if (spares->test.fit)
        keep(spares, &spares->on_trial);
    else
        dismiss(&spares->on_trial);
    spares->on_trial.socket = -1;
}

bool spares_give(struct spares *spares, struct loader *loader, int most)
{
    bool any = false;
    while (spares->count > 0 && loader_workers(loader, NULL, 0) < most) {
        struct spare oldest = spares->waiting[0];
        memmove(spares->waiting, spares->waiting + 1, (size_t)--spares->count * sizeof oldest);
        loader_add_worker(loader, oldest.socket, oldest.staging, oldest.pid);
        any = true;
    }
    return any;
}

int spares_active(void)
{
    int cores = machine_cores();
    return cores < SPARES_ACTIVE_MAX ? cores : SPARES_ACTIVE_MAX;
}
