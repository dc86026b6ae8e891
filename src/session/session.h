/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Session files (CONTRACT 5): libconfig text in, a document out, and back. Store, check and
 * render use it; never the engine. Errors read `FILE:LINE: what, and what is allowed`.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "base/err.h"
#include "show/show.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

#define SESSION_FORMAT "ORP2026A"       /* what we write, and the newest we read */
enum { SESSION_BYTES_MAX = 16 * 1024 * 1024 };

enum session_age { SESSION_OF_NOW, SESSION_OLDER, SESSION_NEWER };

struct session_info {
    enum session_age age;       /* of the file's format; the document is of now, whatever it was (session/migrate.h) */
    bool commented;             /* the file has comments, which a save loses */
    int version_year;           /* 2026; 0: the text has no header */
    char version_letter;        /* 'A' */
    uint64_t hash;              /* XXH64 of the file's bytes, seed 0 */
};

/* --- files --- */
/* Reads and checks a whole session. Only a regular file up to SESSION_BYTES_MAX; a missing one is ERR_UNKNOWN `FILE: no such
 * show`. Return: the document, with nothing to undo and not dirty, or NULL with err. info may be NULL. */
struct show *session_load(const char *path, struct session_info *info, struct err *err);
/* Writes beside, syncs, renames, syncs the folder. The first save over a commented file leaves FILE.orig, one over a file of
 * an earlier format leaves that as a backup (session/backups.h); a file of a newer clipgrid is not written over.
 * Return: 0, or -1 with err and the old file untouched. */
int session_save(const char *path, const struct show *show, struct err *err);
/* The same with the text that session_write made. */
int session_save_text(const char *path, const struct strbuf *text, struct err *err);

/* --- text --- */
/* As session_load, of a text; file is for errors. */
struct show *session_parse(const char *text, size_t bytes, const char *file, struct session_info *info, struct err *err);
/* The whole file: in stable order, one property a line, defaults left out. session_parse reads it back to an equal document. */
void session_write(const struct show *show, struct strbuf *out);

#endif
