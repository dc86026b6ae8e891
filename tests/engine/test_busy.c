/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How busy the audio thread is (SPEC S4): median and worst of half a second, and the peak that falls. */
#include "config.h"

#include "engine/busy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define PERIOD_NS UINT64_C(1000000)
enum { WINDOW = BUSY_WINDOW_NS / 1000000 };     /* periods */

static void note(struct busy *busy, unsigned periods, uint32_t ppm)
{
    for (unsigned i = 0; i < periods; i++)
        busy_note_rt(busy, PERIOD_NS * ppm / 1000000, PERIOD_NS);
}

static void nothing_is_told_before_a_window_is_whole(void **state)
{
    (void)state;
    struct busy busy = {0};
    note(&busy, WINDOW - 1, 500000);
    assert_int_equal(busy.median_ppm, 0);
    note(&busy, 1, 500000);
    assert_in_range(busy.median_ppm, 500000, 500000 + BUSY_STEP_PPM);
    assert_int_equal(busy.worst_ppm, 500000);
}

static void what_holds_it_up_now_and_then_is_the_worst_and_not_the_median(void **state)
{
    (void)state;
    struct busy busy = {0};
    note(&busy, WINDOW / 2 + 1, 20000);
    note(&busy, WINDOW / 2 - 2, 900000);
    note(&busy, 1, 3000000);
    assert_in_range(busy.median_ppm, 20000, 20000 + BUSY_STEP_PPM);
    assert_int_equal(busy.worst_ppm, 3000000);
    note(&busy, WINDOW, 10000);
    assert_int_equal(busy.worst_ppm, 10000);
}

static void half_of_the_periods_make_the_median(void **state)
{
    (void)state;
    struct busy busy = {0};
    note(&busy, WINDOW / 2 - 1, 20000);
    note(&busy, WINDOW / 2 + 1, 900000);
    assert_in_range(busy.median_ppm, 900000, 900000 + BUSY_STEP_PPM);
}

static void more_than_all_is_counted_as_such(void **state)
{
    (void)state;
    struct busy busy = {0};
    note(&busy, WINDOW, 100000000);
    assert_true(busy.median_ppm > 1000000);
    assert_int_equal(busy.worst_ppm, BUSY_MOST_PPM);
}

static void a_peak_falls_to_a_third_in_a_second(void **state)
{
    (void)state;
    struct busy busy = {0};
    note(&busy, 1, 900000);
    assert_int_equal(busy.recent_ppm, 900000);
    note(&busy, 2 * WINDOW, 0);
    assert_in_range(busy.recent_ppm, 300000, 360000);       /* 1/e */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_before_a_window_is_whole),
        cmocka_unit_test(what_holds_it_up_now_and_then_is_the_worst_and_not_the_median),
        cmocka_unit_test(half_of_the_periods_make_the_median),
        cmocka_unit_test(more_than_all_is_counted_as_such),
        cmocka_unit_test(a_peak_falls_to_a_third_in_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
