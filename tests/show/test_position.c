/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TIME as people write it. */
#include "config.h"

#include "show/position.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static int64_t frames_of(const char *text, uint32_t rate)
{
    struct position position;
    struct err err;
    int64_t frames = -1;
    if (position_parse(text, &position, &err) || position_to_frames(&position, rate, &frames, &err))
        fail_msg("%s", err.text);
    return frames;
}

static void seconds_round_to_the_nearest_frame(void **state)
{
    (void)state;
    assert_int_equal(frames_of("1.5", 48000), 72000);
    assert_int_equal(frames_of("0", 48000), 0);
    assert_int_equal(frames_of("62", 44100), 2734200);
    assert_int_equal(frames_of("1:02.250", 48000), 2988000);
    assert_int_equal(frames_of("100:00", 48000), 288000000);
    assert_int_equal(frames_of("0.00001", 48000), 0);
    assert_int_equal(frames_of("0.5", 44101), 22051);           /* a half goes up */
    assert_int_equal(frames_of(".25", 8000), 2000);
}

static void frames_are_frames_of_the_file(void **state)
{
    (void)state;
    assert_int_equal(frames_of("72000f", 48000), 72000);
    assert_int_equal(frames_of("4294967297f", 44100), 4294967297);
}

static void timecode_is_read_and_comes_later(void **state)
{
    (void)state;
    struct position position;
    struct err err;
    int64_t frames = -1;
    assert_int_equal(position_parse("01:00:10:12", &position, &err), 0);
    assert_int_equal(position.kind, POSITION_TIMECODE);
    assert_int_equal(position.field[0], 1);
    assert_int_equal(position.field[2], 10);
    assert_int_equal(position.field[3], 12);
    assert_int_equal(position_to_frames(&position, 48000, &frames, &err), -1);
    assert_string_equal(err.text, "timecode as a place comes with a later version");
}

static void the_rest_is_no_time(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "noon", "-1", "+1", "1e3", "1:60", "1:5", "1:", ":30", "1:00:00", "f", "1.5f", "-3f", "1 f", "24:00:00:00",
        "01:00:60:00", "1:00:00:00", "01:00:00:0", "1.2.3", "99999999999999999999f", "99999999999", "0x10", "inf",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct position position;
        struct err err;
        assert_int_equal(position_parse(bad[i], &position, &err), -1);
        assert_int_equal(err.code, ERR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_round_to_the_nearest_frame), cmocka_unit_test(frames_are_frames_of_the_file),
        cmocka_unit_test(timecode_is_read_and_comes_later), cmocka_unit_test(the_rest_is_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
