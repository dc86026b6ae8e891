/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the tests of metadata parsers: chunks made by hand, and the laws that hold for any bytes. */
#ifndef TESTS_MEDIA_TAG_RIG_H
#define TESTS_MEDIA_TAG_RIG_H

#include "tags/tag_parsers.h"
#include "tags/tags.h"

enum { TAG_RIG_RATE = 48000 };          /* of the sound that is told of */

typedef void tag_parser(const unsigned char *bytes, size_t count, struct tag_sink *sink);

/* Parses a copy of exactly this size. Return: what was found, until the next call; its laws have been checked. */
const struct media_tags *tag_rig_parse(tag_parser *parse, const void *bytes, size_t count);
/* Every first part of the bytes keeps the laws, as does every one with a byte changed. */
void tag_rig_break(tag_parser *parse, const void *bytes, size_t count);
void tag_rig_expect(const struct media_tags *tags, enum tag_field field, const char *value);
/* A file with these bytes through tags_read(). Return: as above. */
const struct media_tags *tag_rig_read(const void *bytes, size_t count);

/* Putting bytes together: each returns the end of what it wrote. */
unsigned char *tag_rig_put(unsigned char *to, const void *bytes, size_t count);
unsigned char *tag_rig_text(unsigned char *to, const char *text);      /* without its NUL */
unsigned char *tag_rig_le32(unsigned char *to, uint32_t value);
unsigned char *tag_rig_be32(unsigned char *to, uint32_t value);
/* A chunk of RIFF with its pad byte. */
unsigned char *tag_rig_chunk(unsigned char *to, const char *id, const void *bytes, size_t count);

#endif
