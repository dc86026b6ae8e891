/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole text files, in and out. Nothing here waits for a FIFO or reads a device, and nothing half-written is ever seen. */
#ifndef SESSION_TEXTFILE_H
#define SESSION_TEXTFILE_H

#include "base/err.h"

#include <stddef.h>

struct strbuf;

/* Reads a regular file of at most max bytes. noun: what it is for the user ("show"): a missing file is ERR_UNKNOWN
 * `FILE: no such NOUN`. Return: 0, or -1 with err and out as it was. */
int textfile_read(const char *path, const char *noun, size_t max, struct strbuf *out, struct err *err);
/* Replaces or makes the file at once: written beside, synced, renamed, the folder synced. A link is followed; mode and owner of
 * an old file are kept. The file beside (`.NAME.saving`) is locked meanwhile, so that two savers never mix, and one left by a
 * killed saver is removed by the next. Return: 0, or -1 with err, the old file untouched and nothing left beside it. */
int textfile_replace(const char *path, const void *bytes, size_t count, struct err *err);
/* Makes a file with these bytes in the same way, unless something of that name is there. Return: 0 (also then), or -1 with
 * err. */
int textfile_keep(const char *path, const void *bytes, size_t count, struct err *err);

#endif
