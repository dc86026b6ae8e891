/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a journal, written: for journal.c alone. journal_parse of journal.h reads it. Pure. */
#ifndef SESSION_JOURNAL_TEXT_H
#define SESSION_JOURNAL_TEXT_H

#include "session/journal.h"

/* Whether it is a journal, of another version than ours. */
bool journal_is_other_version(const char *bytes, size_t count);
void journal_fmt_head(struct strbuf *out);
void journal_fmt_document(struct strbuf *out, const char *document, size_t bytes, uint32_t serial, uint64_t hash, bool edited);
void journal_fmt_line(struct strbuf *out, uint32_t serial, const char *text, size_t bytes);
/* mark: JOURNAL_SAVED or "@saving"; serial: of the edit before it. */
void journal_fmt_mark(struct strbuf *out, uint32_t serial, const char *mark, uint64_t hash);

#endif
