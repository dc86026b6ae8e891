/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backups of a session, in the state folder, a folder a show: whole session files, whose names tell
 * when, why and what. Kept are the newest 8, one a quarter of an hour of the last 24 hours, and
 * one a weekday, and the last 8 of earlier formats: 119 at most, so that old ones never fill a disk.
 * Thread: any that may wait for a disk; one at a time a show.
 */
#ifndef SESSION_BACKUPS_H
#define SESSION_BACKUPS_H

#include "base/err.h"
#include "base/strbuf.h"
#include "show/show.h"

#include <stdint.h>

/* FOUND: what the file held when something else was about to be written. OLDER: the same, in an earlier format.
 * UNSAVED: edits that no save has taken yet, every quarter of an hour. */
enum backup_kind { BACKUP_SAVED, BACKUP_FOUND, BACKUP_UNSAVED, BACKUP_OLDER };
enum { BACKUPS_NEWEST = 8, BACKUPS_QUARTERS = 96, BACKUPS_WEEKDAYS = 7, BACKUPS_OLDER = 8,
       BACKUPS_MAX = BACKUPS_NEWEST + BACKUPS_QUARTERS + BACKUPS_WEEKDAYS + BACKUPS_OLDER };

struct backup {
    char name[128];                     /* of the file */
    int64_t wall_ms;                    /* when, since 1970 UTC */
    enum backup_kind kind;
    uint64_t hash;                      /* of its bytes */
    int clips, added, gone, changed;    /* clips it has; against the backup before it */
};

/* Adds a session's text, unless the newest one has the same bytes. session: absolute path. Return: 0, or -1 with err. */
int backups_add(const char *session, enum backup_kind kind, const struct strbuf *text, const struct show *show, struct err *err);
/* Adds what the file holds, if it is a session. Return: 0, also if there is none; -1 with err if it cannot be read or kept. */
int backups_add_file(const char *session, struct err *err);
/* The newest first. Return: how many there are of at most BACKUPS_MAX; -1 with err. */
int backups_list(const char *session, struct backup list[BACKUPS_MAX], struct err *err);
/* Return: the document of that backup, NULL with err. */
struct show *backups_load(const char *session, const struct backup *backup, struct err *err);
/* "2026-11-22 20:15:03  saved, 12 clips: 1 new, 2 changed" in local time. */
void backups_fmt(const struct backup *backup, struct strbuf *out);
/* "1  " and so on before each, a newline between; "no backups" if there is none. */
void backups_fmt_list(const struct backup *list, int count, struct strbuf *out);
/* Which of a list (the newest first) are kept. Pure. */
void backups_choose(const struct backup *list, int count, bool *keep);

#endif
