/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A show without an engine, for looking at the screen and measuring it: a state segment that moves,
 * and a peer on the control stream that knows press, stop, panic, lock and quit and says ok to the rest.
 */
#ifndef TESTS_SCREEN_FAKE_SHOW_H
#define TESTS_SCREEN_FAKE_SHOW_H

#include "wire/state.h"

#include <stdbool.h>

struct fake_show {
    struct state_segment *segment;      /* writable */
    int state_fd;                       /* sealed, to be mapped by state_map() */
    struct state_live live;             /* what is published next */
    struct state_desk desk;
    uint64_t serial;
    double started[STATE_VOICES];       /* seconds of the fake clock */
    int clips;
};

/* Tabs of 8 x 10, 8 x 10 and 32 x 40 with clips of every kind; `clips` of them in all. */
void fake_show_open(struct fake_show *fake, int clips);
void fake_show_press(struct fake_show *fake, int slot, double now);
/* Publishes the state as it is at `now` seconds. */
void fake_show_step(struct fake_show *fake, double now);
void fake_show_publish_desk(struct fake_show *fake);
void fake_show_publish_cell(struct fake_show *fake, int slot, const struct state_cell *cell);
void fake_show_notice(struct fake_show *fake, bool refusal, const char *text);
/* Answers commands on a connected socket and steps every 2 ms until the peer is gone or quits. */
void fake_show_serve(struct fake_show *fake, int socket);

#endif
