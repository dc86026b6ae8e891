/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flight recorder's files (SPEC L1): FOLDER/flight/DATE-TIME-RUN-NUMBER.flight, a mark of 16 bytes and then records as in
 * wire/flight.h, each padded to a multiple of 8 bytes. A file begins with a FLIGHT_BEGAN and the document as it was then, so
 * that it can be played again alone; the document has the number of its FLIGHT_BEGAN. Written by the store; what a kill cuts
 * short is taken off when the file is gone on with.
 *
 * What is read may be anyone's: every length is checked, and reading ends at the first record that is not whole.
 */
#ifndef LOGBOOK_FLIGHT_FILE_H
#define LOGBOOK_FLIGHT_FILE_H

#include "base/err.h"
#include "wire/flight.h"

#include <stdbool.h>
#include <stdint.h>

enum { FLIGHT_DOCUMENT_MAX = 64 << 20 };        /* bytes of payload of any record in a file */

/* --- writing --- */

struct flight_file;

/* The newest file of this run, to be gone on with, or NULL. last: number of its last record. */
struct flight_file *flight_file_resume(const char *folder, uint64_t run, uint64_t *last);
/* A new one. Return: NULL with err. */
struct flight_file *flight_file_new(const char *folder, uint64_t run, uint64_t number, int64_t wall_ns, struct err *err);
/* Return: 0, or -1 with err: the file is as it was, and may be tried again. */
int flight_file_write(struct flight_file *file, const struct flight_record *record, const void *payload, struct err *err);
uint64_t flight_file_bytes(const struct flight_file *file);
bool flight_file_is_removed(const struct flight_file *file);    /* by another program: what is written is kept nowhere */
void flight_file_close(struct flight_file *file);       /* NULL: nothing */
/* Removes the oldest files until at most `bytes` are left; the newest stays. */
void flight_file_prune(const char *folder, uint64_t bytes);

/* --- reading --- */

/* The newest recording of this run in the folder of the file `beside`, of those that begin with a record below this number. Return:
 * its path, owned; NULL: there is none. */
char *flight_file_of_run(const char *beside, uint64_t run, uint64_t below);

struct flight_tape;

struct flight_tape *flight_tape_open(const char *path, struct err *err);
/* The next record; its payload is the tape's, followed by a NUL, until the next call. Return: 1; 0 at the end (also of a file
 * that was cut short); -1 with err if it cannot be read. */
int flight_tape_next(struct flight_tape *tape, struct flight_record *record, const char **payload, struct err *err);
void flight_tape_close(struct flight_tape *tape);

/* "line", "play", ...: the kind in technical logs; "?" of none. */
const char *flight_kind_name(uint32_t kind);

#endif
