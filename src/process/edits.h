/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edits on their way to the journal: each has a number, is sent to the store, and is kept here
 * until the store says that it is written, so that a store that dies costs nothing. Only then is
 * it answered `ok`: no kill takes back what was answered. A disk that is silent for EDITS_SILENT_MS, or
 * full, is said (process/keeper.h), and edits are answered all the same, with EDITS_NOT_KEPT behind the `ok`: a kill of one process
 * does not take them back, one of all at once does. Thread: main.
 */
#ifndef PROCESS_EDITS_H
#define PROCESS_EDITS_H

#include "base/err.h"
#include "control/server.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define EDITS_NOT_KEPT "(not on disk yet)"
enum { EDITS_SILENT_MS = 1000, EDITS_BYTES_MAX = 64 << 20 };

struct stage;
struct edit_sent;                       /* not yet written, as far as told */
struct edit_answer;                     /* to somebody, when the edits so far are written */

struct edits {
    STAILQ_HEAD(, edit_sent) sent;
    STAILQ_HEAD(, edit_answer) answers;
    uint32_t serial;                    /* of the last edit */
    unsigned count;                     /* in `sent` */
    size_t bytes;                       /* of their lines; past EDITS_BYTES_MAX edits are refused */
    bool waiting;                       /* the store has said that it cannot write now */
};

void edits_init(struct edits *edits);
void edits_clear(struct edits *edits);          /* nobody is answered */

/* Whether one more may be made. Return: 0, or -1 with err: too many wait for the disk, or the show gets another file. */
int edits_check_room(const struct stage *stage, struct err *err);
/* The document has just been changed so: a command line. */
void edits_add(struct stage *stage, const char *line);
/* The same of what was no command, with all that follows from it: a line `MARK WHAT TEXT` of process/replay.h. */
void edits_take(struct stage *stage, const char *mark, const char *what, const char *text);
/* `ok TEXT` once all edits so far are written; at once if they are, or if the store has said that it cannot write. */
void edits_answer(struct stage *stage, struct ticket ticket, const char *text);

void edits_kept(struct stage *stage, uint32_t serial, uint32_t state);  /* MSG_JOURNAL_KEPT */
void edits_send_again(struct stage *stage);     /* a new store */
void edits_tick(struct stage *stage);           /* once a loop: answers what has waited for too long */

#endif
