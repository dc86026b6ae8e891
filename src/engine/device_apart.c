/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A driver's long calls in threads of their own: see device_apart.h. What two threads share is
 * freed by the one that is done with it last.
 */
#include "config.h"

#include "engine/device_apart.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "platform/thread.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct device_opening {
    struct device_request request;      /* opening */
    struct device *device;              /* opened, or to be closed */
    struct err err;
    sem_t done;
    _Atomic bool over;                  /* release, before done: ThreadSanitizer does not know sem_clockwait */
    _Atomic int holders;                /* the last one frees, and closes a device that nobody took */
};

static _Atomic int strays;              /* threads that nobody waits for */

static struct device_opening *opening_new(void)
{
    struct device_opening *opening = xcalloc(1, sizeof *opening);
    sem_init(&opening->done, 0, 0);
    atomic_init(&opening->holders, 2);
    return opening;
}

/* Return: whether the other one has gone, and it was freed. */
static bool opening_unref(struct device_opening *opening)
{
    if (atomic_fetch_sub(&opening->holders, 1) > 1)
        return false;
    if (opening->device)
        opening->device->driver->close(opening->device);
    sem_destroy(&opening->done);
    free(opening);
    return true;
}

static void finish(struct device_opening *opening)
{
    atomic_store_explicit(&opening->over, true, memory_order_release);
    sem_post(&opening->done);
}

/* Return: false if ms were not enough. */
static bool wait_for(struct device_opening *opening, unsigned ms)
{
    uint64_t end = clock_now_rt() + ms * UINT64_C(1000000);
    struct timespec until = {.tv_sec = (time_t)(end / CLOCK_SECOND_NS), .tv_nsec = (long)(end % CLOCK_SECOND_NS)};
    int late;
    while ((late = sem_clockwait(&opening->done, CLOCK_MONOTONIC, &until)) < 0 && errno == EINTR)
        ;
    return !late && atomic_load_explicit(&opening->over, memory_order_acquire);
}

/* --- the threads --- */

static void *run_opening(void *context)
{
    struct device_opening *opening = context;
    opening->device = device_open(&opening->request, &opening->err);
    finish(opening);
    if (opening_unref(opening))
        atomic_fetch_sub(&strays, 1);
    return NULL;
}

static void *run_closing(void *context)
{
    struct device_opening *closing = context;
    closing->device->driver->close(closing->device);
    closing->device = NULL;
    finish(closing);
    if (opening_unref(closing))
        atomic_fetch_sub(&strays, 1);
    return NULL;
}

/* Without a thread it is done here and now. */
static void start(struct device_opening *opening, const char *name, void *(*run)(void *))
{
    struct thread thread;
    if (thread_start(&thread, name, THREAD_PRIORITY_NONE, run, opening, NULL, 0) < 0)
        run(opening);
    else
        pthread_detach(thread.id);
}

/* --- those who wait --- */

struct device_opening *device_opening_begin(const struct device_request *request)
{
    struct device_opening *opening = opening_new();
    opening->request = *request;
    if (atomic_load(&strays) < DEVICE_STRAYS_MAX) {
        start(opening, "open device", run_opening);
        return opening;
    }
    err_set(&opening->err, ERR_BUSY, "%.96s: %d calls hang in drivers, no more are made", request->name, DEVICE_STRAYS_MAX);
    atomic_store(&opening->holders, 1);
    finish(opening);
    return opening;
}

bool device_opening_wait(struct device_opening *opening, unsigned ms, struct device **device, struct err *err)
{
    if (!wait_for(opening, ms))
        return false;
    *device = opening->device;
    opening->device = NULL;
    if (!*device && err)
        *err = opening->err;
    opening_unref(opening);
    return true;
}

void device_opening_leave(struct device_opening *opening)
{
    atomic_fetch_add(&strays, 1);
    if (opening_unref(opening))
        atomic_fetch_sub(&strays, 1);   /* it was over at the last moment */
}

struct device *device_open_apart(const struct device_request *request, unsigned ms, struct err *err)
{
    struct device *device;
    struct device_opening *opening = device_opening_begin(request);
    if (device_opening_wait(opening, ms, &device, err))
        return device;
    err_set(err, ERR_BUSY, "%.96s does not answer", request->name);
    device_opening_leave(opening);
    return NULL;
}

void device_close_apart(struct device *device, unsigned ms)
{
    struct device_opening *closing = opening_new();
    closing->device = device;
    start(closing, "close device", run_closing);
    if (wait_for(closing, ms))
        opening_unref(closing);
    else
        device_opening_leave(closing);
}
