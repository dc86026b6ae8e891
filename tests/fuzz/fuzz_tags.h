/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law of every parser of metadata: what it finds in any bytes, the other side of the wire takes. */
#ifndef FUZZ_FUZZ_TAGS_H
#define FUZZ_FUZZ_TAGS_H

#include "tags/tag_parsers.h"

/* Fuzzes one parser; aborts when the law is broken. Return: 0. */
int fuzz_tags(void (*parse)(const unsigned char *bytes, size_t count, struct tag_sink *sink), const uint8_t *bytes, size_t count);
/* What has been found, by whatever way. */
void fuzz_tags_check(const struct media_tags *tags);

#endif
