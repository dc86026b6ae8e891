/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Just enough of XML for iXML: elements and their text, a step at a time. Knows the five entities
 * and CDATA; passes over attributes, comments and instructions; ends at a document type, at what
 * is not well formed, at TAG_XML_DEPTH, and at a NUL. Bounded memory, linear time, no allocation.
 */
#ifndef TAGS_TAG_XML_H
#define TAGS_TAG_XML_H

#include <stdbool.h>
#include <stddef.h>

enum { TAG_XML_DEPTH = 16, TAG_XML_NAME_BYTES = 48, TAG_XML_TEXT_BYTES = 4096 };
enum tag_xml_step { TAG_XML_END, TAG_XML_OPEN, TAG_XML_CLOSE };

struct tag_xml {
    const char *at, *end;
    bool empty, closed;                             /* the last step opened an element that ends at once; closed one */
    int depth;                                      /* of the element the last step was about, from 0 */
    char name[TAG_XML_DEPTH][TAG_XML_NAME_BYTES];   /* of it and of those around it; a longer one is cut */
    size_t count;                                   /* bytes of text */
    char text[TAG_XML_TEXT_BYTES];                  /* since the last OPEN, without NUL; at CLOSE of a leaf: its own, cut if
                                                     * longer */
};

void tag_xml_init(struct tag_xml *xml, const void *bytes, size_t count);
enum tag_xml_step tag_xml_next(struct tag_xml *xml);

#endif
