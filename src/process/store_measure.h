/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the store finds out about media when the machine has nothing better to do: metadata, hash, peaks
 * and loudness of every file of the show that the catalogue does not know them of. Joins the
 * background (library/background.h), a catalogue of its own and the supervisor, which starts workers
 * at idle priority when asked (MSG_WORKER_PLEASE) and never otherwise.
 *
 * All of it is done by a thread of its own, which may hang with the disk of the cache. The functions
 * here are the store's main thread's; they leave an order and wait for nobody.
 */
#ifndef PROCESS_STORE_MEASURE_H
#define PROCESS_STORE_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

struct msg;
struct store_measure;

/* pause_load: per cent of the processors, at which it pauses; 0: nothing is measured. Return: NULL then, and if there is no
 * thread to be had; the other functions take it. */
struct store_measure *store_measure_open(unsigned pause_load);
/* Gives the thread half a second to end; one that hangs is left to the end of the process. */
void store_measure_close(struct store_measure *measure);
/* With loader_want() and loader_drop(). */
void store_measure_want(struct store_measure *measure, uint32_t slot, int folder_fd, const char *path);
void store_measure_drop(struct store_measure *measure, uint32_t slot);
/* A MSG_WORKER with `background` set: takes its descriptors. */
void store_measure_take(struct store_measure *measure, struct msg *msg);
/* The store has urgent work, or has not: it holds still meanwhile. */
void store_measure_hold(struct store_measure *measure, bool hold);

#endif
