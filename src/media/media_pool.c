/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers, made and replaced: see media_pool.h. */
#include "config.h"

#include "media/media_pool.h"

#include "platform/spawn.h"
#include "wire/msg.h"
#include "wire/work.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STARTS_MAX = 100 };      /* workers that may come and go before one file is settled */

static int start_worker(enum worker_kind kind, bool lasting, int *socket, int *staging, pid_t *pid)
{
    static const char plain[] = "plain";
    *staging = work_make_staging();
    if (*staging < 0)
        return -1;
    *socket = spawn_role("@worker", pid, !lasting);
    if (*socket >= 0) {
        if (msg_send(*socket, MSG_HELLO, 0, plain, kind == WORKER_PLAIN ? sizeof plain : 0, staging, 1) == 0 ||
            errno == EPIPE || errno == ECONNRESET)
            return 0;           /* one that is dead by now is found dead when it is asked, like any other */
        int saved = errno;
        close(*socket);         /* ends the worker; whoever reaps children reaps it */
        errno = saved;
    }
    int saved = errno;
    close(*staging);
    errno = saved;
    return -1;
}

int media_start_worker(enum worker_kind kind, int *socket, int *staging, pid_t *pid)
{
    return start_worker(kind, false, socket, staging, pid);
}

int media_start_lasting_worker(int *socket, int *staging, pid_t *pid)
{
    return start_worker(WORKER_WHOLE, true, socket, staging, pid);
}

/* A free place; forgets the dead on the way. */
static pid_t *pool_place(struct media_pool *pool)
{
    pid_t *place = NULL;
    for (int i = 0; i < LOADER_WORKERS_MAX; i++) {
        if (pool->pid[i] && waitpid(pool->pid[i], NULL, WNOHANG) != 0)
            pool->pid[i] = 0;
        if (!pool->pid[i])
            place = &pool->pid[i];
    }
    return place;
}

/* Return: whether there is one more. */
static bool add_spare(struct media_pool *pool)
{
    struct media_spare *spare = &pool->spare[pool->spares];
    pid_t *place = pool_place(pool);
    if (!place || media_start_worker(WORKER_WHOLE, &spare->socket, &spare->staging, &spare->pid) < 0)
        return false;               /* no place: they are dying; their places come free */
    *place = spare->pid;
    pool->spares++;
    pool->started++;
    return true;
}

int media_pool_fill(struct media_pool *pool, struct loader *loader, int count, struct err *err)
{
    for (int have = loader_workers(loader, NULL, 0); have < count && have < LOADER_WORKERS_MAX; have++) {
        if (pool->spares == 0 && !add_spare(pool)) {
            int why = errno;
            return have > 0 || !pool_place(pool) ? 0 : err_set(err, ERR_IO, "cannot start a decoder: %s", strerror(why));
        }
        struct media_spare oldest = pool->spare[0];
        pool->spare[0] = pool->spare[--pool->spares];
        loader_add_worker(loader, oldest.socket, oldest.staging, oldest.pid);
    }
    while (loader_left(loader) > (unsigned)count && pool->spares < MEDIA_POOL_SPARES && add_spare(pool))
        ;
    return 0;
}

static void clear_spares(struct media_pool *pool)
{
    for (int i = 0; i < pool->spares; i++) {
        close(pool->spare[i].socket);
        close(pool->spare[i].staging);
    }
    pool->spares = 0;
}

void media_pool_clear(struct media_pool *pool)
{
    clear_spares(pool);
    for (int i = 0; i < LOADER_WORKERS_MAX; i++) {
        if (!pool->pid[i])
            continue;
        kill(pool->pid[i], SIGKILL);
        waitpid(pool->pid[i], NULL, 0);
        pool->pid[i] = 0;
    }
}

int media_pool_turn(struct media_pool *pool, struct loader *loader, int count, struct err *err)
{
    struct pollfd fds[LOADER_WORKERS_MAX];
    int timeout_ms = 1000;
    if (media_pool_fill(pool, loader, count, err) < 0)
        return -1;
    int polled = loader_poll(loader, fds, LOADER_WORKERS_MAX, &timeout_ms);
    if (poll(fds, (nfds_t)polled, timeout_ms) >= 0)
        loader_handle(loader, fds, polled);
    return 0;
}

int media_pool_load(struct media_pool *pool, struct loader *loader, int count, struct err *err)
{
    unsigned left = loader_left(loader), started = pool->started;
    while (!loader_idle(loader)) {
        if (media_pool_turn(pool, loader, count, err) < 0)
            return -1;
        if (loader_left(loader) != left) {
            left = loader_left(loader);
            started = pool->started;
        }
        if (pool->started - started > STARTS_MAX)
            return err_set(err, ERR_IO, "decoders die as soon as they are started");
    }
    return 0;
}
