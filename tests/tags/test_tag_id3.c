/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ID3 of all versions: encodings, unsynchronised bytes, flags, and sizes that lie. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct tag {
    unsigned char bytes[4096];
    size_t count;
};

static unsigned char *put_size(unsigned char *to, int version, size_t size)
{
    for (int i = version == 2 ? 2 : 3; i >= 0; i--)
        *to++ = (unsigned char)(version == 4 ? size >> (7 * i) & 0x7f : size >> (8 * i));
    return to;
}

static void begin(struct tag *tag, int version, unsigned char flags)
{
    memset(tag, 0, sizeof *tag);
    memcpy(tag->bytes, "ID3", 3);
    tag->bytes[3] = (unsigned char)version;
    tag->bytes[5] = flags;
    tag->count = 10;
}

static void add(struct tag *tag, const char *id, unsigned char flags, const void *body, size_t count)
{
    int version = tag->bytes[3];
    unsigned char *end = tag_rig_text(tag->bytes + tag->count, id);
    end = put_size(end, version, count);
    if (version > 2) {
        *end++ = 0;
        *end++ = flags;
    }
    tag->count = (size_t)(tag_rig_put(end, body, count) - tag->bytes);
}
#define ADD(tag, id, flags, body) add(tag, id, flags, body, sizeof(body) - 1)

static const struct media_tags *parse(struct tag *tag)
{
    put_size(tag->bytes + 6, 4, tag->count - 10);           /* of the tag itself it is always of that kind */
    return tag_rig_parse(tag_id3v2_parse, tag->bytes, tag->count);
}

static void encodings_are_read(void **state)
{
    (void)state;
    struct tag tag;
    begin(&tag, 4, 0);
    ADD(&tag, "TIT2", 0, "\0Stra\337e");
    ADD(&tag, "TPE1", 0, "\1\377\376S\0t\0\344\0""d\0\0\0\377\376B\0\0\0");      /* two texts, each with its mark */
    ADD(&tag, "TALB", 0, "\2\0A\330\75\336\0\0B");                              /* a pair of surrogates */
    ADD(&tag, "TCOM", 0, "\3Dvo\xc5\x99\xc3\xa1k");
    ADD(&tag, "TPUB", 0, "\1\376\377\0P\0Q");
    ADD(&tag, "TKEY", 0, "\3Cm\0");
    ADD(&tag, "TBPM", 0, "\0" "120");
    const struct media_tags *tags = parse(&tag);
    tag_rig_expect(tags, TAG_TITLE, "Straße");
    tag_rig_expect(tags, TAG_ARTIST, "Städ; B");
    tag_rig_expect(tags, TAG_ALBUM, "A\xf0\x9f\x98\x80""B");
    tag_rig_expect(tags, TAG_COMPOSER, "Dvořák");
    tag_rig_expect(tags, TAG_PUBLISHER, "PQ");
    tag_rig_expect(tags, TAG_KEY, "Cm");
    tag_rig_expect(tags, TAG_BPM, "120");
    tag_rig_break(tag_id3v2_parse, tag.bytes, tag.count);
}

