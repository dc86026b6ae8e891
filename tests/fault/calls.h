/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The calls by which a program asks for memory and changes a disk, sent here by the linker (--wrap): one of them may be made to
 * fail, once or from then on, and what they did to files may be written down. Only calls of our own objects come here, not those
 * that libraries make of their own. Any thread; calls on files are made one after the other.
 */
#ifndef TESTS_FAULT_CALLS_H
#define TESTS_FAULT_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* --- failing --- */

enum call_kind { CALL_OPEN, CALL_WRITE, CALL_SYNC, CALL_MOVE /* rename, link, unlink */, CALL_TRUNCATE, CALL_CLOSE, CALL_FOLDER,
                 CALL_MEMORY, CALL_KINDS };

struct call_fault {
    enum call_kind kind;
    int error;                  /* errno; 0: a write is done by one byte only */
    bool for_ever;
    bool torn;                  /* the first write that fails does one byte, those behind it fail */
};
/* The n-th call of the kind from now on fails, n from 1. */
void calls_fail(const struct call_fault *fault, int n);
/* No more. Return: how many there were from the n-th on: 0: it was never reached. */
int calls_mend(void);
/* Whether a descriptor was synced again after that had failed. */
bool calls_synced_again(void);

/* --- writing down --- */

enum call_done { DONE_OPEN, DONE_WRITE, DONE_SYNC, DONE_TRUNCATE, DONE_CLOSE, DONE_RENAME, DONE_LINK, DONE_UNLINK, DONE_SAVED };

/* What was done. */
struct call_log {
    enum call_done what;
    int fd;                     /* OPEN, WRITE, SYNC, TRUNCATE, CLOSE */
    bool emptied;               /* OPEN: with O_TRUNC */
    off_t at;                   /* WRITE: where; TRUNCATE: to how many bytes; SAVED: the number of the edit */
    size_t count;               /* WRITE */
    char *bytes;                /* WRITE: what; OPEN, UNLINK: path; RENAME, LINK: the path from; owned */
    char *to;                   /* RENAME, LINK: the path to; owned */
};
void calls_log(bool on);
/* What was written down so far. */
const struct call_log *calls_logged(int *count);
void calls_note_saved(long number);     /* DONE_SAVED: it was told that this is on the disk */

#endif
