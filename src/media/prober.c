/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One worker and a spare: see prober.h. */
#include "config.h"

#include "media/prober.h"

#include "media/media_pool.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(struct prober *prober, struct prober_worker *worker)
{
    int staging;
    if (media_start_worker(prober->kind, &worker->socket, &staging, &worker->pid) < 0) {
        *worker = (struct prober_worker){0};
        return -1;
    }
    close(staging);                 /* nothing is decoded */
    worker_life_begin(&worker->life, worker->pid);
    prober->started++;
    return 0;
}

static void end(struct prober_worker *worker)
{
    if (!worker->pid)
        return;
    worker_life_end(&worker->life);
    close(worker->socket);
    waitpid(worker->pid, NULL, 0);
    *worker = (struct prober_worker){0};
}

/* Return: whether there is a worker for the next file; from the second file on a spare one is kept beside it. */
static bool prepare(struct prober *prober)
{
    if (!prober->now.pid) {
        prober->now = prober->spare;
        prober->spare = (struct prober_worker){0};
    }
    if (!prober->now.pid && start(prober, &prober->now) < 0)
        return false;
    if (prober->asked > 0 && !prober->spare.pid)
        start(prober, &prober->spare);
    return true;
}

int prober_ask(struct prober *prober, const char *path, struct probe_info *info, struct err *err)
{
    return prober_ask_tags(prober, path, info, NULL, err);
}

int prober_ask_tags(struct prober *prober, const char *path, struct probe_info *info, struct media_tags *tags, struct err *err)
{
    struct err why;
    if (!prepare(prober)) {
        err_set(err, ERR_IO, "no worker can be started: %s", strerror(errno));
        return -2;
    }
    prober->asked++;
    int result = probe_tags(prober->now.socket, path, info, tags, &why);
    prober->lacks |= info->lacks;
    prober->now.life.files++;
    prober->now.life.soiled = result < 0 && why.code != ERR_UNKNOWN;
    if (worker_life_over(&prober->now.life))
        end(&prober->now);
    if (result < 0 && info->elsewhere && prober->kind == WORKER_PLAIN) {
        end(&prober->now);
        end(&prober->spare);
        prober->kind = WORKER_WHOLE;
        return prober_ask_tags(prober, path, info, tags, err);
    }
    if (result < 0 && err)
        *err = why;
    return result;
}

void prober_init(struct prober *prober)
{
    *prober = (struct prober){.kind = WORKER_PLAIN};
}

void prober_clear(struct prober *prober)
{
    end(&prober->now);
    end(&prober->spare);
}
