/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a file of the flight recorder looks: what flight_file.c and flight_tape.c share. */
#ifndef LOGBOOK_FLIGHT_MARK_H
#define LOGBOOK_FLIGHT_MARK_H

#include "wire/flight.h"

#define FLIGHT_SUFFIX ".flight"
#define FLIGHT_MARK "clipgrid-flight\1"
enum { FLIGHT_MARK_BYTES = 16 };

/* Bytes that a record and its payload take. */
static inline size_t flight_padded(uint32_t size)
{
    return (sizeof(struct flight_record) + (size_t)size + 7) / 8 * 8;
}

#endif
