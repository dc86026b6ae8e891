/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the session: reads and saves its file, and holds its journal of edits, in a thread of its
 * own, for the session's disk may hang and the store must not. Also remembers the document as the
 * engine has it, so that a new engine gets it without a disk.
 *
 * What the engine asks is done in its order, one after the other; answers come out of
 * keeper_handle(). Edits wait in memory while the disk is silent, which is said after
 * KEEPER_SILENT_MS: "edits not on disk: 3". More than KEEPER_BYTES_MAX of them are refused, with a notice.
 *
 * Thread: the store's main calls all of this.
 */
#ifndef PROCESS_KEEPER_H
#define PROCESS_KEEPER_H

#include "base/err.h"
#include "wire/msg.h"

#include <poll.h>
#include <stdbool.h>

enum { KEEPER_SILENT_MS = 1000, KEEPER_QUIT_MS = 2000, KEEPER_BYTES_MAX = 64 << 20 };

struct keeper;

/* Both are called from keeper_open(), keeper_take() and keeper_handle() only. */
struct keeper_hooks {
    void (*tell)(enum msg_type type, uint32_t serial, const void *payload, size_t size, int fd);   /* the engine; fd -1: none */
    void (*moved)(const char *session, int folder);     /* the show's file is this one now ("": unnamed); folder: of the file, the
                                                         * hook's to close; AT_FDCWD if it has none */
};

/* session: absolute path, given: as errors shall name it, both "": an unnamed show; socket: names its journal then. Waits for
 * the disk, unless `restarted`: then the engine has the document, and only the journal is taken up again. Return: NULL with
 * err if the session cannot be read or there is no thread. */
struct keeper *keeper_open(const char *session, const char *given, const char *socket, bool restarted,
                           const struct keeper_hooks *hooks, struct err *err);
/* Lets the thread end what it has. Return: false if it hangs for longer than KEEPER_QUIT_MS: then it keeps all it has, and the
 * call may be made again. */
bool keeper_close(struct keeper *keeper);

/* Takes MSG_SHOW_PLEASE, MSG_SAVE, MSG_OPEN, MSG_RESTORE, MSG_JOURNAL or MSG_JOURNAL_DOCUMENT from the engine, with its descriptor. */
void keeper_take(struct keeper *keeper, struct msg *msg);
/* The document with its undo, as MSG_SHOW has it, if the edit `serial` is the last in it. Return: a memfd, the caller's; or -1. */
int keeper_show_after(const struct keeper *keeper, uint32_t serial);
/* For the caller's poll: one entry; lowers *timeout_ms (-1: none). */
void keeper_poll(struct keeper *keeper, struct pollfd *fd, int *timeout_ms);
void keeper_handle(struct keeper *keeper);      /* after poll, whatever came of it */

#endif
