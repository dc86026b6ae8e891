/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's background work: see store_measure.h. Orders go over by a list under a lock that
 * nobody holds while he waits; an eventfd wakes the thread.
 */
#include "config.h"

#include "process/store_measure.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "library/background.h"
#include "library/catalog.h"
#include "library/measured.h"
#include "library/peakfile.h"
#include "library/peaktidy.h"
#include "media/known.h"
#include "platform/clock.h"
#include "platform/spawn.h"
#include "platform/thread.h"
#include "wire/msg.h"
#include "wire/seek_table.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

enum { DAY_S = 86400, END_MS = 500, END_STEP_MS = 5 };
#define ASK_NS CLOCK_SECOND_NS          /* between two asks for a worker */

struct order {
    enum { ORDER_WANT, ORDER_DROP, ORDER_WORKER } kind;
    uint32_t slot;
    char *path;                         /* WANT: absolute, owned */
    int socket, staging, pid;           /* WORKER */
    TAILQ_ENTRY(order) link;
};
TAILQ_HEAD(orders, order);

struct store_measure {
    pthread_mutex_t lock;               /* orders, hold, quit, ended */
    struct orders orders;
    bool hold, quit, ended;
    int wake;                           /* eventfd */
    struct thread thread;
    /* the thread's own */
    struct background *background;
    struct catalog *catalog;
    double pause_load;
    bool tidied;
    uint64_t asked_ns;                  /* when the supervisor was last asked for a worker */
};

/* --- the thread --- */

static unsigned known(void *context, const char *path, const struct catalog_stamp *stamp)
{
    static struct catalog_row row;
    const struct store_measure *about = context;
    if (!catalog_find(about->catalog, path, stamp, &row))
        return 0;
    static struct seek_table table;
    return (row.tagged ? MEASURE_TAGS : 0u) | (catalog_find_table(about->catalog, row.id, stamp, &table) ? MEASURE_TABLE : 0u) |
           (row.measure.hash_bytes == MEASURED_HASH_BYTES ? MEASURE_HASH : 0u) | (row.measure.loud ? MEASURE_LOUDNESS : 0u);
}

static void told(void *context, const struct background_result *result)
{
    const struct store_measure *about = context;
    if (result->failed)
        log_line(LOG_INFO, "%s: not measured: %s", result->path, result->text);
    measured_keep(about->catalog, result);
}

static int64_t today(void)
{
    return clock_wall_ns() / (DAY_S * (int64_t)CLOCK_SECOND_NS);
}

/* Once a life, as soon as the machine has time: what is kept of media is held within its bounds. */
static void tidy(struct store_measure *measure)
{
    char folder[PATH_MAX];
    measure->tidied = true;
    catalog_tidy(measure->catalog, today());
    if (peakfile_folder(folder, sizeof folder, NULL) == 0)
        peaktidy_folder(folder, clock_wall_ns() / (int64_t)CLOCK_SECOND_NS, PEAKTIDY_BYTES_MAX);
}

static void do_order(struct store_measure *measure, struct order *order)
{
    switch (order->kind) {
    case ORDER_WANT:
        background_want(measure->background, order->slot, AT_FDCWD, order->path, measure_kinds());
        catalog_use(measure->catalog, order->path, today());
        break;
    case ORDER_DROP:
        background_drop(measure->background, order->slot);
        break;
    case ORDER_WORKER:
        background_add_worker(measure->background, order->socket, order->staging, order->pid);
        break;
    }
    free(order->path);
    free(order);
}

/* Return: false when it is over. */
static bool take_orders(struct store_measure *measure)
{
    struct orders taken = TAILQ_HEAD_INITIALIZER(taken);
    uint64_t count;
    ssize_t got = read(measure->wake, &count, sizeof count);
    (void)got;                          /* nothing: it was a worker that woke us */
    pthread_mutex_lock(&measure->lock);
    TAILQ_CONCAT(&taken, &measure->orders, link);
    bool hold = measure->hold, quit = measure->quit;
    pthread_mutex_unlock(&measure->lock);
    for (struct order *order; (order = TAILQ_FIRST(&taken));) {
        TAILQ_REMOVE(&taken, order, link);
        do_order(measure, order);
    }
    background_hold(measure->background, hold);
    if (!hold && !quit && !measure->tidied)
        tidy(measure);
    return !quit;
}

static void ask_for_worker(struct store_measure *measure)
{
    uint64_t now = clock_now_rt();
    if (background_lacks(measure->background) == 0 || now - measure->asked_ns < ASK_NS)
        return;
    measure->asked_ns = now;
    msg_send(SPAWN_SOCKET, MSG_WORKER_PLEASE, 0, NULL, 0, NULL, 0);
}

