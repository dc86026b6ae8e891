/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command log: what an engine's main thread leaves to the next one, in a memfd that only
 * engine and supervisor have. Four things, each written before anybody is answered `ok`:
 *
 *   operations  what live commands post to the audio thread, by serial. With the resume state, which knows what was done, the
 *               next engine does the others once. A ring of COMMAND_LOG_OPS: the oldest is written over. It is done by
 *               then, since COMMAND_LOG_WAITING may be unanswered and no more: a live command past that is refused as busy.
 *   edits       lines that are not known to be in the journal (process/edits.h), by number. Room for COMMAND_LOG_EDIT_BYTES:
 *               past it, while a disk does not answer, edits are refused as busy. One that is longer than all that (a patch
 *               of long work) is in the journal alone.
 *   media       which file stands in which slot of clip memory, by a number made of its path, so that the next engine
 *               finds the samples that are there.
 *
 *   run         which recording (blackbox.h) the engine writes, so that the next one can say what it goes on from.
 *
 * What is written counts only once its count is stored, so a kill at any store leaves a whole log. Nothing in it is
 * trusted: counts and lengths are checked by the reader.
 *
 * Thread: the engine's main calls all of this but command_log_create.
 */
#ifndef PROCESS_COMMAND_LOG_H
#define PROCESS_COMMAND_LOG_H

#include "engine/op.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COMMAND_LOG_OPS = 8192, COMMAND_LOG_WAITING = 6144, COMMAND_LOG_EDIT_BYTES = 1 << 20 };

struct command_log;

/* --- supervisor. Return: a memfd sealed SHRINK|GROW|SEAL, or -1 with errno. --- */
int command_log_create(void);

/* --- engine, main --- */
struct command_log *command_log_map(int fd);        /* Return: NULL with errno (EPROTO: not our layout) */
void command_log_unmap(struct command_log *log);    /* NULL: nothing */

/* Pre: op->serial is its own, op->params is NULL. */
void command_log_add_op(struct command_log *log, const struct op *op);
/* Copies the operations that `is_done` does not know, in the order of their adding. ops: room for COMMAND_LOG_OPS. Return: how
 * many. */
typedef bool command_log_is_done(const void *context, uint32_t serial);
unsigned command_log_undone(const struct command_log *log, command_log_is_done *is_done, const void *context, struct op *ops);
/* From now on the log holds these alone: all at once, whatever happens meanwhile. A new life begins with the undone ones of the
 * last, under new serials. count: COMMAND_LOG_OPS at most. */
void command_log_begin_ops(struct command_log *log, const struct op *ops, unsigned count);

/* number: as edits.h counts; one that is there already is not added again. Return: false: no room for it. */
bool command_log_add_edit(struct command_log *log, uint32_t number, const char *line);
bool command_log_has_room(const struct command_log *log);       /* for a line of a command */
void command_log_forget_edits(struct command_log *log);         /* those so far: the journal has them */
/* The lines after edit number `after`, with a newline each, as one text to be freed; "" if there are none. */
char *command_log_edits_after(const struct command_log *log, uint32_t after);

/* name: 0: the slot is free. slot: of clip memory. */
void command_log_set_medium(struct command_log *log, uint32_t slot, uint64_t name);
/* 0: none. */
void command_log_set_run(struct command_log *log, uint64_t run);
uint64_t command_log_run(const struct command_log *log);
uint64_t command_log_medium(const struct command_log *log, uint32_t slot);

#endif
