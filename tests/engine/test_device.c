/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all devices share: names, numbers, and the clock's arithmetic. */
#include "config.h"

#include "base/err.h"
#include "engine/device.h"
#include "engine/engine.h"
#include "engine/pace.h"
#include "platform/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void names_mean_drivers(void **state)
{
    (void)state;
    assert_ptr_equal(device_driver_for("clock"), &device_clock);
    assert_ptr_equal(device_driver_for("file:a.wav"), &device_file);
    assert_ptr_equal(device_driver_for("default"), &device_alsa);
    assert_ptr_equal(device_driver_for("clock2"), &device_alsa);
}

static void numbers_no_device_has_are_refused(void **state)
{
    (void)state;
    static const struct { uint32_t rate, period, periods; } bad[] = {
        {8000, 64, 2}, {48000, 15, 2}, {48000, 4097, 2}, {48000, 64, 1}, {48000, 64, 65},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct device_request request = {.name = "clock", .rate = bad[i].rate, .period = bad[i].period,
                                         .periods = bad[i].periods};
        struct err err;
        assert_null(device_open(&request, &err));
        assert_int_equal(err.code, ERR_RANGE);
    }
}

static void the_clock_has_defaults(void **state)
{
    (void)state;
    struct device_request request = {.name = "clock"};
    struct device *clock = device_open(&request, NULL);
    assert_non_null(clock);
    assert_int_equal(clock->format.rate, 48000);
    assert_int_equal(clock->format.period, 64);
    assert_int_equal(clock->format.periods, 2);
    clock->driver->close(clock);
}

static void time_in_frames_is_exact(void **state)
{
    (void)state;
    struct pace pace;
    pace_start_rt(&pace, 44100, 1000);
    for (int i = 0; i < 44100 * 10 / 64; i++)
        pace_advance_rt(&pace, 64);
    pace_advance_rt(&pace, 44100 * 10 % 64);
    assert_int_equal(pace_due_rt(&pace), 1000 + 10 * CLOCK_SECOND_NS);
    assert_int_equal(pace_frames_rt(UINT64_C(3600) * 24 * 365 * CLOCK_SECOND_NS, 96000), UINT64_C(3600) * 24 * 365 * 96000);
    assert_int_equal(pace_ns_rt(1, 48000), 20833);
}

static void far_behind_is_passed_over(void **state)
{
    (void)state;
    struct pace pace;
    pace_start_rt(&pace, 48000, CLOCK_SECOND_NS);
    assert_int_equal(pace_skip_rt(&pace, 0), 0);
    assert_int_equal(pace_skip_rt(&pace, CLOCK_SECOND_NS + PACE_BEHIND_MAX_NS), 0);
    assert_int_equal(pace_skip_rt(&pace, 3 * CLOCK_SECOND_NS), 96000);
    assert_int_equal(pace_due_rt(&pace), 3 * CLOCK_SECOND_NS);
}

static void the_clock_passes_over_what_it_slept_through(void **state)
{
    (void)state;
    struct device_request request = {.name = "clock", .period = 256};
    struct device *clock = device_open(&request, NULL);
    uint64_t begin = clock_now_rt() - CLOCK_SECOND_NS, lost;
    uint32_t frames;
    clock->driver->start(clock, begin);
    assert_int_equal(clock->driver->wait(clock, &frames, &lost), DEVICE_XRUN);
    assert_true(lost >= 48000 && frames == 0);
    assert_int_equal(clock->driver->wait(clock, &frames, &lost), DEVICE_READY);
    assert_int_equal(frames, 256);
    assert_true(clock->due_ns >= begin + CLOCK_SECOND_NS - 20834);
    clock->driver->close(clock);
}

static void the_clock_catches_up_when_a_little_late(void **state)
{
    (void)state;
    struct device_request request = {.name = "clock", .period = 480};
    struct device *clock = device_open(&request, NULL);
    uint64_t begin = clock_now_rt() - 25000000, lost;
    uint32_t frames;
    clock->driver->start(clock, begin);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(clock->driver->wait(clock, &frames, &lost), DEVICE_READY);
        assert_int_equal(clock->due_ns, begin + i * 10000000);
    }
    clock->driver->close(clock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_mean_drivers), cmocka_unit_test(numbers_no_device_has_are_refused),
        cmocka_unit_test(the_clock_has_defaults),
        cmocka_unit_test(time_in_frames_is_exact), cmocka_unit_test(far_behind_is_passed_over),
        cmocka_unit_test(the_clock_passes_over_what_it_slept_through), cmocka_unit_test(the_clock_catches_up_when_a_little_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
