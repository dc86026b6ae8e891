/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's recordings: at most one for each input, each with a thread of its own (take.h). A file
 * that is still recorded is not loaded: what wants it is held until it is whole, and gets it then
 * at once. Thread: the store's main.
 */
#ifndef PROCESS_STORE_TAKES_H
#define PROCESS_STORE_TAKES_H

#include "wire/inputs.h"
#include "wire/msg.h"

#include <poll.h>
#include <stdbool.h>

struct store_takes;

struct store_takes_hooks {
    void (*tell)(enum msg_type type, uint32_t serial, const void *payload, size_t size);       /* the engine */
    void (*want)(uint32_t slot, int folder, const char *path);  /* it is whole: load it */
};

/* Never NULL. inputs outlives it. */
struct store_takes *store_takes_open(const struct inputs *inputs, const struct store_takes_hooks *hooks);
/* The show is over: ends what is under way, with all that was heard. */
void store_takes_close(struct store_takes *takes);

/* MSG_RECORD and MSG_RECORD_END. folder: of the session, as for media. */
void store_takes_order(struct store_takes *takes, const struct msg *msg, int folder);
/* Return: whether this path is being recorded: then it is wanted by the hook when it is whole. */
bool store_takes_hold(struct store_takes *takes, uint32_t slot, const char *path);
void store_takes_drop(struct store_takes *takes, uint32_t slot);
void store_takes_forget(struct store_takes *takes);     /* a new engine: no slot is anyone's */
void store_takes_tell_all(struct store_takes *takes);   /* a new engine: what is recorded now */

int store_takes_poll(const struct store_takes *takes, struct pollfd *fd);       /* Return: entries, 1 */
void store_takes_handle(struct store_takes *takes);     /* after poll, whatever came of it */

#endif
