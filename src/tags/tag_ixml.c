/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The iXML chunk (iXML specification 3.01): what a location recorder knew of a take, a copy of
 * bext, and sync points. A field is known by its element and the one around it.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_xml.h"
#include "base/xalloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *around, *name;
    enum tag_field field;
} texts[] = {
    {"BWFXML", "PROJECT", TAG_PROJECT}, {"BWFXML", "SCENE", TAG_SCENE}, {"BWFXML", "TAKE", TAG_TAKE},
    {"BWFXML", "TAPE", TAG_TAPE},
    {"BWFXML", "CIRCLED", TAG_CIRCLED}, {"BWFXML", "NOTE", TAG_NOTE}, {"BWFXML", "FILE_UID", TAG_FILE_UID},
    {"BWFXML", "UBITS", TAG_UBITS}, {"SPEED", "TIMECODE_RATE", TAG_TIMECODE_RATE},
    {"BEXT", "BWF_DESCRIPTION", TAG_DESCRIPTION}, {"BEXT", "BWF_ORIGINATOR", TAG_ORIGINATOR},
    {"BEXT", "BWF_ORIGINATOR_REFERENCE", TAG_ORIGINATOR_REFERENCE}, {"BEXT", "BWF_ORIGINATION_DATE", TAG_ORIGINATION_DATE},
    {"BEXT", "BWF_ORIGINATION_TIME", TAG_ORIGINATION_TIME}, {"BEXT", "BWF_UMID", TAG_UMID},
    {"BEXT", "BWF_CODING_HISTORY", TAG_CODING_HISTORY},
};

enum { POINTS_MAX = MEDIA_MARKERS_MAX };

/* Numbers of 64 bits stand in two elements. */
struct pair {
    uint32_t high, low;
    bool said;
};

/* A sync point that counts from midnight waits until all is read: only then is it known when the file begins. */
struct point {
    uint64_t at;
    size_t name_count;
    char name[MEDIA_MARKER_NAME_BYTES];
};

struct ixml {
    struct tag_sink *sink;
    struct tag_xml xml;
    struct pair reference;              /* BWF_TIME_REFERENCE, or the time stamp of SPEED */
    struct pair point;                  /* of the sync point being read */
    bool absolute;                      /* it counts from midnight, not from the file's beginning */
    size_t name_count;
    char name[MEDIA_MARKER_NAME_BYTES];
    struct point waiting[POINTS_MAX];
    size_t waits;
};

static uint64_t value_of(const struct pair *pair)
{
    return (uint64_t)pair->high << 32 | pair->low;
}

/* Up to 32 bits, blanks around them allowed. */
static bool parse_u32(const struct tag_xml *xml, uint32_t *value)
{
    char digits[16], *end;
    size_t length = tag_text_decode(digits, sizeof digits, TAG_UTF8, xml->text, xml->count);
    unsigned long long parsed = strtoull(digits, &end, 10);
    if (!length || strspn(digits, "0123456789") != length || parsed > UINT32_MAX)
        return false;
    *value = (uint32_t)parsed;
    return true;
}

static void take_half(struct pair *pair, const struct tag_xml *xml, bool high)
{
    if (parse_u32(xml, high ? &pair->high : &pair->low))
        pair->said = true;
}

static void take_time(struct ixml *ixml, const char *around, const char *name)
{
    bool bext = !strcmp(around, "BEXT") && !strncmp(name, "BWF_TIME_REFERENCE_", 19);
    bool speed = !strcmp(around, "SPEED") && !strncmp(name, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_", 33);
    if (bext || speed)
        take_half(&ixml->reference, &ixml->xml, !strncmp(strrchr(name, '_'), "_HI", 3));
}

static void take_point(struct ixml *ixml, const char *name)
{
    struct tag_xml *xml = &ixml->xml;
    if (!strcmp(name, "SYNC_POINT_LOW"))
        take_half(&ixml->point, xml, false);
    else if (!strcmp(name, "SYNC_POINT_HIGH"))
        take_half(&ixml->point, xml, true);
    else if (!strcmp(name, "SYNC_POINT_TYPE"))
        ixml->absolute = xml->count >= 8 && !memcmp(xml->text, "ABSOLUTE", 8);
    else if (!strcmp(name, "SYNC_POINT_COMMENT") || (!strcmp(name, "SYNC_POINT_FUNCTION") && !ixml->name_count))
        ixml->name_count = tag_text_decode(ixml->name, sizeof ixml->name, TAG_UTF8, xml->text, xml->count);
}

static void end_point(struct ixml *ixml)
{
    if (ixml->point.said && !ixml->absolute) {
        tag_sink_mark(ixml->sink, value_of(&ixml->point), MARKER_IXML, TAG_UTF8, ixml->name, ixml->name_count);
    } else if (ixml->point.said && ixml->waits < POINTS_MAX) {
        struct point *point = &ixml->waiting[ixml->waits++];
        *point = (struct point){.at = value_of(&ixml->point), .name_count = ixml->name_count};
        memcpy(point->name, ixml->name, ixml->name_count);
    }
    ixml->point = (struct pair){0};
    ixml->absolute = false;
    ixml->name_count = 0;
}

static void close_element(struct ixml *ixml)
{
    struct tag_xml *xml = &ixml->xml;
    const char *name = xml->name[xml->depth], *around = xml->depth ? xml->name[xml->depth - 1] : "";
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(texts[i].name, name) && !strcmp(texts[i].around, around))
            tag_sink_add(ixml->sink, texts[i].field, TAG_UTF8, xml->text, xml->count);
    take_time(ixml, around, name);
    if (!strcmp(name, "SYNC_POINT"))
        end_point(ixml);
    else if (!strcmp(around, "SYNC_POINT"))
        take_point(ixml, name);
    xml->count = 0;                     /* text of an element that holds others is nobody's */
}

/* The file begins at the time reference: its own, or that of the bext chunk, which has been read before. */
static void mark_waiting(const struct ixml *ixml)
{
    const struct media_tags *tags = ixml->sink->tags;
    const char *reference = tags->text + tags->at[TAG_TIME_REFERENCE];
    uint64_t begins = strtoull(reference, NULL, 10);
    for (size_t i = 0; *reference && i < ixml->waits; i++) {
        const struct point *point = &ixml->waiting[i];
        if (point->at >= begins)
            tag_sink_mark(ixml->sink, point->at - begins, MARKER_IXML, TAG_UTF8, point->name, point->name_count);
    }
}

static void parse_text(const void *bytes, size_t count, struct tag_sink *sink)
{
    struct ixml ixml = {.sink = sink};
    tag_xml_init(&ixml.xml, bytes, count);
    for (enum tag_xml_step step; (step = tag_xml_next(&ixml.xml)) != TAG_XML_END;)
        if (step == TAG_XML_CLOSE)
            close_element(&ixml);
    if (ixml.reference.said)
        tag_sink_addf(sink, TAG_TIME_REFERENCE, "%" PRIu64, value_of(&ixml.reference));
    mark_waiting(&ixml);
}

/* UTF-8, or UTF-16 with its byte order mark. */
void tag_ixml_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    if (count < 2 || !((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff))) {
        parse_text(bytes, count, sink);
        return;
    }
    size_t size = count / 2 * 3 + 1;    /* two bytes become three at most */
    char *text = xmalloc(size);
    parse_text(text, tag_text_decode(text, size, TAG_UTF16, bytes, count), sink);
    free(text);
}
