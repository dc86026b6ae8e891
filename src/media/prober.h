/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asks what files hold, one after the other, with a worker of its own (probe, check, import). A worker
 * that met a bad file, or whose term is over (media/worker_life.h), gives way to a spare one that
 * is warm by then; ten thousand files are not ten thousand starts. They are plain ones (decode/worker.h) until
 * a file needs more. Blocking; one thread.
 */
#ifndef MEDIA_PROBER_H
#define MEDIA_PROBER_H

#include "media/probe.h"
#include "media/worker_life.h"

#include <sys/types.h>

struct prober_worker {
    pid_t pid;                      /* 0: there is none */
    int socket;
    struct worker_life life;
};

struct prober {
    struct prober_worker now, spare;
    enum worker_kind kind;          /* of those that are started from now on: plain until a file needs more */
    unsigned asked;                 /* files, ever */
    unsigned started;               /* workers, ever */
    unsigned lacks;                 /* walls the workers are without (enum sandbox_wall); as far as is known */
};

void prober_init(struct prober *prober);
/* As probe_file(); -2 with err: there is no worker to ask. */
int prober_ask(struct prober *prober, const char *path, struct probe_info *info, struct err *err);
/* As probe_tags(). */
int prober_ask_tags(struct prober *prober, const char *path, struct probe_info *info, struct media_tags *tags, struct err *err);
void prober_clear(struct prober *prober);       /* ends its workers, and waits for them */

#endif
