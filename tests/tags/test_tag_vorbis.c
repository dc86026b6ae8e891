/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vorbis comments, and the ways to them: FLAC blocks, and Ogg packets that go on over many pages. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static unsigned char *put_text(unsigned char *to, const char *text)
{
    return tag_rig_text(tag_rig_le32(to, (uint32_t)strlen(text)), text);
}

static size_t make_comments(unsigned char *comments)
{
    static const char *const texts[] = {
        "TITLE=Song", "artist=One", "Artist=Two", "ARTIST=Two", "ISRC=DEABC2600001", "CATALOGNUMBER=C-1", "NOTHING", "=",
        "UNKNOWN=x", "ISWC=T-1\033[31m", "DESCRIPTION=two\nlines", "BPM=",
    };
    unsigned char *end = tag_rig_le32(put_text(comments, "maker"), sizeof texts / sizeof *texts);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        end = put_text(end, texts[i]);
    return (size_t)(end - comments);
}

static void expect_comments(const struct media_tags *tags)
{
    tag_rig_expect(tags, TAG_TITLE, "Song");
    tag_rig_expect(tags, TAG_ARTIST, "One; Two; Two");
    tag_rig_expect(tags, TAG_ISRC, "DEABC2600001");
    tag_rig_expect(tags, TAG_CATALOGUE_NO, "C-1");
    tag_rig_expect(tags, TAG_ISWC, "T-1[31m");
    tag_rig_expect(tags, TAG_DESCRIPTION, "two lines");
    tag_rig_expect(tags, TAG_BPM, "");
}

static void comments_are_read(void **state)
{
    (void)state;
    unsigned char comments[512];
    size_t count = make_comments(comments);
    expect_comments(tag_rig_parse(tag_vorbis_parse, comments, count));
    tag_rig_break(tag_vorbis_parse, comments, count);
}

/* In any order, without a name, and such as are none. */
static void chapters_are_marked(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "CHAPTER002NAME=Second", "CHAPTER001=00:00:01.500", "CHAPTER001NAME=First", "chapter002=01:00:02",
        "CHAPTER003=00:00:03.250",
        "CHAPTER004NAME=nowhere", "CHAPTER005=tomorrow", "CHAPTER06=00:00:01.000", "CHAPTER007=00:00:01.x00", "CHAPTERS=3",
    };
    unsigned char comments[512], *end = tag_rig_le32(put_text(comments, "maker"), sizeof texts / sizeof *texts);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        end = put_text(end, texts[i]);
    const struct media_tags *tags = tag_rig_parse(tag_vorbis_parse, comments, (size_t)(end - comments));
    assert_int_equal(tags->markers, 3);
    assert_int_equal(tags->marker[0].frame, 72000);
    assert_string_equal(tags->marker[0].name, "First");
    assert_int_equal(tags->marker[1].frame, 156000);
    assert_string_equal(tags->marker[1].name, "");
    assert_int_equal(tags->marker[2].frame, INT64_C(3602) * 48000);
    assert_string_equal(tags->marker[2].name, "Second");
    tag_rig_break(tag_vorbis_parse, comments, (size_t)(end - comments));
}

static void much_is_bounded(void **state)
{
    (void)state;
    enum { TEXTS = 60000 };
    unsigned char *comments = malloc(64 + (size_t)TEXTS * 24), *end = tag_rig_le32(put_text(comments, ""), TEXTS);
    for (int i = 0; i < TEXTS; i++)
        end = put_text(end, i & 1 ? "COMPOSER=Ann Example" : "COMPOSER=Bo Sample");
    const struct media_tags *tags = tag_rig_parse(tag_vorbis_parse, comments, (size_t)(end - comments));
    assert_in_range(strlen(tags_get(tags, TAG_COMPOSER)), MEDIA_TAG_BYTES - 20, MEDIA_TAG_BYTES - 1);
    assert_int_equal(tags->left_out, TEXTS - 170);          /* 85 pairs of 24 bytes fit */
    free(comments);
}

