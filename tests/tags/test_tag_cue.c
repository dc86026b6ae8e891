/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cue points with labels, regions and notes; markers of AIFF; too many of them. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static unsigned char *put_point(unsigned char *to, uint32_t id, uint32_t position, const char *chunk, uint32_t offset)
{
    to = tag_rig_put(tag_rig_le32(tag_rig_le32(to, id), position), chunk, 4);
    return tag_rig_le32(tag_rig_le32(tag_rig_le32(to, 0), 0), offset);
}

static unsigned char *put_label(unsigned char *to, const char *kind, uint32_t id, const char *text)
{
    unsigned char body[128];
    memset(body, 0, sizeof body);
    size_t head = strcmp(kind, "ltxt") ? 4 : 20;
    tag_rig_le32(body, id);
    tag_rig_text(body + head, text);
    return tag_rig_chunk(to, kind, body, head + strlen(text) + 1);
}

static size_t make_points(unsigned char *points)
{
    unsigned char *end = tag_rig_le32(points, 6);
    end = put_point(end, 1, 1000, "data", 1000);
    end = put_point(end, 2, 500, "data", 500);
    end = put_point(end, 3, 700, "slnt", 700);
    end = put_point(end, 4, 2000, "data", 0);               /* only its place in play order is there */
    end = put_point(end, 5, 3000, "data", 3000);
    return (size_t)(put_point(end, 6, 3000, "data", 3000) - points);
}

static size_t make_labels(unsigned char *labels)
{
    unsigned char *end = put_label(labels, "note", 1, "not this");
    end = put_label(end, "labl", 1, "Drop");
    end = put_label(end, "ltxt", 2, "Region\033]0;x\007");
    end = put_label(end, "labl", 3, "Silence");
    end = put_label(end, "note", 4, "Gr\374n");
    return (size_t)(put_label(end, "labl", 5, "") - labels);
}

/* The points alone, with fixed labels; the labels alone, with fixed points. */
static void parse_points(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    unsigned char labels[512];
    tag_cue_parse(bytes, count, labels, make_labels(labels), sink);
}

static void parse_labels(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    unsigned char points[512];
    tag_cue_parse(points, make_points(points), bytes, count, sink);
}

static void expect(const struct media_tags *tags, int index, int64_t frame, const char *name)
{
    assert_int_equal(tags->marker[index].frame, frame);
    assert_string_equal(tags->marker[index].name, name);
}

static void points_have_their_names(void **state)
{
    (void)state;
    unsigned char points[512];
    const struct media_tags *tags = tag_rig_parse(parse_points, points, make_points(points));
    assert_int_equal(tags->markers, 4);                     /* 5 and 6 are one: same place, same name */
    expect(tags, 0, 500, "Region]0;x");
    expect(tags, 1, 1000, "Drop");
    expect(tags, 2, 2000, "Grün");
    expect(tags, 3, 3000, "");
    assert_int_equal(tags->marker[0].source, MARKER_CUE);
}

static void too_many_are_counted(void **state)
{
    (void)state;
    enum { POINTS = 100 };
    unsigned char *points = malloc(4 + 24 * POINTS), *end = tag_rig_le32(points, POINTS);
    for (uint32_t i = 0; i < POINTS; i++)
        end = put_point(end, i, i * 10, "data", i * 10 + 1);
    const struct media_tags *tags = tag_rig_parse(parse_points, points, (size_t)(end - points));
    assert_int_equal(tags->markers, MEDIA_MARKERS_MAX);
    assert_int_equal(tags->left_out, POINTS - MEDIA_MARKERS_MAX);
    expect(tags, 63, 631, "");
    tag_rig_le32(points, 0xffffffff);                       /* a count that lies */
    assert_int_equal(tag_rig_parse(parse_points, points, (size_t)(end - points))->markers, MEDIA_MARKERS_MAX);
    free(points);
}

static void broken_ones_keep_the_laws(void **state)
{
    (void)state;
    unsigned char points[512], labels[512];
    tag_rig_break(parse_points, points, make_points(points));
    tag_rig_break(parse_labels, labels, make_labels(labels));
}

static void aiff_has_markers_too(void **state)
{
    (void)state;
    static const unsigned char chunk[] = "\0\3" "\0\1" "\0\0\3\350" "\4Here\0" "\0\2" "\0\0\0\12" "\3\x1b[A" "\0\3" "\377\377\377\377" "\0";
    const struct media_tags *tags = tag_rig_parse(tag_aiff_parse, chunk, sizeof chunk);
    assert_int_equal(tags->markers, 3);
    expect(tags, 0, 10, "[A");
    expect(tags, 1, 1000, "Here");
    expect(tags, 2, 0xffffffff, "");
    tag_rig_break(tag_aiff_parse, chunk, sizeof chunk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_have_their_names), cmocka_unit_test(too_many_are_counted),
        cmocka_unit_test(broken_ones_keep_the_laws), cmocka_unit_test(aiff_has_markers_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
