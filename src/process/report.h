/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report of what could go wrong: `clipgrid check` and the command `check` (CONTRACT 6). */
#ifndef PROCESS_REPORT_H
#define PROCESS_REPORT_H

#include "base/strbuf.h"

#include <stdbool.h>

enum report_level { REPORT_FIT, REPORT_WARNING, REPORT_ERROR };

struct report {
    enum report_level worst;
    int items;
    struct strbuf text, json;       /* lines; objects with commas between */
    bool notes;                     /* are wanted in the text */
    struct strbuf more;             /* further fields of the JSON object: `,"name":value` */
};

void report_init(struct report *report);
void report_clear(struct report *report);
/* clip: address or ""; media: path or ""; file: "" or the session, line: 0 unknown. */
void report_add(struct report *report, enum report_level level, const char *file, int line, const char *clip, const char *media,
                const char *text);
/* What is no finding but may matter to someone: a line of the text, if `notes`; in the JSON it has a field of its own (more). */
void report_note(struct report *report, const char *text);
/* The whole, without a newline at its end. */
void report_fmt(const struct report *report, bool json, struct strbuf *out);

#endif
