/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the store finds out about media when the machine has nothing better to do: hash, peaks and
 * loudness of every file of the show that the catalogue does not know them of. Joins the
 * background (media/background.h), the catalogue and the supervisor, which starts its workers at
 * idle priority when asked (MSG_WORKER_PLEASE) and never otherwise. In the store's poll loop.
 */
#ifndef PROCESS_STORE_MEASURE_H
#define PROCESS_STORE_MEASURE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct background;
struct catalog;
struct msg;

struct store_measure {
    struct background *background;      /* NULL: not wanted by the configuration */
    struct catalog *catalog;
    uint64_t asked_ns;                  /* when the supervisor was last asked for a worker */
};

/* pause_load: per cent, at which it pauses; 0: nothing is measured. catalog: the store's, which outlives this. */
void store_measure_open(struct store_measure *measure, struct catalog *catalog, unsigned pause_load);
void store_measure_close(struct store_measure *measure);
/* With loader_want() and loader_drop(). */
void store_measure_want(struct store_measure *measure, uint32_t slot, int folder_fd, const char *path);
void store_measure_drop(struct store_measure *measure, uint32_t slot);
/* A MSG_WORKER with `background` set: takes its descriptors. */
void store_measure_take(struct store_measure *measure, struct msg *msg);
/* For the caller's poll; *timeout_ms is lowered. Return: entries added. */
int store_measure_poll(const struct store_measure *measure, struct pollfd *fds, int most, int *timeout_ms);
/* After poll, also when nothing came. hold: the store has urgent work. */
void store_measure_handle(struct store_measure *measure, bool hold);

#endif
