/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen: one person's view of a show, a process of its own with one thread. It reads the state
 * segment and sends command lines; its death, its terminal's or its link's changes no sample.
 *
 *     screen = screen_open(&options, &err);
 *     while (screen_run(screen, socket, segment) == SCREEN_LOST)
 *         do
 *             if (!screen_wait(screen, 100))
 *                 goto left;
 *         while (could not reconnect);
 *     screen_close(screen);
 */
#ifndef SCREEN_SCREEN_H
#define SCREEN_SCREEN_H

#include "base/err.h"
#include "command/command.h"
#include "screen/keys.h"
#include "wire/state.h"

#include <stdbool.h>

struct screen_options {
    enum command_role role;             /* as attached: shown when it is not edit */
    bool ascii;                         /* also chosen when the locale is not UTF-8 */
    bool colors;                        /* NO_COLOR and terminals without have none anyway */
    const struct keys_binding *binding; /* of the configuration; must outlive the screen */
    int bindings;
};

struct screen;
enum screen_end { SCREEN_LEFT /* detached, quit, or the terminal is gone */, SCREEN_LOST /* the connection is */ };

/* Takes the terminal on standard input and output, and the signals of a terminal program. Return: NULL with err. */
struct screen *screen_open(const struct screen_options *options, struct err *err);
/* socket: a connected control stream on which `attach` was answered; both stay the caller's. Runs until it ends. */
enum screen_end screen_run(struct screen *screen, int socket, const struct state_segment *state);
/* While there is no connection: says so and looks after the keys for that long. Return: false if the person leaves. */
bool screen_wait(struct screen *screen, unsigned ms);
void screen_close(struct screen *screen);       /* the terminal as it was */

#endif
