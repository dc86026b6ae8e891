/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libconfig's one landlord: a text in, nodes out (session/tree.h). */
#ifndef SESSION_LIBCONF_H
#define SESSION_LIBCONF_H

#include "session/tree.h"

/* Prescans and parses. file: for errors, which read `FILE:LINE: what, and what is allowed`.
 * Return: 0 with doc filled, or -1 with err and doc cleared; doc->commented holds in both cases. */
int libconf_parse(struct tree_doc *doc, const char *text, size_t bytes, const char *file, struct err *err);

#endif
