/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a machine is short of memory, from what its kernel says. */
#include "config.h"

#include "platform/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

static bool is_short(unsigned available_kb, const char *stalled, bool was)
{
    struct memory_look look;
    char meminfo[200], pressure[200];
    snprintf(meminfo, sizeof meminfo,
             "MemTotal:       1600000 kB\nMemFree:          1 kB\nMemAvailable:   %u kB\nBuffers: 2 kB\n", available_kb);
    snprintf(pressure, sizeof pressure,
             "some avg10=%s avg60=9.99 avg300=0.00 total=1\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=1\n", stalled);
    memory_parse(&look, meminfo, pressure);
    assert_int_equal(look.total_kb, 1600000);
    assert_int_equal(look.available_kb, available_kb);
    return memory_is_short(&look, was);
}

static void it_is_short_below_a_sixteenth_or_when_something_waits(void **state)
{
    (void)state;
    assert_true(is_short(99999, "0.00", false));
    assert_false(is_short(100000, "0.00", false));
    assert_false(is_short(399999, "9.99", false));
    assert_true(is_short(399999, "10.00", false));
    assert_false(is_short(400000, "90.00", false));     /* it is another's group that waits */
}

static void it_stays_so_until_it_is_easy(void **state)
{
    (void)state;
    assert_true(is_short(399999, "0.00", true));
    assert_true(is_short(400000, "1.00", true));
    assert_false(is_short(400000, "0.99", true));
}

static void what_is_not_said_is_no_shortness(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"", ""}, {"MemTotal: 1000 kB\n", "some avg10=50.00"}, {"MemAvailable: 1 kB\n", ""},
        {"MemTotal: x\nMemAvailable: y\n", "some"},
        {"MemTotal: 10 kB\nMemAvailable: 20 kB", "some avg10=nan"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct memory_look look;
        memory_parse(&look, texts[i][0], texts[i][1]);
        assert_true(look.stalled >= 0 && look.stalled <= 100);
        assert_false(memory_is_short(&look, false));
    }
}

static void this_machine_says_something(void **state)
{
    (void)state;
    struct memory_look look;
    memory_look(&look);
    assert_true(look.total_kb > 0 && look.available_kb > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_short_below_a_sixteenth_or_when_something_waits),
        cmocka_unit_test(it_stays_so_until_it_is_easy),
        cmocka_unit_test(what_is_not_said_is_no_shortness),
        cmocka_unit_test(this_machine_says_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