static void loop(struct store_measure *measure)
{
    char text[200];                     /* what its catalogue has to say the store's own says too */
    while (take_orders(measure)) {
        struct pollfd fds[1 + BACKGROUND_FDS_MAX] = {{.fd = measure->wake, .events = POLLIN}};
        int timeout_ms = 1000, count = 1;
        background_handle(measure->background);
        catalog_tend(measure->catalog, text, sizeof text);
        ask_for_worker(measure);
        count += background_poll(measure->background, fds + 1, BACKGROUND_FDS_MAX, &timeout_ms);
        poll(fds, (nfds_t)count, timeout_ms);
    }
}

static void *run(void *context)
{
    struct store_measure *measure = context;
    const struct background_hooks hooks = {.known = known, .told = told, .context = measure, .pause_load = measure->pause_load,
                                           .loudness_last = true};
    thread_be_idle();
    measure->catalog = catalog_open(NULL);
    measure->background = background_new(&hooks, NULL);
    loop(measure);
    background_free(measure->background);
    catalog_close(measure->catalog);
    pthread_mutex_lock(&measure->lock);
    measure->ended = true;
    pthread_mutex_unlock(&measure->lock);
    return NULL;
}

/* --- the store's main thread --- */

static void wake(struct store_measure *measure)
{
    uint64_t one = 1;
    ssize_t wrote = write(measure->wake, &one, sizeof one);
    (void)wrote;                        /* fails only when it is readable anyway */
}

static void post(struct store_measure *measure, struct order order)
{
    struct order *copy = xmalloc(sizeof *copy);
    *copy = order;
    pthread_mutex_lock(&measure->lock);
    TAILQ_INSERT_TAIL(&measure->orders, copy, link);
    pthread_mutex_unlock(&measure->lock);
    wake(measure);
}

struct store_measure *store_measure_open(unsigned pause_load)
{
    if (!pause_load)
        return NULL;
    struct store_measure *measure = xcalloc(1, sizeof *measure);
    measure->pause_load = pause_load / 100.0;
    measure->hold = true;
    TAILQ_INIT(&measure->orders);
    pthread_mutex_init(&measure->lock, NULL);
    measure->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (measure->wake >= 0 && thread_start(&measure->thread, "measure", THREAD_PRIORITY_NONE, run, measure, NULL, 0) == 0)
        return measure;
    log_line(LOG_WARN, "media are not measured: %s", strerror(errno));
    if (measure->wake >= 0)
        close(measure->wake);
    free(measure);
    return NULL;
}

static bool has_ended(struct store_measure *measure)
{
    pthread_mutex_lock(&measure->lock);
    bool ended = measure->ended;
    pthread_mutex_unlock(&measure->lock);
    return ended;
}

void store_measure_close(struct store_measure *measure)
{
    if (!measure)
        return;
    pthread_mutex_lock(&measure->lock);
    measure->quit = true;
    pthread_mutex_unlock(&measure->lock);
    wake(measure);
    for (int waited_ms = 0; !has_ended(measure); waited_ms += END_STEP_MS) {
        if (waited_ms >= END_MS)
            return;                     /* it hangs: what it uses stays */
        clock_sleep_ms(END_STEP_MS);
    }
    thread_join(&measure->thread);
    close(measure->wake);
    for (struct order *order; (order = TAILQ_FIRST(&measure->orders));) {
        TAILQ_REMOVE(&measure->orders, order, link);
        free(order->path);
        free(order);
    }
    free(measure);
}

/* By its whole path: the folder's descriptor may be closed before its turn comes. */
void store_measure_want(struct store_measure *measure, uint32_t slot, int folder_fd, const char *path)
{
    char folder[CATALOG_PATH_MAX], whole[CATALOG_PATH_MAX];
    if (!measure)
        return;
    if (media_known_folder(folder_fd, folder, sizeof folder) && media_known_path(folder, path, whole, sizeof whole))
        post(measure, (struct order){.kind = ORDER_WANT, .slot = slot, .path = xstrdup(whole)});
    else
        store_measure_drop(measure, slot);
}

void store_measure_drop(struct store_measure *measure, uint32_t slot)
{
    if (measure)
        post(measure, (struct order){.kind = ORDER_DROP, .slot = slot});
}

void store_measure_take(struct store_measure *measure, struct msg *msg)
{
    struct msg_worker about;
    memcpy(&about, msg->payload, sizeof about);
    if (!measure || msg->fd[0] < 0 || msg->fd[1] < 0)
        return;
    post(measure, (struct order){.kind = ORDER_WORKER, .socket = msg->fd[0], .staging = msg->fd[1], .pid = (int)about.pid});
    msg->fd[0] = msg->fd[1] = -1;
}

void store_measure_hold(struct store_measure *measure, bool hold)
{
    if (!measure)
        return;
    pthread_mutex_lock(&measure->lock);
    bool changed = measure->hold != hold;
    measure->hold = hold;
    pthread_mutex_unlock(&measure->lock);
    if (changed)
        wake(measure);
}
