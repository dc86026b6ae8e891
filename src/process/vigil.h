/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's vigil over the machine (SPEC S10): a thread of its own that keeps it from falling asleep while the show runs
 * and looks at batteries and heat every VIGIL_LOOK_MS, for both may be slow to answer. Thread: the store's main calls all of this.
 */
#ifndef PROCESS_VIGIL_H
#define PROCESS_VIGIL_H

#include "wire/msg.h"

#include <stdbool.h>

enum { VIGIL_LOOK_MS = 2000 };

struct vigil;

/* Return: NULL if there is no thread for it; then the machine is not watched. */
struct vigil *vigil_open(void);
/* All take NULL: nothing is watched. */
void vigil_close(struct vigil *vigil);
/* What feeds and cools the machine, as last looked at. Return: whether it is news: not told before, or not since vigil_retell. */
bool vigil_power(struct vigil *vigil, struct msg_power *power);
void vigil_retell(struct vigil *vigil);             /* there is somebody new to tell */
/* Why the machine may fall asleep, once: 200 bytes, or "". */
void vigil_trouble(struct vigil *vigil, char trouble[200]);

#endif
