/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The limiter: a bit-exact delay of 1 ms below its ceiling, no true peak over -1 dBTP whatever comes, measured by ways of
 * its own, no cut that changes a bit, and the gain's way down and back as the header has it.
 */
#include "config.h"

#include "pcm/limiter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FRAMES = 12000, RATES = 4 };

static const uint32_t rates[RATES] = {44100, 48000, 88200, 96000};
static float in[2 * FRAMES], out[2 * FRAMES];

static double noise(void)
{
    return 2.0 * rand() / RAND_MAX - 1;
}

static void feed(uint32_t rate, bool on)
{
    struct limiter limiter;
    limiter_init(&limiter, rate);
    memcpy(out, in, sizeof in);
    limiter_process_rt(&limiter, out, FRAMES, on);
}

static void below_the_ceiling_it_is_a_delay(void **state)
{
    (void)state;
    srand(1);
    for (size_t r = 0; r < RATES; r++) {
        size_t delay = limiter_delay_frames(rates[r]);
        assert_int_equal(delay, lround(rates[r] / 1000.0 - 0.2));
        for (size_t i = 0; i < FRAMES; i++) {
            double t = 2 * acos(-1) * (double)i / rates[r];
            in[2 * i] = (float)(0.89 * sin(997 * t));
            in[2 * i + 1] = (float)(0.3 * noise() + 0.35 * sin(15000 * t));
        }
        feed(rates[r], true);
        for (size_t i = 0; i < 2 * delay; i++)
            assert_true(out[i] == 0);
        assert_memory_equal(out + 2 * delay, in, (FRAMES - delay) * 2 * sizeof *in);
    }
}

static void off_it_is_a_delay_for_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * FRAMES; i++)
        in[i] = (float)(5 * noise());
    feed(48000, false);
    assert_memory_equal(out + 2 * 48, in, (FRAMES - 48) * 2 * sizeof *in);
}

static void cuts_change_nothing(void **state)
{
    (void)state;
    static float parts[2 * FRAMES];
    srand(2);
    for (size_t i = 0; i < FRAMES; i++) {
        in[2 * i] = (float)(noise() * (i / 1500 % 2 ? 2 : 0.1));
        in[2 * i + 1] = (float)(1.3 * sin((double)i / 9));
    }
    for (size_t r = 0; r < RATES; r++) {
        struct limiter limiter;
        feed(rates[r], true);
        limiter_init(&limiter, rates[r]);
        memcpy(parts, in, sizeof in);
        for (uint32_t at = 0, n; at < FRAMES; at += n) {
            n = (uint32_t)rand() % 200;
            n = n < FRAMES - at ? n : FRAMES - at;
            limiter_process_rt(&limiter, parts + 2 * at, n, true);
        }
        assert_memory_equal(parts, out, sizeof out);
    }
}

/* A burst that asks for half the gain: down in time, held, back by the law, and exactly 1 again in the end. */
static void gain_goes_down_and_comes_back(void **state)
{
    (void)state;
    static float gain[10 * FRAMES];
    struct limiter limiter;
    limiter_init(&limiter, 48000);
    for (size_t i = 0; i < 10 * FRAMES; i++) {
        float frame[2] = {0.25f, i >= 1000 && i < 1100 ? 2 * 0.89125f : 0};
        limiter_process_rt(&limiter, frame, 1, true);
        gain[i] = frame[0] / 0.25f;
    }
    const size_t delay = 48, end = 1100 + delay;
    for (size_t i = delay; i < 1000; i++)
        assert_true(gain[i] == 1);
    for (size_t i = 1; i < 10 * FRAMES; i++)
        assert_true(gain[i] <= gain[i - 1] + 0.001f || i == delay);
    assert_true(gain[1000 + delay] < 0.5f && gain[1000 + delay] > 0.4f);
    float held = gain[end - 1];
    assert_true(held < 0.5f && held > 0.4f);
    double lack = 1 - (double)held;
    assert_true(fabs((1 - (double)gain[end + 4800]) / lack - exp(-1)) < 0.01);
    assert_true(fabs((1 - (double)gain[end + 9600]) / lack - exp(-2)) < 0.01);
    assert_true(gain[10 * FRAMES - 1] == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_the_ceiling_it_is_a_delay), cmocka_unit_test(off_it_is_a_delay_for_all),
        cmocka_unit_test(cuts_change_nothing), cmocka_unit_test(gain_goes_down_and_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
