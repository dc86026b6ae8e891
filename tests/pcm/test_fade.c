/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fade curves: the formulas of SPEC F2, exact ends, and the same gains however a fade is cut. */
#include "config.h"

#include "pcm/fade.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint32_t lengths[] = {1, 2, 3, 48, 1440, 4095, 4096, 4097, 48000, 777777, 23040000};
#define LENGTHS (sizeof lengths / sizeof *lengths)

static double formula(unsigned curve, double x)
{
    const double pi = acos(-1);
    const double gains[PCM_CURVES] = {
        [PCM_CURVE_LINEAR] = x,
        [PCM_CURVE_LOG] = log10(1 + 9 * x),
        [PCM_CURVE_EXPONENTIAL] = (pow(10, x) - 1) / 9,
        [PCM_CURVE_S] = (1 - cos(pi * x)) / 2,
        [PCM_CURVE_EQUAL_POWER] = sin(pi * x / 2),
    };
    return gains[curve];
}

static void gains_follow_the_formulas(void **state)
{
    (void)state;
    for (unsigned curve = 0; curve < PCM_CURVES; curve++) {
        for (size_t i = 0; i < LENGTHS; i++) {
            uint32_t step = lengths[i] / 100003 + 1;
            for (uint32_t n = 0; n <= lengths[i]; n += step) {
                double off = fabs((double)fade_gain_rt(curve, n, lengths[i]) - formula(curve, (double)n / lengths[i]));
                assert_true(off < 1e-6);
            }
        }
    }
}

static void ends_are_exact(void **state)
{
    (void)state;
    for (unsigned curve = 0; curve < PCM_CURVES; curve++) {
        for (size_t i = 0; i < LENGTHS; i++) {
            assert_true(fade_gain_rt(curve, 0, lengths[i]) == 0);
            assert_true(fade_gain_rt(curve, lengths[i], lengths[i]) == 1);
            assert_true(fade_level_rt(curve, 0.3f, 0.7f, 0, lengths[i]) == 0.3f);
            assert_true(fade_level_rt(curve, 0.3f, 0.7f, lengths[i], lengths[i]) == 0.7f);
            assert_true(fade_level_rt(curve, 0.7f, 0.1f, 0, lengths[i]) == 0.7f);
            assert_true(fade_level_rt(curve, 0.7f, 0.1f, lengths[i], lengths[i]) == 0.1f);
        }
    }
}

static void past_the_end_it_stays(void **state)
{
    (void)state;
    for (unsigned curve = 0; curve < PCM_CURVES; curve++) {
        float gains[300];
        for (size_t i = 0; i < 300; i++)
            gains[i] = 1;
        fade_apply_rt(gains, 300, curve, 1, 0.5f, 60, 100);
        for (size_t i = 40; i < 300; i++)
            assert_true(gains[i] == 0.5f);
        assert_true(gains[39] > 0.5f);
        assert_true(fade_gain_rt(curve, 101, 100) == 1 && fade_gain_rt(curve, 2000000000, 3) == 1);
        assert_true(fade_level_rt(curve, 1, 0.5f, 5000, 100) == 0.5f);
    }
}

static void linear_is_a_division(void **state)
{
    (void)state;
    for (uint32_t n = 0; n <= 1440; n++)
        assert_true(fade_gain_rt(PCM_CURVE_LINEAR, n, 1440) == (float)n / 1440.0f);
}

static void gains_only_rise(void **state)
{
    (void)state;
    for (unsigned curve = 0; curve < PCM_CURVES; curve++)
        for (uint32_t n = 0; n < 100000; n++)
            assert_true(fade_gain_rt(curve, n, 100000) <= fade_gain_rt(curve, n + 1, 100000));
}

/* F2: between two levels it is the same curve, and a fall is the rise read backwards. */
static void levels_are_the_curve_between(void **state)
{
    (void)state;
    const uint32_t length = 1000;
    for (unsigned curve = 0; curve < PCM_CURVES; curve++) {
        for (uint32_t n = 0; n <= length; n++) {
            double x = (double)n / length;
            double up = 0.25 + 1.5 * formula(curve, x), down = 0.25 + 1.5 * formula(curve, 1 - x);
            assert_true(fabs((double)fade_level_rt(curve, 0.25f, 1.75f, n, length) - up) < 2e-6);
            assert_true(fabs((double)fade_level_rt(curve, 1.75f, 0.25f, n, length) - down) < 2e-6);
            assert_true(fade_level_rt(curve, 1, 0, n, length) == fade_gain_rt(curve, length - n, length));
            assert_true(fade_level_rt(curve, 0.6f, 0.6f, n, length) == 0.6f);
        }
    }
}

static void cuts_change_nothing(void **state)
{
    (void)state;
    enum { LENGTH = 999 };
    srand(1);
    for (unsigned curve = 0; curve < PCM_CURVES; curve++) {
        float whole[LENGTH], parts[LENGTH];
        for (uint32_t i = 0; i < LENGTH; i++)
            whole[i] = parts[i] = 1 - (float)i / LENGTH / 2;
        fade_apply_rt(whole, LENGTH, curve, 0.9f, 0.2f, 0, LENGTH);
        for (uint32_t n = 0, count; n < LENGTH; n += count) {
            count = (uint32_t)rand() % 40;
            if (count > LENGTH - n)
                count = LENGTH - n;
            fade_apply_rt(parts + n, count, curve, 0.9f, 0.2f, n, LENGTH);
        }
        for (uint32_t i = 0; i < LENGTH; i++) {
            assert_true(whole[i] == parts[i]);
            assert_true(whole[i] == (1 - (float)i / LENGTH / 2) * fade_level_rt(curve, 0.9f, 0.2f, i, LENGTH));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gains_follow_the_formulas), cmocka_unit_test(ends_are_exact),
        cmocka_unit_test(past_the_end_it_stays), cmocka_unit_test(linear_is_a_division),
        cmocka_unit_test(gains_only_rise), cmocka_unit_test(levels_are_the_curve_between), cmocka_unit_test(cuts_change_nothing),
    };
    fade_tables_init();
    fade_tables_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