/* A page of one stream: the pieces of a packet from `from` on, at most `segments` of them. Return: bytes of the packet in it. */
static size_t put_page(unsigned char **end, uint32_t serial, unsigned flags, const unsigned char *packet, size_t count,
                       size_t segments)
{
    unsigned char *page = *end;
    memset(page, 0, 27);
    memcpy(page, "OggS", 4);
    page[5] = (unsigned char)flags;
    tag_rig_le32(page + 14, serial);
    size_t whole = count / 255 + 1, used = whole < segments ? whole : segments, bytes = used == whole ? count : used * 255;
    page[26] = (unsigned char)used;
    memset(page + 27, 255, used);
    if (used == whole)
        page[26 + used] = (unsigned char)(count % 255);
    *end = tag_rig_put(page + 27 + used, packet, bytes);
    return bytes;
}

/* The packets of a stream's head, the second over pages of two segments each, another stream's pages between them. */
static size_t make_ogg(unsigned char *file, const char *first, size_t first_bytes, const void *second, size_t second_bytes)
{
    unsigned char packet[4096], *end = file;
    unsigned char *comments = tag_rig_put(packet, second, second_bytes);
    size_t count = second_bytes + make_comments(comments);
    put_page(&end, 99, 2, (const unsigned char *)"\x80theora", 7, 255);
    put_page(&end, 7, 2, (const unsigned char *)first, first_bytes, 255);
    for (size_t at = 0, used; at < count; at += used) {
        used = put_page(&end, 7, at > 0, packet + at, count - at, 2);
        put_page(&end, 99, 0, (const unsigned char *)"other", 5, 255);
    }
    put_page(&end, 7, 0, (const unsigned char *)"\x05vorbis", 7, 255);
    return (size_t)(end - file);
}

static void packets_go_over_pages(void **state)
{
    (void)state;
    static const char vorbis[30] = "\x01vorbis", opus[19] = "OpusHead", flac[51] = "\x7f""FLAC";
    unsigned char file[8192];
    expect_comments(tag_rig_read(file, make_ogg(file, vorbis, sizeof vorbis, "\x03vorbis", 7)));
    expect_comments(tag_rig_read(file, make_ogg(file, opus, sizeof opus, "OpusTags", 8)));
    expect_comments(tag_rig_read(file, make_ogg(file, flac, sizeof flac, "\x04\0\1\0", 4)));
    tag_rig_expect(tag_rig_read(file, make_ogg(file, vorbis, sizeof vorbis, "\x05vorbis", 7)), TAG_TITLE, "");
    size_t count = make_ogg(file, opus, sizeof opus, "OpusTags", 8);
    for (size_t cut = 0; cut < count; cut++)
        tag_rig_read(file, cut);
}

static unsigned char *put_block(unsigned char *to, int type, const void *bytes, size_t count)
{
    to = tag_rig_be32(to, (uint32_t)type << 24 | (uint32_t)count);
    return tag_rig_put(to, bytes, count);
}

static void flac_blocks_are_found(void **state)
{
    (void)state;
    unsigned char file[8192], block[4096] = {0}, bext[602] = "A door", *end = tag_rig_text(file, "fLaC");
    end = put_block(end, 0, block, 34);
    end = put_block(end, 4, block, make_comments(block));
    memset(block, 0, sizeof block);
    block[395] = 3;                                         /* tracks 1 and 12, and the lead-out */
    static const unsigned char numbers[] = {1, 12, 170};
    size_t at = 396;
    for (unsigned i = 0; i < 3; i++, at += 36 + 12) {
        tag_rig_be32(block + at + 4, i * 588);
        block[at + 8] = numbers[i];
        block[at + 35] = 1;
    }
    end = put_block(end, 5, block, at);
    tag_rig_break(tag_flac_parse_sheet, block, at);
    size_t kept = (size_t)(tag_rig_chunk(tag_rig_text(block, "riff"), "bext", bext, sizeof bext) - block);
    end = put_block(end, 0x82, block, kept);
    const struct media_tags *tags = tag_rig_read(file, (size_t)(end - file));
    tag_rig_expect(tags, TAG_TITLE, "Song");
    tag_rig_expect(tags, TAG_DESCRIPTION, "A door");        /* bext comes before comments, wherever it stands */
    assert_int_equal(tags->markers, 2);
    assert_string_equal(tags->marker[0].name, "Track 1");
    assert_string_equal(tags->marker[1].name, "Track 12");
    assert_int_equal(tags->marker[1].frame, 588);
    for (size_t cut = 0; cut < (size_t)(end - file); cut++)
        tag_rig_read(file, cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_are_read), cmocka_unit_test(chapters_are_marked), cmocka_unit_test(much_is_bounded),
        cmocka_unit_test(packets_go_over_pages), cmocka_unit_test(flac_blocks_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
