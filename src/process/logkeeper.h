/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the logs: takes the flight recorder's ring of the engine (flightlog.h), and the store's own words, and writes them to disk
 * as recording (logbook/flight_file.h) and technical log (logbook/technical.h), in a thread of its own, for the disk may hang. What
 * the disk does not take is tried again; meanwhile the ring holds what it can, and how much was lost is recorded.
 *
 * Thread: the store's main calls all of this.
 */
#ifndef PROCESS_LOGKEEPER_H
#define PROCESS_LOGKEEPER_H

#include "base/err.h"
#include "wire/msg.h"

#include <stdbool.h>

enum { LOGKEEPER_EVERY_MS = 100, LOGKEEPER_QUIT_MS = 1000 };

struct logkeeper;

/* session: whose last recording is looked into, for logkeeper_aftermath(); NULL: none's. flight_mb: what recordings may take on
 * the disk; 0: nothing is recorded but the technical log. Return: NULL with err. */
struct logkeeper *logkeeper_open(unsigned flight_mb, const char *session, struct err *err);
/* Writes what there is, unless the disk hangs. NULL: nothing. */
void logkeeper_close(struct logkeeper *keeper);

/* All take NULL: nothing is kept. */
/* MSG_FLIGHT, MSG_FLIGHT_DOCUMENT or MSG_CRASH, with its descriptor. */
void logkeeper_take(struct logkeeper *keeper, struct msg *msg);
void logkeeper_say(struct logkeeper *keeper, const char *kind, const char *text);
/* What the show did when it was cut off, once it has been found out. Return: false, always after it was true. */
bool logkeeper_aftermath(struct logkeeper *keeper, struct msg_aftermath *aftermath);
/* Whether a recording shall begin anew (MSG_FLIGHT_PLEASE); asked once, answered once. trouble (200 bytes): what the operator
 * must know, said once, or "". */
bool logkeeper_ask(struct logkeeper *keeper, char trouble[200]);

#endif
