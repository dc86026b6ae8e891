/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the parsers of tag_parsers.h put what they find: fills a struct media_tags and keeps its
 * laws, whatever a file says. The parts of a file are read from the most trusted to the least:
 * what one part has said, a later one does not change.
 */
#ifndef TAGS_TAG_SINK_H
#define TAGS_TAG_SINK_H

#include "tags/tag_text.h"
#include "wire/media_tags.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tag_sink {
    struct media_tags *tags;
    uint32_t rate;              /* of the file's sound; 0: not known */
    bool said[TAG_FIELDS];      /* by an earlier part */
};

/* Empties tags. */
void tag_sink_init(struct tag_sink *sink, struct media_tags *tags, uint32_t rate);
/* Another part of the file begins. */
void tag_sink_begin(struct tag_sink *sink);
/* One value; a second one of the same part joins the first with "; ", unless it says the same. */
void tag_sink_add(struct tag_sink *sink, enum tag_field field, enum tag_encoding encoding, const void *bytes, size_t count);
void tag_sink_addf(struct tag_sink *sink, enum tag_field field, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* One marker, sorted in; the same name at the same frame is there once. A frame that no file has is left out. */
void tag_sink_mark(struct tag_sink *sink, uint64_t frame, enum media_marker_source source, enum tag_encoding encoding,
                   const void *name, size_t count);
/* One whose place is a time: `at` units, of which a second has per_s. Left out if the rate is not known. */
void tag_sink_mark_time(struct tag_sink *sink, uint64_t at, uint32_t per_s, enum tag_encoding encoding, const void *name,
                        size_t count);

#endif
