/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a line means may depend on a file: `snap-to` needs its rate. It is written into the line before the line is done, so that the
 * journal and the recorder have one that means the same without the file. Thread: main.
 */
#ifndef PROCESS_LINE_RATE_H
#define PROCESS_LINE_RATE_H

#include "process/stage.h"

/* Return: the line with the rate behind it, owned; NULL: it is no such line, says its rate itself, or nothing is known of the file. */
char *line_rate_add(const struct stage *stage, const char *line);

#endif
