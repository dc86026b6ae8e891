/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's own: what its loop (store_main.c) and its dealings with media (store_media.c) share. Thread: the store's main.
 */
#ifndef PROCESS_STORE_H
#define PROCESS_STORE_H

#include "process/keeper.h"
#include "process/logkeeper.h"
#include "process/roles.h"
#include "process/spares.h"
#include "process/store_catalog.h"
#include "process/store_job.h"
#include "process/store_measure.h"
#include "process/store_takes.h"
#include "process/vigil.h"

struct store {
    struct options options;
    bool restarted, quitting;
    uint64_t alone_ns;                  /* since when there is no supervisor, 0: there is one */
    bool short_of_memory;               /* the machine is, as far as told */
    bool yielding;                      /* to load: nothing is loaded ahead, nor measured */
    uint64_t memory_due_ns;             /* when to look again */
    bool silent;                        /* a disk with media hangs, as far as told */
    bool keep_media;                    /* the engine outlived us: what it uses stays in clip memory */
    struct clipmem *memory;
    struct demand *demand;              /* what the engine reads of it */
    int engine;                         /* socket to it, -1 none */
    int folder;                         /* what relative media paths start from */
    struct keeper *keeper;              /* of the session */
    struct logkeeper *logs;             /* NULL: none are kept */
    struct loader *loader;
    struct store_catalog catalog;
    struct store_measure *measure;      /* of media, in the background; NULL: none */
    struct spares spares;               /* workers that the loader does not have yet */
    struct store_job job;
    struct inputs *inputs;              /* their past, to record from */
    struct store_takes *takes;
    struct vigil *vigil;                /* over the machine; NULL: none */
    int workers_told;                   /* in the last status */
    uint64_t media_told, told_ns;
    bool idle_told;
};

/* To the engine, if there is one. text "": nothing. */
void store_tell(struct store *store, enum msg_type type, uint32_t serial, const void *payload, size_t size);
void store_notice(struct store *store, const char *text);
/* What the engine asks of media. Return: false if the message is another. */
bool store_take_media(struct store *store, const struct msg *msg);
/* What was recorded is whole now, and perhaps somebody waits for it already. folder: what path starts from. */
void store_want_take(struct store *store, uint32_t slot, int folder, const char *path);
void store_handle_spares(struct store *store);
void store_watch_media(struct store *store);            /* once a loop: the machine's memory, and disks that hang: said once */
void store_tell_status_changes(struct store *store);    /* once a loop: at once for workers, now and then for counters */

#endif
