/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of WMA files: both descriptions, markers and their preroll, and lengths that lie. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct header {
    unsigned char bytes[4096], *end;
};

static unsigned char *put_le16(unsigned char *to, size_t value)
{
    *to++ = (unsigned char)value;
    *to++ = (unsigned char)(value >> 8);
    return to;
}

static unsigned char *put_le64(unsigned char *to, uint64_t value)
{
    return tag_rig_le32(tag_rig_le32(to, (uint32_t)value), (uint32_t)(value >> 32));
}

/* ASCII as UTF-16, with its NUL. */
static unsigned char *put_wide(unsigned char *to, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++)
        to = put_le16(to, (unsigned char)text[i]);
    return to;
}

static void begin(struct header *header)
{
    memset(header, 0, sizeof *header);
    tag_rig_put(header->bytes, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", 16);
    header->end = header->bytes + 30;
}

static void add(struct header *header, const char *guid, const void *body, size_t count)
{
    header->end = tag_rig_put(put_le64(tag_rig_put(header->end, guid, 16), count + 24), body, count);
    put_le64(header->bytes + 16, (uint64_t)(header->end - header->bytes));
}

static void add_content(struct header *header)
{
    static const char *const texts[] = {"The title", "Somebody", "2026", "said of it", ""};
    unsigned char body[256], *end = body;
    for (size_t i = 0; i < 5; i++)
        end = put_le16(end, 2 * strlen(texts[i]) + 2);
    for (size_t i = 0; i < 5; i++)
        end = put_wide(end, texts[i]);
    add(header, "\x33\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", body, (size_t)(end - body));
}

static unsigned char *put_value(unsigned char *to, const char *name, unsigned kind, const void *value, size_t count)
{
    to = put_wide(put_le16(to, 2 * strlen(name) + 2), name);
    return tag_rig_put(put_le16(put_le16(to, kind), count), value, count);
}

static void add_extended(struct header *header)
{
    unsigned char body[512], *end = put_le16(body, 7);
    end = put_value(end, "WM/AlbumTitle", 0, "A\0l\0b\0u\0m\0\0\0", 12);
    end = put_value(end, "WM/TrackNumber", 3, "\7\0\0\0", 4);
    end = put_value(end, "WM/Picture", 1, "\0\0\0\0....", 8);
    end = put_value(end, "WM/BeatsPerMinute", 0, "9\0" "0\0", 4);
    end = put_value(end, "isrc", 0, "Q\0Z\0", 4);
    end = put_value(end, "WM/Year", 5, "\352\7", 2);
    end = put_value(end, "WM/Composer", 4, "\1\0", 2);      /* eight bytes are said, two are there */
    add(header, "\x40\xa4\xd0\xd2\x07\xe3\xd2\x11\x97\xf0\x00\xa0\xc9\x5e\xa8\x50", body, (size_t)(end - body));
}

static unsigned char *put_marker(unsigned char *to, uint64_t at, const char *name)
{
    to = put_le64(put_le64(to, 0), at);
    to = tag_rig_le32(tag_rig_le32(put_le16(to, 0), 0), 0);
    return put_wide(tag_rig_le32(to, (uint32_t)strlen(name) + 1), name);
}

static void add_markers(struct header *header)
{
    unsigned char body[256] = {0}, *end = put_wide(put_le16(put_le16(tag_rig_le32(body + 16, 2), 0), 6), "ab");
    end = put_marker(end, UINT64_C(41000000), "one second in");
    end = put_marker(end, UINT64_C(10000000), "before the sound");
    add(header, "\x01\xcd\x87\xf4\x51\xa9\xcf\x11\x8e\xe6\x00\xc0\x0c\x20\x53\x65", body, (size_t)(end - body));
    unsigned char properties[80] = {0};
    put_le64(properties + 56, 3100);        /* the preroll, read first though it stands behind */
    add(header, "\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65", properties, sizeof properties);
}

static size_t make_header(struct header *header)
{
    begin(header);
    add(header, "some other object", "x", 1);
    add_content(header);
    add_extended(header);
    add_markers(header);
    return (size_t)(header->end - header->bytes);
}

static void expect_all(const struct media_tags *tags)
{
    tag_rig_expect(tags, TAG_TITLE, "The title");
    tag_rig_expect(tags, TAG_ARTIST, "Somebody");
    tag_rig_expect(tags, TAG_COPYRIGHT, "2026");
    tag_rig_expect(tags, TAG_COMMENT, "said of it");
    tag_rig_expect(tags, TAG_ALBUM, "Album");
    tag_rig_expect(tags, TAG_TRACK, "7");
    tag_rig_expect(tags, TAG_BPM, "90");
    tag_rig_expect(tags, TAG_ISRC, "QZ");
    tag_rig_expect(tags, TAG_DATE, "2026");
    tag_rig_expect(tags, TAG_COMPOSER, "");
    assert_int_equal(tags->markers, 2);
    assert_int_equal(tags->marker[0].frame, 0);
    assert_string_equal(tags->marker[0].name, "before the sound");
    assert_int_equal(tags->marker[1].frame, 48000);
    assert_string_equal(tags->marker[1].name, "one second in");
}

static void objects_are_read(void **state)
{
    (void)state;
    struct header header;
    size_t count = make_header(&header);
    expect_all(tag_rig_parse(tag_asf_parse, header.bytes, count));
    tag_rig_break(tag_asf_parse, header.bytes, count);
}

static void files_are_read(void **state)
{
    (void)state;
    struct header header;
    size_t count = make_header(&header);
    memset(header.end, 0x5a, 100);          /* the sound */
    expect_all(tag_rig_read(header.bytes, count + 100));
    for (size_t cut = 0; cut < count; cut++)
        tag_rig_read(header.bytes, cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(objects_are_read), cmocka_unit_test(files_are_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
