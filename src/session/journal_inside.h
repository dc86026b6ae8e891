/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an open journal is, for its own files: journal.c writes it, journal_open.c opens it. Thread: as session/journal.h. */
#ifndef SESSION_JOURNAL_INSIDE_H
#define SESSION_JOURNAL_INSIDE_H

#include "session/journal_text.h"

#include <sys/types.h>

struct journal {
    char path[1200];
    char folder[1024];
    int fd;                         /* -1: it has not begun */
    int lock;                       /* held while open: one show a journal */
    off_t end;                      /* bytes of the file that are ours */
    bool torn;                      /* there may be more behind them, of a write that failed */
    bool spoilt;                    /* a sync of fd has failed: what is to be kept has to go into a new file */
    bool unnamed;                   /* the folder has not been synced since the file got its name */
    bool ahead;                     /* the document itself is in no session file */
    int edits;
    uint32_t serial;                /* of the last edit */
    uint64_t dirty_ns;              /* of the first edit not synced; 0: none */
};

/* err becomes `JOURNAL: what: ` and what errno says. Return: -1. */
int journal_io_error(const struct journal *journal, const char *what, struct err *err);
/* The whole file, up to 512 MB, wherever fd stands. Return: 0, or -1 with errno. */
int journal_read_all(int fd, struct strbuf *text);

#endif
