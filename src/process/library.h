/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work on a show's media that takes its time: import, consolidate, pack, unpack, relink. Each is
 * a function of a document, the disk and a request; it writes files, but never the session file of
 * the show and never the document: what is to change there comes back as a patch (show/patch.h).
 * So the same work serves a show that runs (process/job_main.c, a process of its own) and one that
 * lies on the disk (process/library_main.c). Killed at any moment it leaves nothing half done under
 * a name that counts. One thread; may wait for disks and workers.
 */
#ifndef PROCESS_LIBRARY_H
#define PROCESS_LIBRARY_H

#include "base/strbuf.h"
#include "command/command.h"
#include "library/progress.h"
#include "media/prober.h"
#include "show/show.h"

#include <limits.h>

struct survey;

struct library_request {
    enum command_job kind;
    bool copy;                      /* --copy: files from elsewhere are copied into the media folder */
    int tab, row, column;           /* import: where to begin, from 0; -1: the first */
    const char *clip;               /* relink: T/R/C or id of the one that is meant; NULL or "": all */
    int take;                       /* relink: the candidate of this number is taken; 0: none */
    bool neighbours;                /* relink: and what went the same way as the file that is named */
    int words;
    char *const *word;              /* files and folders; relative to `base` */
    const char *base;               /* absolute; "" the working folder */
};

struct library {
    struct show *show;              /* the document; owned. Only consolidate and pack change it: to what they write */
    char session[PATH_MAX];         /* absolute path of its file, "" unnamed */
    char folder[PATH_MAX];          /* absolute: what `media` of the show is relative to */
    char media[PATH_MAX];           /* absolute: the media folder, which need not exist */
    struct prober prober;
    struct progress progress;
    /* what came of it */
    struct strbuf patch;            /* for the document; empty: nothing changes */
    struct strbuf answer;           /* for people: lines without a newline at the end */
    struct strbuf offers;           /* relink: lines `ID NUMBER FILE [neighbour]` of what may be taken */
};

/* show is taken over; session: absolute or "". Return: 0, or -1 with err (clear it in both cases). */
int library_init(struct library *library, struct show *show, const char *session, struct err *err);
void library_clear(struct library *library);
/* Does it. Return: 0; -1 with err: refused or failed, the patch is not to be used. */
int library_run(struct library *library, const struct library_request *request, struct err *err);

/* --- the kinds, for library.c alone --- */
int library_import(struct library *library, const struct library_request *request, struct err *err);        /* import.c */
/* consolidate.c: DIR */
int library_consolidate(struct library *library, const struct library_request *request, struct err *err);
int library_pack(struct library *library, const struct library_request *request, struct err *err);          /* pack.c: FILE */
/* unpack.c: FILE DIR */
int library_unpack(struct library *library, const struct library_request *request, struct err *err);
/* relink.c: files, folders */
int library_relink(struct library *library, const struct library_request *request, struct err *err);

/* peaks_job.c: ID or all */
int library_peaks(struct library *library, const struct library_request *request, struct err *err);

/* --- what they share --- */
/* Adds the file of a clip to what is to be measured. */
void library_add_media(const struct library *library, const struct show_clip *clip, struct survey *survey);
/* "BASE/WORD", or the word if it is absolute. Caller frees. */
char *library_path(const struct library_request *request, const char *word);
/* The file seen from the media folder; NULL if it does not lie in it. Caller frees. Links in the way to it are resolved, a link
 * that it is itself is not. */
char *library_in_media(const struct library *library, const char *path);
/* "1 file", "2 files" */
void library_fmt_count(struct strbuf *out, size_t count, const char *noun);

#endif
