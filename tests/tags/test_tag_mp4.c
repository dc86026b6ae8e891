/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M4A: items of every kind of value, chapters, and the way to them through boxes of any size and order. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static unsigned char *put_box(unsigned char *to, const char *id, const void *body, size_t count)
{
    return tag_rig_put(tag_rig_text(tag_rig_be32(to, (uint32_t)count + 8), id), body, count);
}

static unsigned char *put_item(unsigned char *to, const char *id, unsigned kind, const void *value, size_t count)
{
    unsigned char data[256], *end = tag_rig_put(tag_rig_be32(tag_rig_be32(data, kind), 0), value, count);
    unsigned char box[300], *after = put_box(box, "data", data, (size_t)(end - data));
    return put_box(to, id, box, (size_t)(after - box));
}
#define PUT_ITEM(to, id, kind, value) put_item(to, id, kind, value, sizeof(value) - 1)

static unsigned char *put_named(unsigned char *to, const char *name, const char *value)
{
    unsigned char text[64] = {0}, body[256], *end = put_box(body, "mean", "\0\0\0\0com.apple.iTunes", 20);
    end = put_box(end, "name", text, (size_t)(tag_rig_text(text + 4, name) - text));
    unsigned char data[64], *after = tag_rig_text(tag_rig_be32(tag_rig_be32(data, 1), 0), value);
    end = put_box(end, "data", data, (size_t)(after - data));
    return put_box(to, "----", body, (size_t)(end - body));
}

static size_t make_items(unsigned char *items)
{
    unsigned char *end = PUT_ITEM(items, "\251nam", 1, "Stra\xc3\x9f""e\033[2J");
    end = PUT_ITEM(end, "\251ART", 2, "\0A\xd8\x3d\xde\0");
    end = PUT_ITEM(end, "trkn", 0, "\0\0\0\7\0\14\0\0");
    end = PUT_ITEM(end, "tmpo", 21, "\0\170");
    end = PUT_ITEM(end, "covr", 13, "no text of ours");
    end = PUT_ITEM(end, "\251alb", 13, "a picture is no title");
    end = put_named(end, "LABEL", "Small");
    end = put_named(end, "iTunNORM", "0000");
    end = put_named(end, "isrc", "QZ1230000001");
    end = PUT_ITEM(end, "\251day", 1, "2026");
    return (size_t)(end - items);
}

static void expect_items(const struct media_tags *tags)
{
    tag_rig_expect(tags, TAG_TITLE, "Straße[2J");
    tag_rig_expect(tags, TAG_ARTIST, "A\xf0\x9f\x98\x80");
    tag_rig_expect(tags, TAG_TRACK, "7");
    tag_rig_expect(tags, TAG_BPM, "120");
    tag_rig_expect(tags, TAG_ALBUM, "");
    tag_rig_expect(tags, TAG_LABEL, "Small");
    tag_rig_expect(tags, TAG_ISRC, "QZ1230000001");
    tag_rig_expect(tags, TAG_DATE, "2026");
}

static void items_are_read(void **state)
{
    (void)state;
    unsigned char items[1024];
    size_t count = make_items(items);
    expect_items(tag_rig_parse(tag_mp4_parse, items, count));
    tag_rig_break(tag_mp4_parse, items, count);
}

static const char chapters[] = "\1\0\0\0\0\0\0\0\3" "\0\0\0\0\0\0\0\0\5Begin" "\0\0\0\0\1\62\45\241\0" "\0\0\0\2\124\13\344\0\3End" "cut";

static void chapters_are_marked(void **state)
{
    (void)state;
    const struct media_tags *tags = tag_rig_parse(tag_mp4_parse_chapters, chapters, sizeof chapters - 1);
    assert_int_equal(tags->markers, 3);
    assert_int_equal(tags->marker[0].frame, 0);
    assert_string_equal(tags->marker[0].name, "Begin");
    assert_int_equal(tags->marker[1].frame, 96306);         /* 2.0063649 s */
    assert_string_equal(tags->marker[1].name, "");
    assert_int_equal(tags->marker[2].frame, 48000000);      /* 1,000 s */
    assert_string_equal(tags->marker[2].name, "End");
    tag_rig_break(tag_mp4_parse_chapters, chapters, sizeof chapters - 1);
    static const char old[] = "\0\0\0\0\1" "\0\0\0\0\0\230\226\200\2v0";
    tags = tag_rig_parse(tag_mp4_parse_chapters, old, sizeof old - 1);
    assert_int_equal(tags->markers, 1);
    assert_int_equal(tags->marker[0].frame, 48000);
}

/* moov behind the sound, whose size is of 64 bits; iso: the meta box has a version. Return: the file's end. */
static unsigned char *make_file(unsigned char *file, bool iso)
{
    unsigned char items[1024], meta[2048] = {0}, udta[2048], moov[4096];
    size_t count = make_items(items);
    unsigned char *end = put_box(meta + (iso ? 4 : 0), "hdlr", "\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0", 25);
    end = put_box(end, "ilst", items, count);
    unsigned char *after = put_box(udta, "chpl", chapters, sizeof chapters - 1);
    after = put_box(after, "meta", meta, (size_t)(end - meta));
    end = put_box(moov, "trak", items, 100);
    end = put_box(end, "udta", udta, (size_t)(after - udta));
    file = put_box(file, "ftyp", "M4A \0\0\0\0", 8);
    file = tag_rig_be32(tag_rig_be32(tag_rig_text(tag_rig_be32(file, 1), "mdat"), 0), 16 + 4);
    file = tag_rig_text(file, "####");
    return put_box(file, "moov", moov, (size_t)(end - moov));
}

static void boxes_are_walked(void **state)
{
    (void)state;
    unsigned char file[8192];
    for (int iso = 0; iso < 2; iso++) {
        size_t count = (size_t)(make_file(file, iso) - file);
        const struct media_tags *tags = tag_rig_read(file, count);
        expect_items(tags);
        assert_int_equal(tags->markers, 3);
        for (size_t cut = 0; cut < count; cut++)
            tag_rig_read(file, cut);
    }
}

/* Sizes that end before they begin, or behind everything. */
static void lying_boxes_end_the_walk(void **state)
{
    (void)state;
    unsigned char file[8192];
    size_t count = (size_t)(make_file(file, true) - file);
    static const uint32_t sizes[] = {1, 2, 7, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        tag_rig_be32(file, sizes[i]);
        tag_rig_expect(tag_rig_read(file, count), TAG_TITLE, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_read), cmocka_unit_test(chapters_are_marked), cmocka_unit_test(boxes_are_walked),
        cmocka_unit_test(lying_boxes_end_the_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
