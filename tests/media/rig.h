/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A loader with clip memory and workers that are real processes, and media files made for the
 * occasion in a folder of their own.
 */
#ifndef TESTS_MEDIA_RIG_H
#define TESTS_MEDIA_RIG_H

#include "../folder.h"
#include "clipmem/clipmem.h"
#include "media/loader.h"

#include <stdbool.h>
#include <sys/types.h>

enum { RIG_SLOTS = 256 };

struct rig {
    struct clipmem *memory;
    struct loader *loader;
    int workers;                            /* kept at this number */
    pid_t pid[LOADER_WORKERS_MAX * 256];    /* of every worker ever made */
    int pids;
    struct media_info facts[RIG_SLOTS];     /* the last MEDIA_LOADING */
    struct media_info info[RIG_SLOTS];      /* the last thing told that is not */
    int settled[RIG_SLOTS];                 /* how often such a thing was told: more than once if its length proves less */
};

/* cmocka set-up and tear-down: a folder (tests/folder.h), and in it a rig of 256 MiB at 48 kHz with one worker: *state. */
int rig_set_up(void **state);
int rig_tear_down(void **state);

void rig_init(struct rig *rig, uint64_t bytes, int workers);
void rig_clear(struct rig *rig);
/* Another loader in its place, as after a restart of the store: memory stays. */
void rig_restart(struct rig *rig);
/* A child that serves as a worker does. Return: its pid, with our end of its socket and its staging memory. */
pid_t rig_fork_worker(int *socket, int *staging);
pid_t rig_add_worker(struct rig *rig);
/* One turn of the loop, waiting at most wait_ms; dead workers are replaced. */
void rig_turn(struct rig *rig, int wait_ms);
void rig_run(struct rig *rig);              /* until nothing is left to do */
/* Wants it in slot, loads it. Return: what was told in the end. */
const struct media_info *rig_load(struct rig *rig, uint32_t slot, const char *path);

/* A file made by libsndfile (its format words): every channel another tone with some noise, of 16 bits. */
void rig_make_file(const char *path, int format, unsigned channels, unsigned rate, int64_t frames);
void rig_make_bytes(const char *path, const void *bytes, size_t count);
/* Keeps the first part of a file, in a new one. */
void rig_cut_file(const char *from, const char *to, size_t bytes);
/* The whole file as libsndfile decodes it. Caller frees. */
float *rig_decode(const char *path, unsigned *channels, unsigned *rate, int64_t *frames);
/* The whole READY medium as float (16-bit scaled by 1/32768). Caller frees. */
float *rig_take(struct rig *rig, uint32_t slot, struct clipmem_view *view);

#endif
