/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files: RIFF, RF64 and AIFF, their parts in any order, the order of trust, and MP3 with tags at both ends. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

static const unsigned char sound[16];

static unsigned char *put_head(unsigned char *to, const char *kind, const char *form)
{
    return tag_rig_text(tag_rig_le32(tag_rig_text(to, kind), 0xffffff), form);
}

static unsigned char *put_info(unsigned char *to, const char *title, const char *artist)
{
    unsigned char list[256], *end = tag_rig_text(list, "INFO");
    end = tag_rig_chunk(end, "INAM", title, strlen(title) + 1);
    end = tag_rig_chunk(end, "IART", artist, strlen(artist) + 1);
    return tag_rig_chunk(to, "LIST", list, (size_t)(end - list));
}

static unsigned char *put_points(unsigned char *to)
{
    unsigned char cue[28], list[32], *end = tag_rig_le32(tag_rig_le32(tag_rig_le32(cue, 1), 5), 0);
    end = tag_rig_le32(tag_rig_le32(tag_rig_le32(tag_rig_text(end, "data"), 0), 0), 123);
    to = tag_rig_chunk(to, "cue ", cue, (size_t)(end - cue));
    end = tag_rig_chunk(tag_rig_text(list, "adtl"), "labl", "\5\0\0\0Go\0", 7);
    return tag_rig_chunk(to, "LIST", list, (size_t)(end - list));
}

static unsigned char *put_cart(unsigned char *to, const char *title)
{
    unsigned char cart[2048] = "0101";
    tag_rig_text(cart + 4, title);
    return tag_rig_chunk(to, "cart", cart, sizeof cart);
}

static void parts_come_in_order_of_trust(void **state)
{
    (void)state;
    unsigned char file[8192], *end = put_head(file, "RIFF", "WAVE");
    end = put_info(end, "info title", "info artist");
    end = tag_rig_chunk(end, "odd!", "x", 1);
    end = tag_rig_chunk(end, "data", sound, sizeof sound);
    end = put_points(end);
    end = tag_rig_chunk(end, "id3 ", "ID3\3\0\0\0\0\0\22TALB\0\0\0\6\0\0\0albumTP", 28);
    end = put_cart(end, "cart title");
    end = put_cart(end, "second cart");
    const struct media_tags *tags = tag_rig_read(file, (size_t)(end - file));
    tag_rig_expect(tags, TAG_TITLE, "cart title");
    tag_rig_expect(tags, TAG_ARTIST, "info artist");
    tag_rig_expect(tags, TAG_ALBUM, "album");
    assert_int_equal(tags->markers, 1);
    assert_int_equal(tags->marker[0].frame, 123);
    assert_string_equal(tags->marker[0].name, "Go");
    for (size_t cut = 0; cut < (size_t)(end - file); cut++)
        tag_rig_read(file, cut);
}

/* Six gigabytes of sound before the part with the title. */
static void rf64_is_walked(void **state)
{
    (void)state;
    enum { LONG_GB = 6 };
    static struct media_tags tags;
    unsigned char head[128], tail[256], ds64[28] = {0}, *end = put_head(head, "RF64", "WAVE");
    uint64_t bytes = (uint64_t)LONG_GB << 30;
    tag_rig_le32(tag_rig_le32(ds64 + 8, (uint32_t)bytes), (uint32_t)(bytes >> 32));
    end = tag_rig_chunk(end, "ds64", ds64, sizeof ds64);
    end = tag_rig_le32(tag_rig_text(end, "data"), 0xffffffff);
    int fd = memfd_create("rf64", MFD_CLOEXEC);
    size_t count = (size_t)(end - head), more = (size_t)(put_info(tail, "behind it", "x") - tail);
    assert_int_equal(pwrite(fd, head, count, 0), count);
    assert_int_equal(pwrite(fd, tail, more, (off_t)(bytes + count)), more);
    tags_read(fd, TAG_RIG_RATE, &tags);
    close(fd);
    tag_rig_expect(&tags, TAG_TITLE, "behind it");
}

static unsigned char *put_big_chunk(unsigned char *to, const char *id, const char *text, size_t count)
{
    to = tag_rig_put(tag_rig_be32(tag_rig_text(to, id), (uint32_t)count), text, count);
    if (count & 1)
        *to++ = 0;
    return to;
}

static void aiff_is_walked(void **state)
{
    (void)state;
    unsigned char file[512], *end = put_head(file, "FORM", "AIFF");
    end = put_big_chunk(end, "NAME", "Gr\374n", 4);
    end = put_big_chunk(end, "AUTH", "somebody", 8);
    end = put_big_chunk(end, "MARK", "\0\1\0\1\0\0\1\0\2go", 11);
    end = put_big_chunk(end, "SSND", (const char *)sound, sizeof sound);
    end = put_big_chunk(end, "(c) ", "2026 somebody", 13);
    const struct media_tags *tags = tag_rig_read(file, (size_t)(end - file));
    tag_rig_expect(tags, TAG_TITLE, "Grün");
    tag_rig_expect(tags, TAG_ARTIST, "somebody");
    tag_rig_expect(tags, TAG_COPYRIGHT, "2026 somebody");
    assert_int_equal(tags->markers, 1);
    assert_int_equal(tags->marker[0].frame, 256);
    for (size_t cut = 0; cut < (size_t)(end - file); cut++)
        tag_rig_read(file, cut);
}

static void mp3_has_tags_at_both_ends(void **state)
{
    (void)state;
    unsigned char file[256] = {0}, *end = tag_rig_put(file, "ID3\4\0\0\0\0\0\20TIT2\0\0\0\6\0\0\0title", 26);
    end = tag_rig_put(end, "\377\373\220\0", 4);
    tag_rig_text(tag_rig_text(end, "TAGolder"), "");
    tag_rig_text(end + 33, "older artist");
    const struct media_tags *tags = tag_rig_read(file, (size_t)(end - file) + 128);
    tag_rig_expect(tags, TAG_TITLE, "title");
    tag_rig_expect(tags, TAG_ARTIST, "older artist");
}

static void nothing_is_found_in_nothing(void **state)
{
    (void)state;
    static const struct media_tags none;
    assert_memory_equal(tag_rig_read("", 0), &none, sizeof none);
    assert_memory_equal(tag_rig_read("RIFF", 4), &none, sizeof none);
    assert_memory_equal(tag_rig_read("only words", 10), &none, sizeof none);
}

static void fields_have_names(void **state)
{
    (void)state;
    for (int field = 0; field < TAG_FIELDS; field++) {
        assert_non_null(tags_name((enum tag_field)field));
        assert_int_equal(tags_field(tags_name((enum tag_field)field)), field);
    }
    assert_int_equal(tags_field("nothing"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_in_order_of_trust), cmocka_unit_test(rf64_is_walked), cmocka_unit_test(aiff_is_walked),
        cmocka_unit_test(mp3_has_tags_at_both_ends), cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(fields_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
