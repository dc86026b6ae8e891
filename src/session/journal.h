/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal of edits: one file a show in the state folder. It holds a document, every edit made
 * since as a line, and marks where the session file was saved; so unsaved edits are there again
 * after a crash, and what was saved can still be undone after a restart.
 *
 * It is bound to the session file by a hash of its bytes: edits of another version of the file
 * are set aside under another name, never applied. A mark stands before the save as well
 * (journal_saving), so that a kill or a power cut between the two finds the old file's mark or the
 * new one's. Each edit has a number and a checksum: what a power cut left half is dropped.
 *
 * Edits are command lines, or begin with @ (process/replay.h). Thread: one at a time; any may wait for the disk.
 */
#ifndef SESSION_JOURNAL_H
#define SESSION_JOURNAL_H

#include "base/err.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_SAVED "@saved"          /* among the lines of a past: here the session was saved */

/* What an earlier show left. */
struct journal_past {
    struct strbuf document;             /* flat (show/flat.h), to go on from; empty: there is no past */
    struct strbuf lines;                /* edits since then, a newline behind each; JOURNAL_SAVED at most once */
    bool edited;                        /* the document itself was ahead of the session file, and no save came after it */
    int unsaved;                        /* edits that the session file does not have */
    int edits;                          /* in lines */
    uint32_t serial;                    /* number of the last edit */
};
void journal_past_clear(struct journal_past *past);
/* Reads the bytes of a journal; hash: of the session file as it is now, 0: there is none; past NULL: not wanted. Pure. Return:
 * how many bytes of it are sound; 0 if it is none, or not of this file: then past is empty. Bytes past that are damaged. */
size_t journal_parse(const char *bytes, size_t count, uint64_t hash, struct journal_past *past);
/* Of the file's bytes. Return: 0 if it is not there or cannot be read. */
uint64_t journal_hash(const char *session);

struct journal;

/* session: absolute path, or "" with `fallback` (the control socket; "" for who edits a file without running it) naming the
 * unnamed show, and any show to those who find its session taken. hash: of the session file. past: to be cleared by the caller,
 * also when empty; NULL: not wanted. note (200 bytes): "" or what the operator must know. Return: NULL with err if another
 * show has this journal (ERR_BUSY) or it cannot be written. */
struct journal *journal_open(const char *session, const char *fallback, uint64_t hash, struct journal_past *past,
                             char note[200], struct err *err);
void journal_close(struct journal *journal);            /* removed, if it holds no edit */
void journal_drop(struct journal *journal);             /* closed and removed */
/* Keeps what it holds now under another name too; note: 200 bytes, begins with why and says where. */
void journal_set_aside(const struct journal *journal, const char *why, char note[200]);
/* Whether there is a document to go on from. If not, journal_begin comes first. */
bool journal_begun(const struct journal *journal);
/* Whether another program took its file away, put another one in its place or cut it short: what it held is not kept any more. */
bool journal_displaced(const struct journal *journal);
/* What it holds does not lead to the session file as it is now: journal_begin comes first. The file stays until then. */
void journal_disown(struct journal *journal);

/* Starts anew, by one rename: a document, then the lines of a past (NULL: none). serial: of the last edit in all that;
 * edited: the document is ahead of the session file of this hash. On the disk when this returns. Return: 0, or -1 with err and
 * the journal as it was. */
int journal_begin(struct journal *journal, const struct strbuf *document, const char *lines, uint32_t serial, uint64_t hash,
                  bool edited, struct err *err);
/* One edit, without newlines. In the file when this returns, which no kill takes back; on the disk after journal_sync. One that
 * it has (by its number) is not taken twice. Return: 0, or -1 with err and no half line in it. */
int journal_add(struct journal *journal, uint32_t serial, const char *line, struct err *err);
/* The session is about to become a file of this hash; on the disk when this returns. Then: it is. Return: 0, or -1 with err. */
int journal_saving(struct journal *journal, uint64_t hash, struct err *err);
int journal_saved(struct journal *journal, uint64_t hash, struct err *err);
/* Return: milliseconds until a sync is due (100 after the first unsynced edit), -1: nothing to sync. */
int journal_due_ms(const struct journal *journal);
/* A sync that failed is final for the file (the kernel may have dropped the pages): all of it is written anew. Return: 0, or -1
 * with err; then it is due again. */
int journal_sync(struct journal *journal, struct err *err);
/* All that is in `from` becomes this one's, which stays another file. Return: 0, or -1 with err. */
int journal_take_over(struct journal *journal, const struct journal *from, struct err *err);
/* Reads it back: for who makes it shorter. hash: of the session file. Return: 0, or -1 with err. */
int journal_read(const struct journal *journal, uint64_t hash, struct journal_past *past, struct err *err);
int journal_edits(const struct journal *journal);       /* in it */
uint32_t journal_serial(const struct journal *journal); /* of the last edit */

#endif
