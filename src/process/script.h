/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Render scripts (CONTRACT 4): lines `TIME COMMAND`, TIME in seconds or `Nf` output frames, never going back. */
#ifndef PROCESS_SCRIPT_H
#define PROCESS_SCRIPT_H

#include "base/err.h"

#include <stdint.h>

struct script_line {
    uint64_t frame;             /* of the output */
    char *time;                 /* as written */
    char *command;              /* never "" as script_read() gives it */
    int number;                 /* line of the file */
    const uint64_t *frames;     /* of each of its operations, if they are known one by one: a recording */
    uint32_t operations;        /* how many those are */
};
struct script {
    struct script_line *line;
    int lines;
    char *text;                 /* owned; the lines point into it */
};
/* Return: 0, or -1 with err `FILE:LINE: text`. */
int script_read(struct script *script, const char *path, uint32_t rate, struct err *err);
void script_clear(struct script *script);

#endif
