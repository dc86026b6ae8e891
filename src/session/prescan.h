/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A look at a text before libconfig sees it. libconfig 1.5 wraps integers silently, follows
 * @include to any file, ends strings and comments at the end of the file without a word, says
 * nothing but "syntax error", and takes quadratic time over a group of many names. What would
 * run into one of these is refused here, in one pass over the bytes.
 */
#ifndef SESSION_PRESCAN_H
#define SESSION_PRESCAN_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    PRESCAN_DEPTH = 16,                 /* brackets within brackets */
    PRESCAN_NAMES = 200,                /* settings in one group */
    PRESCAN_VALUES = 750 * 1000,        /* in the whole text: half as much again as 10,240 full clips need */
    PRESCAN_COMPARED = 50 * 1000 * 1000,        /* characters of names compared within groups: half a second of libconfig's */
    PRESCAN_TEXT_BYTES = 64 * 1024,     /* one text in quotes */
};

/* file: for errors, which read `FILE:LINE: ...`. *commented (may be NULL) tells whether a comment was seen, also on failure.
 * Return: 0 if libconfig may parse it, else -1 with err. */
int prescan_text(const char *text, size_t bytes, const char *file, bool *commented, struct err *err);

#endif
