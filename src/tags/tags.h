/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The metadata of a media file: what it is called, whose it is, where it came from, and its
 * markers. A plain struct without pointers (wire/media_tags.h): copy it, keep it, zero it (then
 * it holds nothing). Any thread but the audio thread.
 *
 *   worker        tags_read() is the only function that looks at a file's bytes
 *   store, probe  MSG_WORK_TAGS after MSG_WORK_OPEN, work_parse_tags() on the answer, then the
 *                 readers below
 *
 * A field that several parts of one file give has the value of the first of: cart, bext, iXML,
 * ID3v2, Vorbis comments, AIFF text, RIFF INFO, ID3v1; an M4A or ASF file has its own part alone.
 * Several values in one part (two artists) are joined by "; ".
 */
#ifndef TAGS_TAGS_H
#define TAGS_TAGS_H

#include "wire/media_tags.h"

/* The name of a field as the catalogue, JSON and people have it: "title", "catalogue_no", "time_reference". */
const char *tags_name(enum tag_field field);
/* Return: the field of that name, or -1. */
int tags_field(const char *name);
/* Return: the value, inside tags; "" if the file has no such field. Pre: tags comes from tags_read(), work_parse_tags() or is
 * zero. */
const char *tags_get(const struct media_tags *tags, enum tag_field field);
/* "cue", "cart", "ixml", "aiff", "sheet" (FLAC), "chapter" (ID3, Vorbis comments, M4A, ASF): where a marker stood. */
const char *tags_marker_source(const struct media_marker *marker);

/* Worker: reads all that the file has. rate: of its sound, for markers that are placed by time; 0 leaves those out. Damaged parts
 * are left out, never an error. */
void tags_read(int fd, uint32_t rate, struct media_tags *tags);

#endif