static void named_texts_are_known(void **state)
{
    (void)state;
    struct tag tag;
    begin(&tag, 3, 0);
    ADD(&tag, "TXXX", 0, "\0iswc\0T-034.524.680-1");
    ADD(&tag, "TXXX", 0, "\1\377\376L\0a\0b\0e\0l\0\0\0\377\376X\0\0\0");
    ADD(&tag, "TXXX", 0, "\0CatalogNumber\0CAT 1");
    ADD(&tag, "TXXX", 0, "\0replaygain_track_gain\0-6 dB");
    ADD(&tag, "COMM", 0, "\0eng\0good");
    ADD(&tag, "COMM", 0, "\0engiTunNORM\0 0000 1111");
    ADD(&tag, "IPLS", 0, "\0producer\0P\0arranger\0A\0");
    ADD(&tag, "TCON", 0, "\0(17)Rock");
    ADD(&tag, "APIC", 0, "\0image/png\0\3\0....");
    const struct media_tags *tags = parse(&tag);
    tag_rig_expect(tags, TAG_ISWC, "T-034.524.680-1");
    tag_rig_expect(tags, TAG_LABEL, "X");
    tag_rig_expect(tags, TAG_CATALOGUE_NO, "CAT 1");
    tag_rig_expect(tags, TAG_COMMENT, "good");
    tag_rig_expect(tags, TAG_ARRANGER, "A");
    tag_rig_expect(tags, TAG_GENRE, "Rock");
    tag_rig_break(tag_id3v2_parse, tag.bytes, tag.count);
    begin(&tag, 3, 0);
    ADD(&tag, "TCON", 0, "\0(17)");
    tag_rig_expect(parse(&tag), TAG_GENRE, "");
}

static void old_frames_are_read(void **state)
{
    (void)state;
    struct tag tag;
    begin(&tag, 2, 0);
    ADD(&tag, "TT2", 0, "\0Old title");
    ADD(&tag, "TYE", 0, "\0" "1999");
    ADD(&tag, "COM", 0, "\0eng\0old");
    ADD(&tag, "TXX", 0, "\0LABEL\0old label");
    const struct media_tags *tags = parse(&tag);
    tag_rig_expect(tags, TAG_TITLE, "Old title");
    tag_rig_expect(tags, TAG_DATE, "1999");
    tag_rig_expect(tags, TAG_COMMENT, "old");
    tag_rig_expect(tags, TAG_LABEL, "old label");
    tag_rig_break(tag_id3v2_parse, tag.bytes, tag.count);
    tag.bytes[5] = 0x40;                                    /* compressed in a way nobody ever defined */
    tag_rig_expect(parse(&tag), TAG_TITLE, "");
}

static void zeros_are_taken_out_again(void **state)
{
    (void)state;
    struct tag tag;
    begin(&tag, 3, 0x80);
    add(&tag, "TIT2", 0, "\1\377\376a\0", 5);
    /* the zero that follows 0xff in the tag, but is not counted by the frame */
    memmove(tag.bytes + 22 + 1, tag.bytes + 22, 3);
    tag.bytes[22] = 0;
    tag.count++;
    ADD(&tag, "TPE1", 0, "\0B");
    tag_rig_expect(parse(&tag), TAG_TITLE, "a");
    tag_rig_expect(parse(&tag), TAG_ARTIST, "B");
    begin(&tag, 4, 0x80);
    ADD(&tag, "TIT2", 0x02, "\1\377\0\376a\0");             /* counted by the frame */
    ADD(&tag, "TPE1", 0x41, "G\0\0\0\2\0B");                /* group and length of the data before the text */
    ADD(&tag, "TALB", 0x08, "\0zipped");
    ADD(&tag, "TCOM", 0x04, "\0secret");
    const struct media_tags *tags = parse(&tag);
    tag_rig_expect(tags, TAG_TITLE, "a");
    tag_rig_expect(tags, TAG_ARTIST, "B");
    tag_rig_expect(tags, TAG_ALBUM, "");
    tag_rig_expect(tags, TAG_COMPOSER, "");
    tag_rig_break(tag_id3v2_parse, tag.bytes, tag.count);
}

static void extended_heads_are_passed(void **state)
{
    (void)state;
    struct tag tag;
    begin(&tag, 3, 0x40);
    tag_rig_be32(tag.bytes + 10, 6);
    tag.count = 20;
    ADD(&tag, "TIT2", 0, "\0A");
    tag_rig_expect(parse(&tag), TAG_TITLE, "A");
    begin(&tag, 4, 0x40);
    tag_rig_be32(tag.bytes + 10, 6);
    tag.count = 16;
    ADD(&tag, "TIT2", 0, "\0B");
    tag_rig_expect(parse(&tag), TAG_TITLE, "B");
    tag_rig_be32(tag.bytes + 10, 0x7f7f7f7f);
    tag_rig_expect(parse(&tag), TAG_TITLE, "");
}

