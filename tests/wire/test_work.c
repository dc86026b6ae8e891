/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of a worker: every number and text outside its range is refused. */
#include "config.h"

#include "wire/work.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static struct work_opened sound_facts(void)
{
    return (struct work_opened){
        .rate = 48000, .channels = 6, .sample = WORK_F32, .frames = 1000, .format = "WAV", .encoding = "24 bit",
        .place = {WORK_LEFT, WORK_RIGHT, WORK_CENTRE, WORK_LFE, WORK_LEFT_SURROUND, WORK_RIGHT_SURROUND},
    };
}

static bool parses(const struct work_opened *facts)
{
    static struct msg msg;
    struct work_opened out;
    msg.type = MSG_WORK_OPENED;
    msg.size = sizeof *facts;
    memcpy(msg.payload, facts, sizeof *facts);
    return work_parse_opened(&out, &msg) && memcmp(&out, facts, sizeof out) == 0;
}

#define REFUSES(change) \
    do { \
        struct work_opened facts = sound_facts(); \
        change; \
        assert_false(parses(&facts)); \
    } while (0)

static void facts_are_checked(void **state)
{
    (void)state;
    struct work_opened whole = sound_facts();
    assert_true(parses(&whole));
    REFUSES(facts.rate = 999);
    REFUSES(facts.rate = 384001);
    REFUSES(facts.channels = 0);
    REFUSES(facts.channels = 17);
    REFUSES(facts.sample = 2);
    REFUSES(facts.frames = 0);
    REFUSES(facts.frames = -1);
    REFUSES(facts.frames = WORK_FRAMES_MAX + 1);
    REFUSES(facts.place[5] = WORK_PLACES);
    REFUSES(facts.place[5] = WORK_UNKNOWN);
    REFUSES(facts.status = 2);
    REFUSES(facts.status = WORK_UNREADABLE);        /* and no word why */
    REFUSES(memset(facts.format, 'x', sizeof facts.format));
    REFUSES(memset(facts.encoding, 'x', sizeof facts.encoding));
    REFUSES(memset(facts.text, 'x', sizeof facts.text));
    REFUSES(strcpy(facts.text, "\033[2J"));
    REFUSES(strcpy(facts.format, "\xff"));
    memset(whole.place, WORK_UNKNOWN, sizeof whole.place);
    assert_true(parses(&whole));
    struct work_opened bad = {.status = WORK_UNREADABLE, .text = "holds no sound"};
    assert_true(parses(&bad));
}

