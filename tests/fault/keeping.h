/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What savekill, failcalls and powercut share: a show of a few clips, edited and saved through the keeper of a session
 * (process/keeper.h) as an engine does it, and a look at what is there afterwards. Edit number n sets the
 * show's name to n, so that a document says which edits it has. All in the current folder; one thread.
 */
#ifndef TESTS_FAULT_KEEPING_H
#define TESTS_FAULT_KEEPING_H

#include "process/keeper.h"
#include "show/show.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Numbers of edits, in shared memory: it outlives a process that is killed. */
struct keeping_told {
    _Atomic uint32_t sent, kept;        /* given to the keeper; said to be written */
    _Atomic uint32_t saved;             /* the last one in the last save that was answered ok */
    _Atomic uint32_t waiting;           /* answers that an edit is not written yet */
    _Atomic uint32_t refused;           /* saves that were answered with an error */
    _Atomic uint32_t moved;             /* whether the show is b.orp by now */
    _Atomic uint32_t ready;             /* it edits */
};
extern struct keeping_told *keeping_told;

/* a.orp with so many clips; also makes keeping_told. Any failure ends the program, here and below. */
void keeping_make(int clips);
/* Opens a.orp, or b.orp once it has moved, and asks for the document. Return: NULL with err. */
struct keeper *keeping_open(struct err *err);
struct show *keeping_shown(void);       /* the document that a show would go on with; the caller's */
uint32_t keeping_serial(void);          /* of the last edit in it */
/* Does what there is to do, waits for at most wait_ms. */
void keeping_turn(struct keeper *keeper, int wait_ms);
void keeping_edit(struct keeper *keeper, struct show *show, uint32_t serial);
/* file: "" the show's own. serial: of the last edit. */
void keeping_save(struct keeper *keeper, const struct show *show, uint32_t serial, const char *file);
bool keeping_is_saving(void);           /* a save has no answer yet */

/* Looks at the files, by another keeper: the session is whole and has what was saved, the show goes on with all that was kept and
 * nothing that was never sent; what is missing is said on stderr. Then all that is there counts as told. opened_ns: how long
 * opening took, or NULL. Return: whether all is there. */
bool keeping_look(uint64_t *opened_ns);

void keeping_die(const char *what) __attribute__((noreturn));

#endif
