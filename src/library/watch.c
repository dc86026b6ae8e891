/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The watching thread and its owner: see watch.h. Asks go in by one list, news come back by another,
 * both under the lock; the lock is never held over a call that may wait. News of a slot carry the
 * serial of its follow, so that stale ones are known.
 */
#include "config.h"

#include "library/watch.h"
#include "library/watch_list.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "platform/thread.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/queue.h>
#include <unistd.h>

struct ask {
    TAILQ_ENTRY(ask) link;
    enum { ASK_FOLLOW, ASK_FORGET, ASK_LOADED, ASK_MISSING } type;
    uint32_t slot, serial;
    struct stat st;                 /* LOADED */
    char path[];                    /* FOLLOW, LOADED */
};

struct told {
    STAILQ_ENTRY(told) link;
    struct watch_news news;
    uint32_t serial;
};

struct watch {
    pthread_mutex_t lock;
    TAILQ_HEAD(asks, ask) asks;
    STAILQ_HEAD(, told) news;
    bool over;                      /* whoever sees the other one gone frees */
    int inotify, wake, ready;       /* wake: the thread; ready: the owner */
    struct watch_list *list;        /* the thread's */
    uint64_t poll_ns;
    uint32_t slots;                 /* the owner's, from here on */
    uint32_t *serial;               /* by slot, of its last follow; 0: not followed */
    uint32_t last_serial;
};

