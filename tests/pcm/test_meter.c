/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peak and energy against sums made one sample at a time. */
#include "config.h"

#include "pcm/meter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void both_see_every_sample(void **state)
{
    (void)state;
    float stereo[2 * 41];
    for (uint32_t frames = 1; frames <= 40; frames++) {
        for (uint32_t at = 0; at < 2 * frames; at++) {
            for (size_t i = 0; i < 82; i++)
                stereo[i] = i < 2 * (size_t)frames ? 0.25f : 9;
            stereo[at] = -0.75f;
            assert_true(meter_peak_rt(stereo, frames) == 0.75f);
            assert_true(meter_energy_rt(stereo, frames) == 0.5625 + 0.0625 * (2 * frames - 1));
        }
    }
    assert_true(meter_peak_rt(stereo, 0) == 0 && meter_energy_rt(stereo, 0) == 0);
}

static void nan_counts_as_nothing(void **state)
{
    (void)state;
    float stereo[2 * 9];
    for (size_t at = 0; at < 18; at++) {
        for (size_t i = 0; i < 18; i++)
            stereo[i] = 0.5f;
        stereo[at] = NAN;
        assert_true(meter_peak_rt(stereo, 9) == 0.5f);
        assert_true(meter_energy_rt(stereo, 9) == 0.25 * 17);
    }
}

static void energy_of_a_sine_is_half(void **state)
{
    (void)state;
    static float stereo[2 * 48000];
    for (size_t i = 0; i < 48000; i++)
        stereo[2 * i] = stereo[2 * i + 1] = (float)sin(2 * acos(-1) * 1000 * (double)i / 48000);
    assert_true(fabs(meter_energy_rt(stereo, 48000) / 96000 - 0.5) < 1e-7);
    assert_true(meter_peak_rt(stereo, 48000) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_see_every_sample),
        cmocka_unit_test(nan_counts_as_nothing),
        cmocka_unit_test(energy_of_a_sine_is_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
