/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of help, made from the key table and the command table. */
#ifndef SCREEN_HELP_H
#define SCREEN_HELP_H

#include "base/strbuf.h"
#include "screen/keys.h"

/* Headings begin at the margin, all else is indented. Keys that do the same stand in one line. */
void help_text(struct strbuf *out, const struct keys *keys);
/* `press CLIP [down|up]: sentence`. Return: false if there is no such command. */
bool help_command(struct strbuf *out, const char *name);

#endif
