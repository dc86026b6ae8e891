/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One worker to ask about many files, started when it is first asked and replaced after it met a
 * bad one. For a process of its own (check, import, relink), never where something else waits.
 */
#ifndef PROCESS_PROBER_H
#define PROCESS_PROBER_H

#include "media/probe.h"

#include <sys/types.h>

struct prober {
    int worker, staging;            /* worker -1: none runs */
    pid_t pid;
};

void prober_init(struct prober *prober);
void prober_clear(struct prober *prober);       /* ends the worker */
/* As probe_file; -2 with err: there is no worker to ask. */
int prober_ask(struct prober *prober, const char *path, struct probe_info *info, struct err *err);

#endif
