/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is wrong inside a document, told without looking at media or devices: the first part of
 * `clipgrid check` (SPEC U6). Nothing here keeps a show from loading; a reader refuses that.
 */
#ifndef SESSION_CHECK_H
#define SESSION_CHECK_H

#include "show/show.h"

/* The exit statuses of `clipgrid check`. */
/* WARNING: it plays, but someone should look; ERROR: it does not do what it says */
enum session_check_level { SESSION_CHECK_FIT, SESSION_CHECK_WARNING, SESSION_CHECK_ERROR };

/* clip: its address T/R/C, or "" where the finding is about the show, a group or a tab. text: one line, as long as the call. */
typedef void session_check_report(void *context, enum session_check_level level, const char *clip, const char *text);

/* Reports each finding once: the show's, groups A to D, tabs, then clips in the order of the grid. Return: the worst level. */
enum session_check_level session_check_document(const struct show *show, session_check_report *report, void *context);

#endif
