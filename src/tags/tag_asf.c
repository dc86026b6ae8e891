/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * WMA: the header object of an ASF file (Microsoft, "Advanced Systems Format Specification", revision
 * 01.20.03): of the objects in it (clause 3) the content description (3.10), the extended one (3.11) and
 * the markers (3.7), whose times count the preroll of the file properties (3.2). Texts are UTF-16,
 * little endian; sizes are checked against what is there, and what is not whole is left out.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    GUID = 16, OBJECT_HEAD = 24, HEADER_HEAD = 30, OBJECTS_MAX = 1000,
    PREROLL_AT = 56, MARKERS_HEAD = 24, MARKER_HEAD = 30, NAME_MAX = 64,
    MARKER_HZ = 10000000, PER_MS = MARKER_HZ / 1000,
    VALUE_TEXT = 0, VALUE_BOOL = 2, VALUE_U32 = 3, VALUE_U64 = 4, VALUE_U16 = 5,
};

static const unsigned char header_guid[GUID] = "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c",
                           properties_guid[GUID] = "\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65",
                           content_guid[GUID] = "\x33\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c",
                           extended_guid[GUID] = "\x40\xa4\xd0\xd2\x07\xe3\xd2\x11\x97\xf0\x00\xa0\xc9\x5e\xa8\x50",
                           marker_guid[GUID] = "\x01\xcd\x87\xf4\x51\xa9\xcf\x11\x8e\xe6\x00\xc0\x0c\x20\x53\x65";

/* The names of the extended content description that are not those of tag_alias.c; "WM/" before them. */
static const struct {
    const char *name;
    enum tag_field field;
} names[] = {
    {"AlbumTitle", TAG_ALBUM}, {"BeatsPerMinute", TAG_BPM}, {"CatalogNo", TAG_CATALOGUE_NO}, {"TrackNumber", TAG_TRACK},
    {"EncodedBy", TAG_ORIGINATOR},
};

struct bytes {
    const unsigned char *at;
    size_t count;
};

/* Takes a piece off the front. Return: false if it is not there whole. */
static bool take(struct bytes *from, size_t count, struct bytes *piece)
{
    if (count > from->count)
        return false;
    *piece = (struct bytes){from->at, count};
    from->at += count;
    from->count -= count;
    return true;
}

static void take_content(struct bytes object, struct tag_sink *sink)
{
    static const enum tag_field fields[] = {TAG_TITLE, TAG_ARTIST, TAG_COPYRIGHT, TAG_COMMENT};
    struct bytes lengths, text;
    if (!take(&object, 10, &lengths))
        return;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && take(&object, tag_le16(lengths.at + 2 * i), &text); i++)
        tag_sink_add(sink, fields[i], TAG_UTF16, text.at, text.count);
}

static int find_field(struct bytes text)
{
    char name[NAME_MAX];
    size_t length = tag_text_decode(name, sizeof name, TAG_UTF16, text.at, text.count);
    const char *own = strncmp(name, "WM/", 3) ? name : name + 3;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(own, names[i].name))
            return (int)names[i].field;
    return tag_alias_find(own, length - (size_t)(own - name));
}

static void take_value(int field, unsigned kind, struct bytes value, struct tag_sink *sink)
{
    if (kind == VALUE_TEXT)
        tag_sink_add(sink, (enum tag_field)field, TAG_UTF16, value.at, value.count);
    else if (kind == VALUE_U16 && value.count == 2)
        tag_sink_addf(sink, (enum tag_field)field, "%u", tag_le16(value.at));
    else if (kind == VALUE_U32 && value.count == 4)
        tag_sink_addf(sink, (enum tag_field)field, "%lu", (unsigned long)tag_le32(value.at));
    else if (kind == VALUE_U64 && value.count == 8)
        tag_sink_addf(sink, (enum tag_field)field, "%llu", (unsigned long long)tag_le64(value.at));
}

/* Each: the length of its name, the name, its kind, the length of its value, the value. */
static void take_extended(struct bytes object, struct tag_sink *sink)
{
    struct bytes head, name, value;
    if (!take(&object, 2, &head))
        return;
    for (unsigned left = tag_le16(head.at); left > 0; left--) {
        if (!take(&object, 2, &head) || !take(&object, tag_le16(head.at), &name) || !take(&object, 4, &head) ||
            !take(&object, tag_le16(head.at + 2), &value))
            return;
        int field = find_field(name);
        if (field >= 0)
            take_value(field, tag_le16(head.at), value, sink);
    }
}

/* Each: a place in the file, a time, the length of what follows, when it is sent, flags, and its name behind its length. */
static void take_markers(struct bytes object, uint64_t preroll_ms, struct tag_sink *sink)
{
    struct bytes head, name;
    if (!take(&object, MARKERS_HEAD, &head) || !take(&object, tag_le16(head.at + 22), &name))
        return;
    for (uint32_t left = tag_le32(head.at + GUID); left > 0 && take(&object, MARKER_HEAD, &head); left--) {
        uint64_t units = tag_le32(head.at + 26), time = tag_le64(head.at + 8), preroll = preroll_ms * PER_MS;
        if (units > object.count / 2 || !take(&object, (size_t)units * 2, &name))
            return;
        tag_sink_mark_time(sink, time > preroll ? time - preroll : 0, MARKER_HZ, TAG_UTF16, name.at, name.count);
    }
}

/* The objects of the header, one after the other. */
static bool next_object(struct bytes *from, struct bytes *object, const unsigned char **guid)
{
    struct bytes head;
    if (!take(from, OBJECT_HEAD, &head))
        return false;
    uint64_t size = tag_le64(head.at + GUID);
    *guid = head.at;
    return size >= OBJECT_HEAD && size - OBJECT_HEAD <= from->count && take(from, (size_t)(size - OBJECT_HEAD), object);
}

static bool is(const unsigned char *guid, const unsigned char *which)
{
    return !memcmp(guid, which, GUID);
}

static void take_object(const unsigned char *guid, struct bytes object, uint64_t preroll_ms, struct tag_sink *sink)
{
    if (is(guid, content_guid))
        take_content(object, sink);
    else if (is(guid, extended_guid))
        take_extended(object, sink);
    else if (is(guid, marker_guid))
        take_markers(object, preroll_ms, sink);
}

void tag_asf_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    struct bytes whole = {bytes, count}, head, rest, object;
    const unsigned char *guid;
    uint64_t preroll_ms = 0;
    if (!take(&whole, HEADER_HEAD, &head) || !is(head.at, header_guid))
        return;
    rest = whole;
    for (int i = 0; i < OBJECTS_MAX && next_object(&rest, &object, &guid); i++)
        if (is(guid, properties_guid) && object.count >= PREROLL_AT + 8)
            preroll_ms = tag_le32(object.at + PREROLL_AT);
    rest = whole;
    for (int i = 0; i < OBJECTS_MAX && next_object(&rest, &object, &guid); i++)
        take_object(guid, object, preroll_ms, sink);
}

void tag_asf_read(int fd, struct tag_sink *sink)
{
    unsigned char head[OBJECT_HEAD];
    size_t got;
    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        return;
    unsigned char *bytes = tag_read_part(fd, 0, tag_le64(head + GUID), &got);
    tag_sink_begin(sink);
    tag_asf_parse(bytes, got, sink);
    free(bytes);
}
