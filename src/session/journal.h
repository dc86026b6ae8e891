/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal of edits: what was answered `ok` and not yet saved, as command lines, one file a
 * show in the state folder. A show that is opened again has its unsaved edits, by running them
 * again. Bound to the session file's size and time: edits of another version of the file are
 * set aside under another name, never applied. An undo past the last save cannot be run again over
 * the saved file: then the journal begins with the whole document. Thread: the store's one.
 */
#ifndef SESSION_JOURNAL_H
#define SESSION_JOURNAL_H

#include "base/err.h"

#include <stddef.h>

struct journal;
struct strbuf;

/* session: absolute path, or "" with `fallback` (the control socket; "" for who edits a file without running it) naming the
 * unnamed show, and any show to those who find its session taken. Adds the lines that wait to `lines`, and to `document` the
 * flat document they go on from, if the journal holds one. note (200 bytes): "" or what the operator must know. Return: NULL
 * with err if it cannot be written. */
struct journal *journal_open(const char *session, const char *fallback, struct strbuf *document, struct strbuf *lines,
                             char note[200], struct err *err);
void journal_close(struct journal *journal);
/* One edit. In the file when this returns; on the disk after journal_sync. Return: 0, or -1 with err. */
int journal_add(struct journal *journal, const char *line, struct err *err);
/* Return: milliseconds until a sync is due (100 after the first unsynced edit), -1: nothing to sync. */
int journal_due_ms(const struct journal *journal);
int journal_sync(struct journal *journal, struct err *err);
/* The session was saved as it is now: start empty, bound to the file as it is now. */
int journal_restart(struct journal *journal, struct err *err);
/* Start anew from this flat document; the session file stays as it is. */
int journal_restart_from(struct journal *journal, const char *document, size_t bytes, struct err *err);
int journal_lines(const struct journal *journal);       /* edits in it */

#endif