static void requests_stay_within_staging(void **state)
{
    (void)state;
    static struct msg msg = {.type = MSG_WORK_READ, .size = sizeof(struct work_read)};
    static const struct {
        struct work_read ask;
        bool sound;
    } cases[] = {
        {{0, 100, 0}, true}, {{WORK_FRAMES_MAX - 1, 100, WORK_STAGING_BYTES - 64}, true}, {{-1, 100, 0}, false},
        {{WORK_FRAMES_MAX, 100, 0}, false}, {{0, 100, WORK_STAGING_BYTES}, false}, {{0, 100, 63}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct work_read out;
        memcpy(msg.payload, &cases[i].ask, sizeof cases[i].ask);
        assert_int_equal(work_parse_read(&out, &msg), cases[i].sound);
    }
}

static void kind_and_size_must_fit(void **state)
{
    (void)state;
    static struct msg msg = {.type = MSG_WORK_READ, .size = sizeof(struct work_frames)};
    struct work_frames frames;
    assert_false(work_parse_frames(&frames, &msg));
    msg.type = MSG_WORK_FRAMES;
    assert_true(work_parse_frames(&frames, &msg));
    msg.size--;
    assert_false(work_parse_frames(&frames, &msg));
}

static struct media_tags sound_tags(void)
{
    struct media_tags tags = {.text_bytes = 9, .text = "\0one\0two", .markers = 2};
    tags.at[TAG_TITLE] = 1;
    tags.at[TAG_ARTIST] = 5;
    tags.marker[0] = (struct media_marker){.frame = 5, .name = "five"};
    tags.marker[1] = (struct media_marker){.frame = 5, .source = MARKER_CART, .name = "six"};
    return tags;
}

static bool parses_tags(const struct media_tags *tags, size_t size)
{
    static struct msg msg;
    static struct media_tags out;
    msg.type = MSG_WORK_TAGGED;
    msg.size = size;
    memcpy(msg.payload, tags, size);
    return work_parse_tags(&out, &msg) && memcmp(&out, tags, sizeof out) == 0;
}

#define REFUSES_TAGS(change) \
    do { \
        struct media_tags tags = sound_tags(); \
        change; \
        assert_false(parses_tags(&tags, work_tags_bytes(&tags))); \
    } while (0)

static void tags_are_checked(void **state)
{
    (void)state;
    struct media_tags whole = sound_tags(), none = {0};
    assert_true(parses_tags(&whole, work_tags_bytes(&whole)));
    assert_true(parses_tags(&none, work_tags_bytes(&none)));
    for (size_t size = 0; size < work_tags_bytes(&whole); size++)
        assert_false(parses_tags(&whole, size));
    assert_false(parses_tags(&whole, work_tags_bytes(&whole) + 1));
    REFUSES_TAGS(tags.at[TAG_TITLE] = 9);
    REFUSES_TAGS(tags.at[TAG_TITLE] = 8);               /* an empty value */
    REFUSES_TAGS(tags.at[TAG_FIELDS - 1] = UINT16_MAX);
    REFUSES_TAGS(tags.text[0] = 'x');
    REFUSES_TAGS(tags.text[8] = 'x');
    REFUSES_TAGS(tags.text[2] = '\033');
    REFUSES_TAGS(tags.text[2] = '\n');
    REFUSES_TAGS(tags.text[2] = '\xff');
    REFUSES_TAGS(memset(tags.text + 1, 'x', MEDIA_TAG_BYTES); tags.text_bytes = MEDIA_TAG_BYTES + 2);
    REFUSES_TAGS(tags.markers = MEDIA_MARKERS_MAX + 1);
    REFUSES_TAGS(tags.marker[0].frame = -1);
    REFUSES_TAGS(tags.marker[0].frame = 6);             /* out of order */
    REFUSES_TAGS(tags.marker[1].frame = WORK_FRAMES_MAX);
    REFUSES_TAGS(tags.marker[1].source = MARKER_SOURCES);
    REFUSES_TAGS(memset(tags.marker[1].name, 'x', MEDIA_MARKER_NAME_BYTES));
    REFUSES_TAGS(strcpy(tags.marker[1].name, "\033[2J"));
}

static bool measures(const struct work_measure *asked, struct work_measured answer)
{
    static struct msg msg;
    struct work_measured out;
    msg.type = MSG_WORK_MEASURED;
    msg.size = sizeof answer;
    memcpy(msg.payload, &answer, sizeof answer);
    return work_parse_measured(&out, asked, &msg);
}

static void requests_to_measure_are_checked(void **state)
{
    (void)state;
    static struct msg msg = {.type = MSG_WORK_MEASURE, .size = sizeof(struct work_measure)};
    static const struct {
        struct work_measure ask;
        bool sound;
    } cases[] = {
        {{WORK_HASH, WORK_MEASURE_BYTES_MAX, 0, 0, 0}, true}, {{WORK_HASH, WORK_MEASURE_BYTES_MAX + 1, 0, 0, 0}, false},
        {{WORK_PEAKS | WORK_LOUDNESS, WORK_MEASURE_FRAMES_MAX, 0, 64, 1}, true}, {{WORK_PEAKS, 0, 0, 0, 0}, false},
        {{WORK_PEAKS, WORK_MEASURE_FRAMES_MAX + 1, 0, 0, 0}, false}, {{WORK_PEAKS | WORK_HASH, 1, 0, 0, 0}, false},
        {{0, 1, 0, 0, 0}, false}, {{8, 1, 0, 0, 0}, false}, {{WORK_PEAKS, 1, -1, 0, 0}, false},
        {{WORK_PEAKS, 1, 0, 63, 0}, false},
        {{WORK_PEAKS, 1, 0, WORK_STAGING_BYTES, 0}, false}, {{WORK_PEAKS, 1, WORK_FRAMES_MAX, 0, 0}, false},
        {{WORK_PEAKS, 1, 0, 0, 2}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct work_measure out;
        memcpy(msg.payload, &cases[i].ask, sizeof cases[i].ask);
        assert_int_equal(work_parse_measure(&out, &msg), cases[i].sound);
    }
}

#define MISMEASURES(change) \
    do { \
        struct work_measured got = whole; \
        change; \
        assert_false(measures(&asked, got)); \
    } while (0)

static void measures_are_checked(void **state)
{
    (void)state;
    const struct work_measure asked = {WORK_PEAKS | WORK_LOUDNESS, 512, 1024, 0, 1};
    struct work_measured whole = {.first = 1024, .kinds = WORK_PEAKS | WORK_LOUDNESS, .count = 512, .ended = 1,
                                  .loudness = {.integrated = -23, .momentary_max = WORK_LEVEL_NONE, .range = 5, .true_peak = -1}};
    assert_true(measures(&asked, whole));
    MISMEASURES(got.first = 0);
    MISMEASURES(got.kinds = WORK_PEAKS);
    MISMEASURES(got.count = 513);
    MISMEASURES(got.ended = 0);
    MISMEASURES(got.ended = 2);
    MISMEASURES(got.loudness.integrated = NAN);
    MISMEASURES(got.loudness.integrated = -INFINITY);
    MISMEASURES(got.loudness.momentary_max = WORK_LEVEL_MOST + 1);
    MISMEASURES(got.loudness.true_peak = INFINITY);
    MISMEASURES(got.loudness.range = -0.1);
    MISMEASURES(got.loudness.range = NAN);
    struct work_measure more = asked;
    more.last = 0;
    assert_false(measures(&more, whole));       /* it has not ended */
    whole.ended = 0;
    assert_true(measures(&more, whole));
    whole.count = 100;
    assert_false(measures(&more, whole));       /* it has */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_checked), cmocka_unit_test(facts_are_checked), cmocka_unit_test(requests_stay_within_staging),
        cmocka_unit_test(requests_to_measure_are_checked), cmocka_unit_test(measures_are_checked),
        cmocka_unit_test(kind_and_size_must_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
