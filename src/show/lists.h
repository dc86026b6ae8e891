/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Properties of a clip that are lists, kept as text in the form of the session file: its links to
 * others, and the further files that it plays in turn. The text in a clip is always one that these
 * functions have written, so reading it again cannot fail.
 */
#ifndef SHOW_LISTS_H
#define SHOW_LISTS_H

#include "show/show.h"

enum {
    SHOW_LINKS = 8,                     /* of a clip */
    SHOW_LIST_FILES = 32,               /* further files of a clip */
};

enum show_link_does { SHOW_LINK_START, SHOW_LINK_STOP, SHOW_LINK_FADE };
struct show_link {                      /* `{ do = "fade"; target = "b"; at = "end"; delay = 0.5; level = -20.0; seconds = 2.0;
                                         * curve = "log"; }` */
    int does;                           /* enum show_link_does */
    char target[64];                    /* an id; of a stop or a fade also group:A, tab:2, bus:A or all */
    bool at_end;                        /* at = "end": at the natural end of the clip, else at its start */
    double delay;                       /* seconds after that, 0-3600 */
    double level;                       /* of a fade: dB, -60..12 or -INFINITY, which is the default */
    double seconds;                     /* of a fade: 0-3600 */
    int curve;                          /* of a fade: enum show_curve */
};

/* Each reads what `set` or a session gives and makes the text that is kept: owned, NULL for an empty list.
 * Return: 0, or -1 with err, which says what is allowed. */
int links_parse(const char *text, char **kept, struct err *err);
int files_parse(const char *text, char **kept, struct err *err);

/* What is kept in a clip. Return: how many there are; text NULL: 0. */
int links_read(const char *text, struct show_link link[SHOW_LINKS]);
int files_read(const char *text, char *file[SHOW_LIST_FILES]);  /* owned by the caller, each */

#endif
