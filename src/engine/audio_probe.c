/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asking a device for its rate before there is an engine: see audio.h. It runs on a thread
 * of its own, since a driver may hang; whoever of the two comes last frees what they share.
 */
#include "config.h"

#include "base/err.h"
#include "base/xalloc.h"
#include "engine/audio.h"
#include "platform/thread.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { PROBE_DEADLINE_S = 3 };

struct probe {
    struct device_request request;
    struct err err;
    uint32_t rate;
    sem_t done;
    _Atomic int holders;                /* the last one frees */
};

static void probe_unref(struct probe *probe)
{
    if (atomic_fetch_sub(&probe->holders, 1) > 1)
        return;
    sem_destroy(&probe->done);
    free(probe);
}

static void *run_probe(void *context)
{
    struct probe *probe = context;
    struct device *device = device_open(&probe->request, &probe->err);
    if (device) {
        probe->rate = device->format.rate;
        device->driver->close(device);
    }
    sem_post(&probe->done);
    probe_unref(probe);
    return NULL;
}

uint32_t audio_probe_rate(const struct device_request *request, struct err *err)
{
    if (device_driver_for(request->name) != &device_alsa)
        return request->rate ? request->rate : 48000;
    struct probe *probe = xcalloc(1, sizeof *probe);
    probe->request = *request;
    sem_init(&probe->done, 0, 0);
    atomic_init(&probe->holders, 2);
    struct thread thread;
    if (thread_start(&thread, "probe", THREAD_PRIORITY_NONE, run_probe, probe, NULL, 0) < 0)
        run_probe(probe);
    else
        pthread_detach(thread.id);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PROBE_DEADLINE_S;
    int late;
    while ((late = sem_timedwait(&probe->done, &until)) < 0 && errno == EINTR)
        ;
    uint32_t rate = late ? 0 : probe->rate;
    if (late)
        err_set(err, ERR_BUSY, "%.96s does not answer", request->name);
    else if (!rate && err)
        *err = probe->err;
    probe_unref(probe);
    return rate;
}
