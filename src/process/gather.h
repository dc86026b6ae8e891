/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The media files that a show names, each once: what consolidate, pack and relink work on. */
#ifndef PROCESS_GATHER_H
#define PROCESS_GATHER_H

#include "process/library.h"

struct gather_file {
    char *file;                     /* as the clips name it, relative to the media folder; owned */
    char *copied;                   /* its name in the new place; owned, NULL: the same */
    uint64_t bytes;
    bool missing;                   /* there is no regular file */
};

struct gather {
    struct gather_file *file;       /* in the order of their names */
    size_t count, missing;
    uint64_t bytes;                 /* of all that are there */
};

void gather_init(struct gather *gather, const struct library *library);
void gather_clear(struct gather *gather);
struct gather_file *gather_find(const struct gather *gather, const char *file);         /* NULL: no clip names it */
char *gather_path(const struct library *library, const char *file);     /* absolute; caller frees */
/* The show as it is to be in a folder of its own: media below "media", files under their copied names, nothing else changed. The
 * document of the library becomes that one. Return: 0, or -1 with err. */
int gather_settle(const struct gather *gather, struct library *library, struct err *err);
/* "; 2 media are missing: a.wav, b.wav" if any are. */
void gather_fmt_missing(const struct gather *gather, struct strbuf *out);

#endif
