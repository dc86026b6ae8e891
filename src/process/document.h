/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document on its way between store and engine: flat text (show/flat.h) in a memfd. */
#ifndef PROCESS_DOCUMENT_H
#define PROCESS_DOCUMENT_H

#include "base/strbuf.h"
#include "show/show.h"

/* Return: a memfd holding the text, or -1 with err. */
int document_to_fd(const struct strbuf *text, struct err *err);
/* Reads a memfd whole into text. Return: 0, or -1 with err. */
int document_from_fd(int fd, struct strbuf *text, struct err *err);
/* A show from flat text. Return: NULL with err. */
struct show *document_parse(const char *text, size_t bytes, struct err *err);

#endif
