/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Formats of sessions, and the way from an earlier one to ours: a chain of steps, each from one
 * format to the next. Steps work on the parsed nodes, in memory; a file changes only when the show
 * is saved, and what it held is a backup by then (session/backups.h). So nothing has to be taken back: a chain
 * that breaks, or leads to what is no session, is a refusal, and the file stays as it is.
 *
 * Thread: any; the table does not change while sessions are read.
 */
#ifndef SESSION_MIGRATE_H
#define SESSION_MIGRATE_H

#include "session/session.h"
#include "session/tree.h"

/* From one format to the next one that there was. */
struct migrate_step {
    const char *from, *to;      /* "ORP2025B" */
    /* Makes of a session of `from` one of `to`, but for the header. file: for errors (tree_fail). Pure. Return: 0, or -1 with
     * err: then the nodes are of no more use. */
    int (*change)(struct tree_doc *doc, const char *file, struct err *err);
};

/* The header of a session says which format it has: a foreign or a newer one is refused, an earlier one brought up step by
 * step. Sets info's version and age, also on failure. Return: 0 and the nodes are of SESSION_FORMAT, or -1 with err. */
int migrate_doc(struct tree_doc *doc, const char *file, struct session_info *info, struct err *err);
/* Tests have formats of their own. steps: ends with a `from` that is NULL, and stays the caller's; NULL: ours again. */
void migrate_use(const struct migrate_step *steps);

#endif
