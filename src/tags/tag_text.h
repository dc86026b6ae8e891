/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text as media files have it, made into one clean line of UTF-8: no control, no escape, no
 * bidirectional override, no blank at either end. Pure.
 */
#ifndef TAGS_TAG_TEXT_H
#define TAGS_TAG_TEXT_H

#include <stddef.h>

enum tag_encoding {
    TAG_LATIN1,
    TAG_UTF8,           /* where it is valid; else it is taken for Latin-1, as old programs wrote it */
    TAG_UTF16,          /* in the order of its byte order mark, little endian if it has none */
    TAG_UTF16BE,
};

/* Reads up to the first NUL or the end. Line breaks and tabs become one blank; what does not fit is cut between two
 * characters. Return: bytes of out, without its NUL. Pre: size > 0. */
size_t tag_text_decode(char *out, size_t size, enum tag_encoding encoding, const void *bytes, size_t count);

#endif
