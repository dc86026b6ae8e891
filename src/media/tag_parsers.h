/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parsers of metadata, a tag_*.c each, and the walkers that find the parts of a file for
 * them. Only workers call them, for every byte is an enemy's. A parser is a pure function of
 * (bytes, count): it takes what is whole and leaves out what is not; nothing is an error. A walker
 * reads with pread, at most TAG_PART_BYTES_MAX of a part.
 */
#ifndef MEDIA_TAG_PARSERS_H
#define MEDIA_TAG_PARSERS_H

#include "media/tag_sink.h"

enum { TAG_PART_BYTES_MAX = 16 << 20 };

void tag_bext_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);   /* EBU Tech 3285, versions 0 to 2 */
void tag_info_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);   /* a LIST chunk of type INFO, after that word */

/* Walkers. The file is of the kind they are for: its first bytes have been looked at. */
void tag_riff_read(int fd, struct tag_sink *sink);      /* RIFF and RF64 */

/* Reads up to TAG_PART_BYTES_MAX bytes. Return: what is there of them (*got), which the caller frees. */
unsigned char *tag_read_part(int fd, int64_t at, uint64_t bytes, size_t *got);

#endif
