/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iXML: fields by element and surroundings, sync points, and all the XML that is not for us. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char take[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- <NOTE>no</NOTE> -->\n<BWFXML a='>' b=\"/>\">\n"
    "<PROJECT>Bell &amp; Book</PROJECT><SCENE> 42A </SCENE><TAKE>3</TAKE><TAPE><![CDATA[R<1>]]></TAPE><CIRCLED>TRUE</CIRCLED>\n"
    "<NOTE>Stra\xc3\x9f""e &lt;gut&gt; &quot;x&quot; &apos;y&apos; &unknown; &#27;[2J</NOTE><UBITS/>\n"
    "<SPEED><TIMECODE_RATE>25/1</TIMECODE_RATE><NOTE>not this one</NOTE></SPEED>\n"
    "<BEXT><BWF_ORIGINATOR>Rec</BWF_ORIGINATOR><BWF_TIME_REFERENCE_LOW>5</BWF_TIME_REFERENCE_LOW>"
    "<BWF_TIME_REFERENCE_HIGH>1</BWF_TIME_REFERENCE_HIGH></BEXT>\n"
    "<SYNC_POINT_LIST><SYNC_POINT_COUNT>3</SYNC_POINT_COUNT>"
    "<SYNC_POINT><SYNC_POINT_TYPE>RELATIVE</SYNC_POINT_TYPE><SYNC_POINT_FUNCTION>SLATE_GENERIC</SYNC_POINT_FUNCTION>"
    "<SYNC_POINT_COMMENT>clap</SYNC_POINT_COMMENT><SYNC_POINT_LOW>4800</SYNC_POINT_LOW><SYNC_POINT_HIGH>0</SYNC_POINT_HIGH></SYNC_POINT>"
    "<SYNC_POINT><SYNC_POINT_TYPE>RELATIVE</SYNC_POINT_TYPE><SYNC_POINT_FUNCTION>MARKER_GENERIC</SYNC_POINT_FUNCTION>"
    "<SYNC_POINT_LOW>2</SYNC_POINT_LOW><SYNC_POINT_HIGH>1</SYNC_POINT_HIGH></SYNC_POINT>"
    "<SYNC_POINT><SYNC_POINT_TYPE>ABSOLUTE</SYNC_POINT_TYPE><SYNC_POINT_LOW>9</SYNC_POINT_LOW></SYNC_POINT></SYNC_POINT_LIST>\n"
    "</BWFXML>\n";

static void expect_take(const struct media_tags *tags)
{
    tag_rig_expect(tags, TAG_PROJECT, "Bell & Book");
    tag_rig_expect(tags, TAG_SCENE, "42A");
    tag_rig_expect(tags, TAG_TAKE, "3");
    tag_rig_expect(tags, TAG_TAPE, "R<1>");
    tag_rig_expect(tags, TAG_CIRCLED, "TRUE");
    tag_rig_expect(tags, TAG_NOTE, "Straße <gut> \"x\" 'y' &unknown; &#27;[2J");
    tag_rig_expect(tags, TAG_UBITS, "");
    tag_rig_expect(tags, TAG_TIMECODE_RATE, "25/1");
    tag_rig_expect(tags, TAG_ORIGINATOR, "Rec");
    tag_rig_expect(tags, TAG_TIME_REFERENCE, "4294967301");
    assert_int_equal(tags->markers, 2);
    assert_int_equal(tags->marker[0].frame, 4800);
    assert_string_equal(tags->marker[0].name, "clap");
    assert_int_equal(tags->marker[1].frame, 4294967298);
    assert_string_equal(tags->marker[1].name, "MARKER_GENERIC");
}

static void fields_are_read(void **state)
{
    (void)state;
    expect_take(tag_rig_parse(tag_ixml_parse, take, sizeof take - 1));
    expect_take(tag_rig_parse(tag_ixml_parse, take, sizeof take));         /* with its NUL */
}

/* Points that count from midnight are placed by the time at which the file begins; before it, or if nobody says it, they are
 * none. */
static void absolute_points_are_placed(void **state)
{
    (void)state;
    static const char head[] = "<BWFXML>",
        points[] = "<SYNC_POINT_LIST><SYNC_POINT><SYNC_POINT_TYPE>ABSOLUTE</SYNC_POINT_TYPE><SYNC_POINT_COMMENT>late</SYNC_POINT_COMMENT>"
                   "<SYNC_POINT_LOW>100</SYNC_POINT_LOW><SYNC_POINT_HIGH>1</SYNC_POINT_HIGH></SYNC_POINT>"
                   "<SYNC_POINT><SYNC_POINT_TYPE>ABSOLUTE</SYNC_POINT_TYPE><SYNC_POINT_LOW>99</SYNC_POINT_LOW></SYNC_POINT></SYNC_POINT_LIST>",
        speed[] = "<SPEED><TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>90</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>"
                  "<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>1</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI></SPEED></BWFXML>";
    char text[1024];
    snprintf(text, sizeof text, "%s%s%s", head, points, speed);
    const struct media_tags *tags = tag_rig_parse(tag_ixml_parse, text, strlen(text));
    assert_int_equal(tags->markers, 1);
    assert_int_equal(tags->marker[0].frame, 10);
    assert_string_equal(tags->marker[0].name, "late");
    tag_rig_break(tag_ixml_parse, text, strlen(text));
    snprintf(text, sizeof text, "%s%s</BWFXML>", head, points);
    assert_int_equal(tag_rig_parse(tag_ixml_parse, text, strlen(text))->markers, 0);
}

static void utf16_is_read(void **state)
{
    (void)state;
    static const char text[] = "<BWFXML><NOTE>wide</NOTE></BWFXML>";
    unsigned char wide[2 + 2 * sizeof text] = {0xff, 0xfe};
    for (size_t i = 0; i < sizeof text - 1; i++)
        wide[2 + 2 * i] = (unsigned char)text[i];
    tag_rig_expect(tag_rig_parse(tag_ixml_parse, wide, 2 * sizeof text), TAG_NOTE, "wide");
}

/* What comes before the fault is taken, what comes behind it is not. */
static void reading_ends_at_a_fault(void **state)
{
    (void)state;
    static const char *const faults[] = {
        "<!DOCTYPE BWFXML [<!ENTITY a \"b\">]>", "</WRONG>", "<>", "< NOTE>", "<NOTE", "<!-- no end", "<?no end",
        "<![CDATA[no end", "<A><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A>", "<A x=\"no end>",
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char text[256] = "<BWFXML><SCENE>1</SCENE>";
        strcat(strcat(text, faults[i]), "<TAKE>2</TAKE></BWFXML>");
        const struct media_tags *tags = tag_rig_parse(tag_ixml_parse, text, strlen(text));
        tag_rig_expect(tags, TAG_SCENE, "1");
        tag_rig_expect(tags, TAG_TAKE, "");
    }
}

static void long_text_is_cut(void **state)
{
    (void)state;
    enum { LONG = 1 << 20 };
    char *text = malloc(LONG + 64), *end = stpcpy(text, "<BWFXML><NOTE>");
    memset(end, 'x', LONG);
    strcpy(end + LONG, "</NOTE><TAKE>2</TAKE></BWFXML>");
    const struct media_tags *tags = tag_rig_parse(tag_ixml_parse, text, strlen(text));
    assert_int_equal(strlen(tags_get(tags, TAG_NOTE)), MEDIA_TAG_BYTES - 1);
    tag_rig_expect(tags, TAG_TAKE, "2");
    free(text);
}

static void broken_ones_keep_the_laws(void **state)
{
    (void)state;
    tag_rig_break(tag_ixml_parse, take, sizeof take);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read), cmocka_unit_test(absolute_points_are_placed), cmocka_unit_test(utf16_is_read),
        cmocka_unit_test(reading_ends_at_a_fault),
        cmocka_unit_test(long_text_is_cut), cmocka_unit_test(broken_ones_keep_the_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
