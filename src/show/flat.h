/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The document as lines, for the way between store and engine and for tests: one property a
 * line, in the order of the table, defaults left out, words quoted as in commands:
 *     show name "Demo"      group A mode choke      tab 1 rows 8      clip 1/2/3 c7 file "a.wav"
 * Unknown settings travel as property `extra`. Reads back to an equal document.
 */
#ifndef SHOW_FLAT_H
#define SHOW_FLAT_H

#include "show/show.h"

#include <stddef.h>

struct strbuf;

void flat_write(const struct show *show, struct strbuf *out);
/* Reads lines into an empty show. Return: 0, or -1 with err (line number and what is allowed); the show is then half
 * filled and to be freed. Undo is empty and nothing dirty afterwards. */
int flat_read(struct show *show, const char *text, size_t bytes, struct err *err);

#endif