static void signal_fd(int fd)
{
    uint64_t one = 1;
    while (write(fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static void clear_fd(int fd)
{
    uint64_t count;
    while (read(fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
}

static void release(struct watch *watch)
{
    while (!TAILQ_EMPTY(&watch->asks)) {
        struct ask *ask = TAILQ_FIRST(&watch->asks);
        TAILQ_REMOVE(&watch->asks, ask, link);
        free(ask);
    }
    while (!STAILQ_EMPTY(&watch->news)) {
        struct told *told = STAILQ_FIRST(&watch->news);
        STAILQ_REMOVE_HEAD(&watch->news, link);
        free(told);
    }
    if (watch->list)
        watch_list_free(watch->list);
    if (watch->inotify >= 0)
        close(watch->inotify);
    if (watch->wake >= 0)
        close(watch->wake);
    if (watch->ready >= 0)
        close(watch->ready);
    pthread_mutex_destroy(&watch->lock);
    free(watch->serial);
    free(watch);
}

/* --- the thread --- */

static void tell(void *context, uint32_t slot, uint32_t serial, enum watch_what what)
{
    struct watch *watch = context;
    struct told *told = xcalloc(1, sizeof *told);
    told->news = (struct watch_news){.slot = slot, .what = what};
    told->serial = serial;
    pthread_mutex_lock(&watch->lock);
    STAILQ_INSERT_TAIL(&watch->news, told, link);
    pthread_mutex_unlock(&watch->lock);
    signal_fd(watch->ready);
}

static void do_ask(struct watch_list *list, const struct ask *ask)
{
    switch (ask->type) {
    case ASK_FOLLOW:
        watch_list_follow(list, ask->slot, ask->serial, ask->path);
        break;
    case ASK_FORGET:
        watch_list_forget(list, ask->slot);
        break;
    case ASK_LOADED:
        watch_list_loaded(list, ask->path, &ask->st);
        break;
    case ASK_MISSING:
        watch_list_missing(list, ask->slot);
        break;
    }
}

/* Return: false if the owner is gone. */
static bool take_asks(struct watch *watch)
{
    struct asks asks = TAILQ_HEAD_INITIALIZER(asks);
    pthread_mutex_lock(&watch->lock);
    TAILQ_CONCAT(&asks, &watch->asks, link);
    bool over = watch->over;
    pthread_mutex_unlock(&watch->lock);
    while (!TAILQ_EMPTY(&asks)) {
        struct ask *ask = TAILQ_FIRST(&asks);
        TAILQ_REMOVE(&asks, ask, link);
        if (!over)
            do_ask(watch->list, ask);
        free(ask);
    }
    return !over;
}

static int until_ms(uint64_t due_ns)
{
    uint64_t now = clock_now_rt();
    return due_ns <= now ? 0 : (int)((due_ns - now) / (CLOCK_SECOND_NS / 1000) + 1);
}

/* One turn: what is marked is looked at WATCH_SETTLE_MS after the first mark (*settle_ns, 0: none). */
static void turn(struct watch *watch, uint64_t *settle_ns, uint64_t *poll_ns)
{
    uint64_t due = *settle_ns && *settle_ns < *poll_ns ? *settle_ns : *poll_ns;
    struct pollfd fds[2] = {{.fd = watch->wake, .events = POLLIN}, {.fd = watch->inotify, .events = POLLIN}};
    poll(fds, 2, until_ms(due));
    if (fds[0].revents)
        clear_fd(watch->wake);
    if (watch->inotify >= 0)
        watch_list_read(watch->list);
    if (clock_now_rt() >= *poll_ns) {
        watch_list_poll(watch->list);
        *poll_ns = clock_now_rt() + watch->poll_ns;
    }
    if (*settle_ns && clock_now_rt() >= *settle_ns) {
        watch_list_look(watch->list);
        *settle_ns = 0;
    }
}

static void *run(void *context)
{
    struct watch *watch = context;
    uint64_t settle_ns = 0, poll_ns = clock_now_rt() + watch->poll_ns;
    while (take_asks(watch)) {
        if (!settle_ns && watch_list_due(watch->list))
            settle_ns = clock_now_rt() + WATCH_SETTLE_MS * (CLOCK_SECOND_NS / 1000);
        turn(watch, &settle_ns, &poll_ns);
    }
    release(watch);
    return NULL;
}

/* --- the owner --- */

struct watch *watch_new(uint32_t slots, unsigned poll_ms, bool poll_only)
{
    struct watch *watch = xcalloc(1, sizeof *watch);
    TAILQ_INIT(&watch->asks);
    STAILQ_INIT(&watch->news);
    pthread_mutex_init(&watch->lock, NULL);
    watch->slots = slots;
    watch->poll_ns = poll_ms * (CLOCK_SECOND_NS / 1000);
    watch->serial = xcalloc(slots, sizeof *watch->serial);
    watch->inotify = poll_only ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    watch->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watch->ready = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watch->list = watch_list_new(slots, watch->inotify, tell, watch);
    struct thread thread;
    if (watch->wake >= 0 && watch->ready >= 0 && thread_start(&thread, "watch", THREAD_PRIORITY_NONE, run, watch, NULL, 0) == 0) {
        pthread_detach(thread.id);
        return watch;
    }
    int why = errno;
    release(watch);
    errno = why;
    return NULL;
}

void watch_free(struct watch *watch)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->over = true;
    signal_fd(watch->wake);
    pthread_mutex_unlock(&watch->lock);
}

static void post(struct watch *watch, int type, uint32_t slot, const char *path, const struct stat *st)
{
    struct ask *ask = xcalloc(1, sizeof *ask + strlen(path) + 1);
    ask->type = type;
    ask->slot = slot;
    ask->serial = watch->last_serial;
    if (st)
        ask->st = *st;
    strcpy(ask->path, path);
    pthread_mutex_lock(&watch->lock);
    bool first = TAILQ_EMPTY(&watch->asks);
    TAILQ_INSERT_TAIL(&watch->asks, ask, link);
    pthread_mutex_unlock(&watch->lock);
    if (first)
        signal_fd(watch->wake);
}

void watch_follow(struct watch *watch, uint32_t slot, const char *path)
{
    if (slot >= watch->slots)
        return;
    watch->serial[slot] = ++watch->last_serial ? watch->last_serial : ++watch->last_serial;
    post(watch, ASK_FOLLOW, slot, path, NULL);
}

void watch_forget(struct watch *watch, uint32_t slot)
{
    if (slot >= watch->slots || !watch->serial[slot])
        return;
    watch->serial[slot] = 0;
    post(watch, ASK_FORGET, slot, "", NULL);
}

void watch_loaded(struct watch *watch, const char *path, const struct stat *st)
{
    post(watch, ASK_LOADED, 0, path, st);
}

void watch_missing(struct watch *watch, uint32_t slot)
{
    if (slot < watch->slots && watch->serial[slot])
        post(watch, ASK_MISSING, slot, "", NULL);
}

int watch_fd(const struct watch *watch)
{
    return watch->ready;
}

bool watch_take(struct watch *watch, struct watch_news *news)
{
    for (;;) {
        pthread_mutex_lock(&watch->lock);
        struct told *told = STAILQ_FIRST(&watch->news);
        if (told)
            STAILQ_REMOVE_HEAD(&watch->news, link);
        else
            clear_fd(watch->ready);
        pthread_mutex_unlock(&watch->lock);
        if (!told)
            return false;
        bool fresh = watch->serial[told->news.slot] == told->serial;
        *news = told->news;
        free(told);
        if (fresh)
            return true;
    }
}
