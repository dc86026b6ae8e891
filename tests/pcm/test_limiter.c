/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The limiter: a bit-exact delay of 1 ms below its ceiling, no true peak over -1 dBTP whatever comes, measured by ways of
 * its own, no cut that changes a bit, and the gain's way down and back as the header has it.
 */
#include "config.h"

#include "interpolate.h"
#include "pcm/limiter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FRAMES = 6000, RATES = 4 };

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
        assert_int_equal(delay, (rates[r] + 500) / 1000);
        for (size_t i = 0; i < FRAMES; i++) {
            double t = 2 * acos(-1) * (double)i / rates[r];
            in[2 * i] = (float)(0.885 * sin(997 * t));
            in[2 * i + 1] = (float)(0.2 * noise() + 0.35 * sin(15000 * t));
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

/* What cannot be kept below the ceiling by looking at samples alone. Nothing in it is above 20 kHz but the squares' edges. */
static void wave_make(int kind, double rate, double level)
{
    const double turn = 2 * acos(-1);
    double low[2] = {0};
    for (size_t i = 0; i < FRAMES; i++) {
        double t = (double)i / rate, left = 0, right = 0;
        if (kind == 0) {            /* summits between the samples, 3 dB over them; a tone on the verge of hearing */
            left = sin(turn / 4 * (double)i + turn / 8);
            right = sin(turn * 19990 * t);
        } else if (kind == 1) {     /* noise like music's */
            low[0] += 0.4 * (noise() - low[0]);
            low[1] += 0.4 * (low[0] - low[1]);
            left = 3 * low[1];
            right = 2 * low[0];
        } else if (kind == 2) {     /* square waves */
            left = i / 37 % 2 ? 1 : -1;
            right = i / 11 % 2 ? 1 : -1;
        } else if (kind == 3) {     /* sweep to 20 kHz */
            left = sin(turn * (20 + 9990.0 * (double)i / FRAMES) * t);
            right = sin(turn * 60 * t);
        } else if (kind == 4) {     /* bursts */
            left = i / 2000 % 2 ? sin(turn * 1000 * t) : 0;
            right = i / 333 % 2 ? sin(turn * 15000 * t) : 0;
        } else {                    /* clicks over a soft tone */
            left = i % 1999 == 0 ? 2 : 0.1 * sin(turn * 440 * t);
            right = i % 777 < 5 ? 1 : 0;
        }
        in[2 * i] = (float)(level * left);
        in[2 * i + 1] = (float)(level * right);
    }
}

static void no_true_peak_comes_over(void **state)
{
    (void)state;
    static const double levels[] = {0.95, 1.1, 2, 8};
    const double ceiling = pow(10, -1 / 20.0);
    srand(4);
    for (size_t r = 0; r < RATES; r++)
        for (int kind = 0; kind < 6; kind++)
            for (size_t l = 0; l < 4; l++) {
                wave_make(kind, rates[r], levels[l]);
                feed(rates[r], true);
                assert_true(interpolate_standard_peak(out, FRAMES) <= ceiling);
                if (r < 2 && l > 0)
                    assert_true(interpolate_peak(out, FRAMES, 8) <= ceiling);
            }
}

/* Noise up to half the rate, where no short filter sees all of a peak: the standard's meter sees none over the ceiling. */
static void white_noise_is_held_by_the_standard(void **state)
{
    (void)state;
    srand(6);
    for (size_t r = 0; r < RATES; r++)
        for (double level = 0.7; level < 10; level *= 2) {
            for (size_t i = 0; i < 2 * FRAMES; i++)
                in[i] = (float)(level * (i & 1 ? noise() : noise() > 0 ? 1 : -1));
            feed(rates[r], true);
            assert_true(interpolate_standard_peak(out, FRAMES) <= pow(10, -1 / 20.0));
        }
}

static void what_is_just_over_is_hardly_touched(void **state)
{
    (void)state;
    for (size_t i = 0; i < FRAMES; i++)
        in[2 * i] = in[2 * i + 1] = (float)(pow(10, -0.99 / 20) * sin((double)i / 10));
    feed(48000, true);
    double peak = interpolate_peak(out + FRAMES, FRAMES / 2, 8);
    assert_true(20 * log10(peak) < -1 && 20 * log10(peak) > -1.03);
}

/* A burst that asks for half the gain: down in time, held, back by the law, and exactly 1 again in the end. */
static void gain_goes_down_and_comes_back(void **state)
{
    (void)state;
    static float gain[20 * FRAMES];
    struct limiter limiter;
    limiter_init(&limiter, 48000);
    for (size_t i = 0; i < 20 * FRAMES; i++) {
        float frame[2] = {0.25f, i >= 1000 && i < 1100 ? 2 * 0.89125f : 0};
        limiter_process_rt(&limiter, frame, 1, true);
        gain[i] = frame[0] / 0.25f;
    }
    const size_t delay = 48, end = 1100 + delay;
    for (size_t i = delay; i < 1000; i++)
        assert_true(gain[i] == 1);
    for (size_t i = 1; i < 20 * FRAMES; i++)
        assert_true(gain[i] <= gain[i - 1] + 0.001f || i == delay);
    assert_true(gain[1000 + delay] < 0.5f && gain[1000 + delay] > 0.4f);
    float held = gain[end - 1];
    assert_true(held < 0.5f && held > 0.4f);
    double lack = 1 - (double)held;
    assert_true(fabs((1 - (double)gain[end + 4800]) / lack - exp(-1)) < 0.01);
    assert_true(fabs((1 - (double)gain[end + 9600]) / lack - exp(-2)) < 0.01);
    assert_true(gain[20 * FRAMES - 1] == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_the_ceiling_it_is_a_delay), cmocka_unit_test(off_it_is_a_delay_for_all),
        cmocka_unit_test(cuts_change_nothing), cmocka_unit_test(no_true_peak_comes_over),
        cmocka_unit_test(white_noise_is_held_by_the_standard), cmocka_unit_test(what_is_just_over_is_hardly_touched),
        cmocka_unit_test(gain_goes_down_and_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
