/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies the flight recorder's ring (wire/flight.h) to the disk: recordings (logbook/flight_file.h), and what its records say
 * in words to the technical log. A recording that has grown too long asks for another, once. Thread: the log keeper's; whatever
 * writes may wait for the disk.
 */
#ifndef PROCESS_FLIGHTLOG_H
#define PROCESS_FLIGHTLOG_H

#include "base/err.h"
#include "wire/msg.h"

#include <stdbool.h>
#include <stdint.h>

enum { FLIGHTLOG_DOCUMENT_MS = 2000 };          /* how long a record waits for its document */

struct flightlog;
struct technical;

/* folder, technical: the caller's. flight_bytes: what all recordings may take; 0: none is made. */
struct flightlog *flightlog_new(const char *folder, uint64_t flight_bytes, struct technical *technical);
void flightlog_free(struct flightlog *log);
/* The ring of this engine from now on; what the one before said last is written first. fd stays the caller's. */
void flightlog_take_ring(struct flightlog *log, int fd);
/* Of a record of the ring; fd is given away. */
void flightlog_take_document(struct flightlog *log, const struct msg_flight_document *about, int fd);
/* Writes what there is. Return: 0, or -1 with err: what is left is tried again. */
int flightlog_drain(struct flightlog *log, struct err *err);
/* Whether a recording shall begin anew; asked once, answered once. */
bool flightlog_asks(struct flightlog *log);
void flightlog_quit(struct flightlog *log);       /* no document is waited for any more */

#endif
