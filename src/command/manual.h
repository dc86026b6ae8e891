/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help out of the command table: for `help`, for the screen, for the manual page. Commands of later versions are left out. */
#ifndef COMMAND_MANUAL_H
#define COMMAND_MANUAL_H

struct strbuf;
struct command_row;

void manual_fmt_list(struct strbuf *out);                                 /* a line a command: its words and its sentence */
void manual_fmt_command(const struct command_row *row, struct strbuf *out);       /* several lines about one */
void manual_fmt_mdoc(struct strbuf *out);                                 /* the list as mdoc(7), for clipgrid(1) */

#endif
