/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What engines wrote as they died of their own fault (platform/crash.h), kept as text in FOLDER/log/crash.txt: the newest; the one
 * before becomes crash.1.txt, and so on; CRASHFILE_KEPT old ones stay.
 */
#ifndef LOGBOOK_CRASHFILE_H
#define LOGBOOK_CRASHFILE_H

#include "base/err.h"

#include <stddef.h>

enum { CRASHFILE_KEPT = 7 };

struct strbuf;

/* Not for a thread that may not wait for disks. path: becomes that of the file. Return: 0, or -1 with err. */
int crashfile_write(const char *folder, const struct strbuf *text, char *path, size_t size, struct err *err);

#endif
