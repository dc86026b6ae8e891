/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of the journal, run again over a document: what stands in a journal is either a command
 * line that was accepted, or one of
 *     @patch WHAT PATCH           what long work on media changed (show/patch.h), escaped and quoted
 *     @replace WHAT DOCUMENT      another document took this one's place (restore), likewise
 *     @moved OLD NEW              the session was saved in another folder, and its media stayed
 *     @saved                      here the session was saved
 * Each line is one step of undo, or undo, or redo; the last two lines are none. Pure.
 */
#ifndef PROCESS_REPLAY_H
#define PROCESS_REPLAY_H

#include "show/show.h"

#include <stddef.h>

struct strbuf;

/* Runs all lines, or those before the first @saved. Return: how many bytes of them could be run: all, unless a line does not
 * fit the document; err then says which. */
size_t replay_lines(struct show *show, const char *lines, bool to_saved, struct err *err);
/* Such a line. */
void replay_fmt(struct strbuf *out, const char *word, const char *first, const char *second);
/* How many lines from the front may become part of the document, so that at least `keep` steps can still be undone and no line
 * behind them needs what is before. 0: none. */
int replay_cut(const char *lines, int keep);

#endif
