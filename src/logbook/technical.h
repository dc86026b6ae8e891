/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The technical log (SPEC L1): JSON lines (RFC 8259 objects, a line each) in FOLDER/log/technical.jsonl, what happened in words:
 *
 *     {"time":"2026-11-22T20:15:07.123Z","number":12,"frame":480000,"kind":"play","text":"1/1/1 c1 Kick"}
 *
 * time is UTC; number and frame are those of the flight recorder, absent of lines that are not its. A file over
 * TECHNICAL_BYTES_MAX becomes technical.1.jsonl, that one .2, and so on; TECHNICAL_KEPT old ones stay.
 */
#ifndef LOGBOOK_TECHNICAL_H
#define LOGBOOK_TECHNICAL_H

#include "base/err.h"

#include <stdint.h>

enum { TECHNICAL_BYTES_MAX = 4 << 20, TECHNICAL_KEPT = 7 };

struct technical;

/* Return: NULL with err. */
struct technical *technical_open(const char *folder, struct err *err);
/* number 0: none, nor a frame. text: any bytes; what is no UTF-8 becomes U+FFFD. Return: 0, or -1 with err: not written, and
 * the file is whole lines all the same. */
int technical_write(struct technical *log, int64_t wall_ns, uint64_t number, uint64_t frame, const char *kind, const char *text,
                    struct err *err);
void technical_close(struct technical *log);        /* NULL: nothing */

#endif
