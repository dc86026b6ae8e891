/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever bits a sample has, what is played is a number and not absurdly loud; what was fit is not touched. */
#include "config.h"

#include "decode/clean.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { MOST = 700 };

static const struct {
    float in, out;
} cases[] = {
    {NAN, 0}, {-NAN, 0}, {INFINITY, 0}, {-INFINITY, 0}, {64.0f, 64.0f}, {-64.0f, -64.0f}, {64.001f, 64.0f}, {-3e38f, -64.0f},
    {0.5f, 0.5f}, {-0.0f, -0.0f}, {1e-45f, 1e-45f},
};
enum { CASES = sizeof cases / sizeof *cases };

static float in[MOST + 1], out[MOST + 1], wanted[MOST];

/* One odd sample among good ones, at each place of lengths around whole runs; and the same for a copy from and to odd places. */
static void each_kind_at_each_place(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 255, 256, 257, 512, 513, MOST};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (size_t at = 0; at < counts[c]; at++) {
            size_t kind = at % CASES, changed = memcmp(&cases[kind].in, &cases[kind].out, sizeof(float)) != 0;
            for (size_t i = 0; i < counts[c]; i++)
                wanted[i] = in[i] = (float)i / MOST;
            in[at] = cases[kind].in;
            wanted[at] = cases[kind].out;
            assert_int_equal(clean_copy(out + 1, in, counts[c]), changed);
            assert_memory_equal(out + 1, wanted, counts[c] * sizeof *wanted);
            assert_memory_equal(&in[at], &cases[kind].in, sizeof *in);
            assert_int_equal(clean_samples(in, counts[c]), changed);
            assert_memory_equal(in, wanted, counts[c] * sizeof *wanted);
        }
    assert_int_equal(clean_samples(in, 0), 0);
    assert_int_equal(clean_copy(out, in, 0), 0);
}

static void all_of_them_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < MOST; i++)
        in[i] = i % 2 ? NAN : 1000.0f;
    assert_int_equal(clean_copy(out, in, MOST), MOST);
    for (size_t i = 0; i < MOST; i++)
        assert_true(out[i] == (i % 2 ? 0 : CLEAN_LEVEL_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_kind_at_each_place), cmocka_unit_test(all_of_them_bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
