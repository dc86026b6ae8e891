/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's vigil over the machine: see vigil.h. */
#include "config.h"

#include "process/vigil.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/awake.h"
#include "platform/clock.h"
#include "platform/power.h"
#include "platform/thread.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What may be locked, the most first: a lid may be locked by who sits before it only. */
static const char *const kinds[] = {"sleep:idle:handle-lid-switch", "sleep:idle"};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct vigil {
    struct thread thread;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool ends;                          /* these four by lock */
    bool news;                          /* power was not told */
    struct msg_power power;
    char trouble[200];
    struct awake awake;                 /* the thread's: the lock, */
    unsigned kind;                      /* which of kinds it is; KINDS: none is granted */
};

/* Where nobody sends machines to sleep (no logind), there is nothing to tell. */
static void tell_refusal(struct vigil *vigil, const char *why)
{
    if (access("/run/systemd/seats", F_OK) < 0)
        return;
    pthread_mutex_lock(&vigil->lock);
    snprintf(vigil->trouble, sizeof vigil->trouble, "this machine may fall asleep under the show: %s", why);
    pthread_mutex_unlock(&vigil->lock);
}

/* Refused, it asks for less; a lock that was lost without a word is asked for again. */
static void keep_awake(struct vigil *vigil)
{
    char why[120];
    if (vigil->kind == KINDS || awake_holds(&vigil->awake, why, sizeof why))
        return;
    if (*why && ++vigil->kind == KINDS)
        tell_refusal(vigil, why);
    else if (awake_begin(&vigil->awake, kinds[vigil->kind]) < 0)
        vigil->kind = KINDS;
}

static void look(struct vigil *vigil, struct power_meter *meter)
{
    struct power power;
    power_look(meter, power_sys(), &power);
    struct msg_power now = {.battery_percent = power.battery_percent, .discharging = power.discharging,
                            .throttled = power.throttled};
    pthread_mutex_lock(&vigil->lock);
    vigil->news |= memcmp(&vigil->power, &now, sizeof now) != 0;
    vigil->power = now;
    pthread_mutex_unlock(&vigil->lock);
}

/* Return: whether it goes on. */
static bool rest(struct vigil *vigil)
{
    struct timespec until;
    uint64_t ns = clock_now_rt() + VIGIL_LOOK_MS * UINT64_C(1000000);
    until = (struct timespec){.tv_sec = (time_t)(ns / CLOCK_SECOND_NS), .tv_nsec = (long)(ns % CLOCK_SECOND_NS)};
    pthread_mutex_lock(&vigil->lock);
    while (!vigil->ends && pthread_cond_timedwait(&vigil->woken, &vigil->lock, &until) == 0)
        ;
    bool goes_on = !vigil->ends;
    pthread_mutex_unlock(&vigil->lock);
    return goes_on;
}

static void *run(void *context)
{
    struct vigil *vigil = context;
    struct power_meter meter = {0};
    do {
        keep_awake(vigil);
        look(vigil, &meter);
    } while (rest(vigil));
    awake_end(&vigil->awake);
    return NULL;
}

struct vigil *vigil_open(void)
{
    struct vigil *vigil = xcalloc(1, sizeof *vigil);
    pthread_condattr_t attributes;
    vigil->power.battery_percent = -1;
    pthread_mutex_init(&vigil->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&vigil->woken, &attributes);
    pthread_condattr_destroy(&attributes);
    if (thread_start(&vigil->thread, "vigil", THREAD_PRIORITY_NONE, run, vigil, NULL, 0) == 0)
        return vigil;
    free(vigil);
    return NULL;
}

void vigil_close(struct vigil *vigil)
{
    if (!vigil)
        return;
    pthread_mutex_lock(&vigil->lock);
    vigil->ends = true;
    pthread_cond_signal(&vigil->woken);
    pthread_mutex_unlock(&vigil->lock);
    thread_join(&vigil->thread);
    pthread_cond_destroy(&vigil->woken);
    pthread_mutex_destroy(&vigil->lock);
    free(vigil);
}

bool vigil_power(struct vigil *vigil, struct msg_power *power)
{
    if (!vigil)
        return false;
    pthread_mutex_lock(&vigil->lock);
    bool news = vigil->news;
    vigil->news = false;
    *power = vigil->power;
    pthread_mutex_unlock(&vigil->lock);
    return news;
}

void vigil_retell(struct vigil *vigil)
{
    if (!vigil)
        return;
    pthread_mutex_lock(&vigil->lock);
    vigil->news = true;
    pthread_mutex_unlock(&vigil->lock);
}

void vigil_trouble(struct vigil *vigil, char trouble[200])
{
    trouble[0] = '\0';
    if (!vigil)
        return;
    pthread_mutex_lock(&vigil->lock);
    text_copy(trouble, sizeof vigil->trouble, vigil->trouble);
    vigil->trouble[0] = '\0';
    pthread_mutex_unlock(&vigil->lock);
}
