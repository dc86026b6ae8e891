/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times, bars and text as terminal cells. */
#include "config.h"

#include "screen/glyphs.h"
#include "screen/runes.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const int64_t s = 1000000000;
static char text[128];

static const char *time_of(int64_t seconds, int width)
{
    glyphs_fmt_time(text, sizeof text, seconds, width);
    return text;
}

static const char *left(int64_t ns, int width)
{
    glyphs_fmt_remaining(text, sizeof text, ns, width);
    return text;
}

static void times_read_well_at_any_length(void **state)
{
    (void)state;
    assert_string_equal(time_of(0, 7), "0:00");
    assert_string_equal(time_of(75, 7), "1:15");
    assert_string_equal(time_of(600, 7), "10:00");
    assert_string_equal(time_of(3599, 7), "59:59");
    assert_string_equal(time_of(3723, 7), "1:02:03");
    assert_string_equal(time_of(3723, 6), "62:03");
    assert_string_equal(time_of(36000, 8), "10:00:00");
}

static void remaining_is_rounded_up_and_has_tenths_at_the_end(void **state)
{
    (void)state;
    assert_string_equal(left(60 * s, 7), "-1:00");
    assert_string_equal(left(59 * s + 1, 7), "-1:00");
    assert_string_equal(left(10 * s, 7), "-0:10");
    assert_string_equal(left(10 * s - 1, 7), "-0:10");
    assert_string_equal(left(9900000000, 7), "-9.9");
    assert_string_equal(left(1, 7), "-0.1");
    assert_string_equal(left(0, 7), "-0.0");
    assert_string_equal(left(-5, 7), "-0.0");
    assert_string_equal(left(3723 * s, 7), "-62:03");
    assert_string_equal(left(3723 * s, 8), "-1:02:03");
}

static void bars_grow_by_eighths(void **state)
{
    (void)state;
    static const struct { int part; const char *bar; } steps[] = {
        {0, "   "}, {1, "▏  "}, {7, "▉  "}, {8, "█  "}, {12, "█▌ "}, {23, "██▉"}, {24, "███"}, {99, "███"}, {-1, "   "},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        glyphs_bar(text, sizeof text, glyphs_get(false), 3, steps[i].part, 24);
        assert_string_equal(text, steps[i].bar);
    }
    glyphs_bar(text, sizeof text, glyphs_get(true), 3, 12, 24);
    assert_string_equal(text, "=- ");
    glyphs_bar(text, 5, glyphs_get(false), 3, 24, 24);
    assert_string_equal(text, "█");
}

static void levels_have_one_place(void **state)
{
    (void)state;
    glyphs_fmt_db(text, sizeof text, glyphs_get(false), -12.54);
    assert_string_equal(text, "-12.5");
    glyphs_fmt_db(text, sizeof text, glyphs_get(false), -0.0);
    assert_string_equal(text, "0.0");
    glyphs_fmt_db(text, sizeof text, glyphs_get(false), -INFINITY);
    assert_string_equal(text, "-∞");
}

/* What a terminal would be sent for a text, one cell at a time. */
static wchar_t first_of(const char *from)
{
    struct rune_cell cell;
    assert_true(runes_next(&from, &cell));
    return cell.text[0];
}

static void nothing_that_a_terminal_obeys_comes_through(void **state)
{
    (void)state;
    static const char *const hostile[] = {"\x1b", "\x07", "\x7f", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x81\xa6", "\xff",
                                          "\xe2\x80\xa8", "\r"};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        assert_int_equal(first_of(hostile[i]), 0xfffd);
        runes_init(true);
        assert_int_equal(first_of(hostile[i]), '?');
        runes_init(false);
    }
    assert_int_equal(runes_width("a\xe2\x80\x8d" "b\xef\xb8\x8f\xef\xbb\xbf"), 2);      /* joiner, selector, mark: nothing */
}

static void widths_are_those_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(runes_width("Grüße"), 5);
    assert_int_equal(runes_width("日本"), 4);
    assert_int_equal(runes_width("e\xcc\x81tude"), 5);
    assert_int_equal(runes_width("\xcc\x81"), 1);
    assert_int_equal(runes_fit("日本", 3), 3);
    assert_int_equal(runes_fit("e\xcc\x81t", 1), 3);
    assert_int_equal(runes_last("ae\xcc\x81", 4), 3);
    assert_int_equal(runes_last("", 0), 0);
    runes_copy(text, sizeof text, "日本語", 4, "…");
    assert_string_equal(text, "日…");
    runes_copy(text, sizeof text, "Door", 4, "…");
    assert_string_equal(text, "Door");
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_read_well_at_any_length),
        cmocka_unit_test(remaining_is_rounded_up_and_has_tenths_at_the_end),
        cmocka_unit_test(bars_grow_by_eighths),
        cmocka_unit_test(levels_have_one_place),
        cmocka_unit_test(nothing_that_a_terminal_obeys_comes_through),
        cmocka_unit_test(widths_are_those_of_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