static void plain_sizes_in_24_are_understood(void **state)
{
    (void)state;
    struct tag tag;
    unsigned char text[201] = "\0";
    memset(text + 1, 'x', 200);
    begin(&tag, 4, 0);
    add(&tag, "TIT2", 0, text, sizeof text);
    tag_rig_be32(tag.bytes + 14, sizeof text);
    ADD(&tag, "TPE1", 0, "\0A");
    const struct media_tags *tags = parse(&tag);
    assert_int_equal(strlen(tags_get(tags, TAG_TITLE)), 200);
    tag_rig_expect(tags, TAG_ARTIST, "A");
}

/* One with a title, one without, one whose title comes second, and one that is cut. */
static void chapters_are_marked(void **state)
{
    (void)state;
    struct tag tag;
    begin(&tag, 3, 0);
    ADD(&tag, "TIT2", 0, "\0Show");
    ADD(&tag, "CHAP", 0, "c1\0" "\0\0\3\350" "\0\0\7\320" "\377\377\377\377" "\377\377\377\377" "TIT2\0\0\0\6\0\0\0First");
    ADD(&tag, "CHAP", 0, "c2\0" "\0\0\0\1" "\0\0\0\2" "\0\0\0\0" "\0\0\0\0");
    ADD(&tag, "CHAP", 0, "\0" "\0\0\7\320" "\0\0\0\2" "\0\0\0\0" "\0\0\0\0" "WXXX\0\0\0\2\0\0\0\0" "TIT2\0\0\0\5\0\0\1\377\376Z\0");
    ADD(&tag, "CHAP", 0, "c4\0" "\0\0\7\320" "\0\0\0\2");
    const struct media_tags *tags = parse(&tag);
    tag_rig_expect(tags, TAG_TITLE, "Show");
    assert_int_equal(tags->markers, 3);
    assert_int_equal(tags->marker[0].frame, 48);
    assert_string_equal(tags->marker[0].name, "");
    assert_int_equal(tags->marker[1].frame, 48000);
    assert_string_equal(tags->marker[1].name, "First");
    assert_string_equal(tags_marker_source(&tags->marker[1]), "chapter");
    assert_int_equal(tags->marker[2].frame, 96000);
    assert_string_equal(tags->marker[2].name, "Z");
    tag_rig_break(tag_id3v2_parse, tag.bytes, tag.count);
}

static void version_one_is_read(void **state)
{
    (void)state;
    unsigned char tag[128] = "TAG";
    tag_rig_text(tag + 3, "Title");
    tag_rig_text(tag + 33, "Gr\374n                          ");
    tag_rig_text(tag + 63, "an album of exactly thirty ch.");
    tag_rig_text(tag + 93, "1987");
    tag_rig_text(tag + 97, "comment");
    tag[126] = 9;
    const struct media_tags *tags = tag_rig_parse(tag_id3v1_parse, tag, sizeof tag);
    tag_rig_expect(tags, TAG_TITLE, "Title");
    tag_rig_expect(tags, TAG_ARTIST, "Grün");
    tag_rig_expect(tags, TAG_ALBUM, "an album of exactly thirty ch.");
    tag_rig_expect(tags, TAG_DATE, "1987");
    tag_rig_expect(tags, TAG_COMMENT, "comment");
    tag_rig_expect(tags, TAG_TRACK, "9");
    tag_rig_break(tag_id3v1_parse, tag, sizeof tag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_are_read), cmocka_unit_test(named_texts_are_known), cmocka_unit_test(old_frames_are_read),
        cmocka_unit_test(zeros_are_taken_out_again), cmocka_unit_test(extended_heads_are_passed),
        cmocka_unit_test(plain_sizes_in_24_are_understood), cmocka_unit_test(chapters_are_marked),
        cmocka_unit_test(version_one_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
