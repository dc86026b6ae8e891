/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A change of a document as text, for work that is done elsewhere and takes its time: the document
 * may have been edited meanwhile. One property a line, values as in the flat form (show/flat.h);
 * the lines of one clip stand together:
 *     new 1/2/3 file "a.wav"      a clip that is not there yet, with an id that is free then
 *     clip c7 file "b.wav"        a clip that is there; nothing else of it changes
 *     show media "../sounds"
 */
#ifndef SHOW_PATCH_H
#define SHOW_PATCH_H

#include "show/show.h"

#include <stddef.h>

struct strbuf;

/* Adds a line. object: "new 1/2/3", "clip c7" or "show". */
void patch_add(struct strbuf *patch, const char *object, const char *key, const char *value);
/* Applies all lines as one undo step named `what`. Return: 0, or -1 with err and nothing changed: a clip is gone, a place is
 * taken, or a line is none. No line at all: 0, and no step. */
int patch_apply(struct show *show, const char *text, size_t bytes, const char *what, struct err *err);

#endif
