/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What feeds and cools the machine of a running show (SPEC S10), as the store tells it: shown, said when it changes, and
 * answered as load is (yielding.h): processors that are throttled, or a battery that is nearly empty, count for one level more.
 * Thread: main.
 */
#ifndef PROCESS_MAINS_H
#define PROCESS_MAINS_H

#include "wire/msg.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAINS_LOW_PERCENT = 10 };

struct stage;

struct mains {
    bool known;                         /* the store has told */
    struct msg_power power;
};

void mains_take(struct stage *stage, const struct msg_power *power);
/* Whether less can be asked of the machine than its load says. */
bool mains_weak(const struct mains *mains);
/* "on battery, 43 %; processors throttled"; "" while all is well. */
void mains_fmt(const struct mains *mains, char *out, size_t size);

#endif
