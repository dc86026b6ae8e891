/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Workers for a process that loads or probes by itself (render, check, probe), and the one
 * function by which anyone makes a worker. The supervisor uses that one only: it has its own
 * way of noticing deaths.
 */
#ifndef MEDIA_MEDIA_POOL_H
#define MEDIA_MEDIA_POOL_H

#include "decode/worker.h"
#include "media/loader.h"

#include <sys/types.h>

/* Spawns a worker that dies with us, and sends it MSG_HELLO with its staging memory, and a word if it is to be plain. Return:
 * 0 with its socket and our descriptor of the staging memory; -1 with errno. */
int media_start_worker(enum worker_kind kind, int *socket, int *staging, pid_t *pid);
/* One that has every decoder and outlives us: it ends when nobody has its socket any more, or by its limits. */
int media_start_lasting_worker(int *socket, int *staging, pid_t *pid);

enum { MEDIA_POOL_SPARES = 2 };

/* The workers of one loader. */
struct media_pool {
    pid_t pid[LOADER_WORKERS_MAX];      /* 0: none */
    unsigned started;                   /* ever */
    int spares;                         /* that wait, warm, for the loader to lose one */
    struct media_spare {
        int socket, staging;
        pid_t pid;
    } spare[MEDIA_POOL_SPARES];
};
/* Gives the loader workers until it has so many, in place of those that died or whose term is over; with more left to load than
 * that, starts spare ones too. Return: 0; -1 with err if it has none. */
int media_pool_fill(struct media_pool *pool, struct loader *loader, int count, struct err *err);
/* After loader_free(): waits for the workers, killing them first. */
void media_pool_clear(struct media_pool *pool);

/* One turn of the loader's loop: waits for a worker at most a second, with `count` workers if they can be had. Return: as
 * above. */
int media_pool_turn(struct media_pool *pool, struct loader *loader, int count, struct err *err);
/* Loads until nothing is left to do, with up to `count` workers. Return: 0; -1 with err if no worker could be started
 * or none stays alive. */
int media_pool_load(struct media_pool *pool, struct loader *loader, int count, struct err *err);

#endif
