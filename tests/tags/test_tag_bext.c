/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The broadcast extension chunk: every field, every version, every way it can be cut or made hostile. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { FIXED = 602 };

struct bext {
    unsigned char bytes[FIXED + 256];
    size_t count;
};

static struct bext make(int version)
{
    struct bext bext = {.count = FIXED};
    unsigned char *b = bext.bytes;
    tag_rig_text(b, "Door slam, heavy");
    tag_rig_text(b + 256, "Sound Dept");
    tag_rig_text(b + 288, "GB-SND-00000001");
    tag_rig_text(b + 320, "2026-11-22");
    tag_rig_text(b + 330, "10:11:12");
    tag_rig_le32(tag_rig_le32(b + 338, 0x10), 1);               /* 2^32 + 16 */
    b[346] = (unsigned char)version;
    memset(b + 348, 0xab, 32);
    static const int loudness[] = {-2305, 610, -95, -1800, 0x7fff};
    for (int i = 0; i < 5; i++) {
        b[412 + 2 * i] = (unsigned char)loudness[i];
        b[413 + 2 * i] = (unsigned char)((unsigned)loudness[i] >> 8);
    }
    bext.count = (size_t)(tag_rig_text(b + FIXED, "A=PCM,F=48000,W=24,M=stereo\r\nA=PCM,F=48000,W=16,T=made by hand\r\n") - b);
    return bext;
}

static void every_field_is_read(void **state)
{
    (void)state;
    struct bext bext = make(2);
    const struct media_tags *tags = tag_rig_parse(tag_bext_parse, bext.bytes, bext.count);
    tag_rig_expect(tags, TAG_DESCRIPTION, "Door slam, heavy");
    tag_rig_expect(tags, TAG_ORIGINATOR, "Sound Dept");
    tag_rig_expect(tags, TAG_ORIGINATOR_REFERENCE, "GB-SND-00000001");
    tag_rig_expect(tags, TAG_ORIGINATION_DATE, "2026-11-22");
    tag_rig_expect(tags, TAG_ORIGINATION_TIME, "10:11:12");
    tag_rig_expect(tags, TAG_TIME_REFERENCE, "4294967312");
    tag_rig_expect(tags, TAG_UMID, "abababababababababababababababababababababababababababababababab");
    tag_rig_expect(tags, TAG_LOUDNESS, "-23.05");
    tag_rig_expect(tags, TAG_LOUDNESS_RANGE, "6.10");
    tag_rig_expect(tags, TAG_TRUE_PEAK, "-0.95");
    tag_rig_expect(tags, TAG_MAX_MOMENTARY, "-18.00");
    tag_rig_expect(tags, TAG_MAX_SHORT_TERM, "");
    tag_rig_expect(tags, TAG_CODING_HISTORY, "A=PCM,F=48000,W=24,M=stereo A=PCM,F=48000,W=16,T=made by hand");
    tag_rig_expect(tags, TAG_TITLE, "");
}

static void versions_have_what_they_have(void **state)
{
    (void)state;
    struct bext bext = make(0);
    const struct media_tags *tags = tag_rig_parse(tag_bext_parse, bext.bytes, bext.count);
    tag_rig_expect(tags, TAG_UMID, "");
    tag_rig_expect(tags, TAG_LOUDNESS, "");
    bext = make(1);
    tags = tag_rig_parse(tag_bext_parse, bext.bytes, bext.count);
    assert_int_equal(strlen(tags_get(tags, TAG_UMID)), 64);
    tag_rig_expect(tags, TAG_LOUDNESS, "");
    tag_rig_expect(tags, TAG_CODING_HISTORY, "A=PCM,F=48000,W=24,M=stereo A=PCM,F=48000,W=16,T=made by hand");
}

static void text_comes_clean(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *clean;
    } cases[] = {
        {"\033[2J\033]0;owned\007", "[2J]0;owned"}, {"Stra\337e", "Straße"}, {"Straße", "Straße"}, {"a\xe2\x80\xae""b", "ab"},
        {"one\r\ntwo\tthree\n", "one two three"}, {"   ", ""}, {"\x9b""31m", "31m"}, {"\xed\xa0\x80", "í\xc2\xa0"},
        {"a\x7f\x01", "a"},
        {"../../etc/passwd", "../../etc/passwd"}, {"\xef\xbb\xbfmarked", "marked"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bext bext = make(2);
        memset(bext.bytes, 0, 256);
        tag_rig_text(bext.bytes, cases[i].raw);
        tag_rig_expect(tag_rig_parse(tag_bext_parse, bext.bytes, bext.count), TAG_DESCRIPTION, cases[i].clean);
    }
    struct bext full = make(2);             /* no NUL: the next field does not run in */
    memset(full.bytes, 'x', 256);
    assert_int_equal(strlen(tags_get(tag_rig_parse(tag_bext_parse, full.bytes, full.count), TAG_DESCRIPTION)), 256);
}

static void broken_ones_keep_the_laws(void **state)
{
    (void)state;
    struct bext bext = make(2);
    tag_rig_break(tag_bext_parse, bext.bytes, bext.count);
    tag_rig_expect(tag_rig_parse(tag_bext_parse, bext.bytes, 300), TAG_ORIGINATOR, "Sound Dept");
    tag_rig_expect(tag_rig_parse(tag_bext_parse, bext.bytes, 300), TAG_ORIGINATOR_REFERENCE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_read), cmocka_unit_test(versions_have_what_they_have), cmocka_unit_test(text_comes_clean),
        cmocka_unit_test(broken_ones_keep_the_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
