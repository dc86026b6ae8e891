/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rate conversion measured: sines come through at their level and place with everything else more
 * than 100 dB down, tones past the lower half rate vanish, and any cut gives the same samples.
 */
#include "config.h"

#include "pcm/resample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FRAMES = 6000 };

/* The input of output frames first.. as resample_span() asks for it: a sine of 0.9 (the right channel a cosine). */
static float *sine_input(const struct resampler *r, int64_t first, uint32_t count, unsigned channels, double hz, uint32_t rate)
{
    int64_t from, to;
    resample_span(r, first, count, &from, &to);
    float *in = malloc((size_t)(to - from) * channels * sizeof *in);
    assert_non_null(in);
    for (int64_t i = from; i < to; i++) {
        double angle = 2 * acos(-1) * fmod(hz * (double)i, rate) / rate;
        in[(i - from) * channels] = (float)(0.9 * sin(angle));
        if (channels == 2)
            in[(i - from) * 2 + 1] = (float)(0.9 * cos(angle));
    }
    return in;
}

/* Fits a sine of hz and no phase of its own to one channel; the rest is residue. Both as amplitudes of 0.9. */
static void measure(const float *out, unsigned channels, unsigned channel, int64_t first, double hz, uint32_t rate,
                    double *gain, double *residue_db)
{
    double dot = 0, square = 0, rest = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < FRAMES; i++) {
            double angle = 2 * acos(-1) * fmod(hz * (double)(first + i), rate) / rate;
            double wave = 0.9 * (channel ? cos(angle) : sin(angle)), value = (double)out[i * channels + channel];
            dot += pass ? 0 : wave * value;
            square += pass ? 0 : wave * wave;
            rest += pass ? pow(value - dot / square * wave, 2) : 0;
        }
    }
    *gain = dot / square;
    *residue_db = 10 * log10(rest / square);
}

static void check_sine(uint32_t in_rate, uint32_t out_rate, unsigned channels, double hz, bool heard)
{
    static float out[2 * FRAMES];
    const int64_t first = 1234567;
    struct resampler *r = resample_new(in_rate, out_rate, channels);
    float *in = sine_input(r, first, FRAMES, channels, hz, in_rate);
    resample_make(r, out, first, FRAMES, in);
    for (unsigned channel = 0; channel < channels; channel++) {
        double gain, residue_db;
        measure(out, channels, channel, first, hz, out_rate, &gain, &residue_db);
        if (heard) {
            assert_true(fabs(20 * log10(gain)) < 0.1);
            assert_true(residue_db < -104);
        } else {
            assert_true(residue_db < -104 && fabs(gain) < 1e-5);
        }
    }
    free(in);
    resample_free(r);
}

static void sines_come_through(void **state)
{
    (void)state;
    static const struct {
        uint32_t in, out;
        double hz[5];
    } cases[] = {
        {44100, 48000, {30, 1000, 10000, 19000, 20000}}, {48000, 44100, {30, 1000, 10000, 19000, 20000}},
        {96000, 48000, {1000, 10000, 19000, 20000, 21600}}, {22050, 48000, {1000, 5000, 9000, 9922}},
        {8000, 48000, {100, 1000, 3000, 3600}}, {8363, 48000, {100, 1000, 3000, 3763}},
        {128000, 48000, {1000, 10000, 19000, 20000, 21600}}, {11025, 48000, {1000, 4961}},
        {192000, 44100, {1000, 19845}}, {384000, 44100, {1000, 20000}}, {47999, 48000, {1000, 10000, 20000, 21599}},
        {383999, 48000, {1000, 20000}}, {48000, 384000, {1000, 20000}}, {1000, 48000, {100, 450}}, {384000, 1009, {100, 454}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < 5 && cases[i].hz[k] > 0; k++)
            check_sine(cases[i].in, cases[i].out, 1 + (k & 1), cases[i].hz[k], true);
}

static void what_cannot_be_kept_vanishes(void **state)
{
    (void)state;
    static const struct {
        uint32_t in, out;
        double hz;
    } cases[] = {
        {48000, 44100, 22100}, {48000, 44100, 23900}, {96000, 48000, 24000.5}, {96000, 48000, 30000}, {96000, 48000, 47000},
        {128000, 48000, 24100}, {128000, 48000, 63000}, {192000, 44100, 22100}, {383999, 48000, 24100}, {384000, 1009, 600},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_sine(cases[i].in, cases[i].out, 2, cases[i].hz, false);
}

static void check_cuts(uint32_t in_rate, uint32_t out_rate, unsigned channels)
{
    static float whole[2 * FRAMES], part[2 * FRAMES];
    struct resampler *r = resample_new(in_rate, out_rate, channels);
    float *in = sine_input(r, 0, FRAMES, channels, 440, in_rate);
    int64_t from, to, part_from, part_to;
    resample_span(r, 0, FRAMES, &from, &to);
    resample_make(r, whole, 0, FRAMES, in);
    srand(3);
    for (uint32_t n = 0, count; n < FRAMES; n += count) {
        count = (uint32_t)rand() % 300 + 1;
        count = count < FRAMES - n ? count : FRAMES - n;
        resample_span(r, n, count, &part_from, &part_to);
        assert_true(part_from >= from && part_to <= to && part_from < part_to);
        size_t floats = (size_t)(part_to - part_from) * channels;
        float *piece = malloc(floats * sizeof *piece);      /* of its own, so that a sanitizer sees a step outside */
        assert_non_null(piece);
        memcpy(piece, in + (part_from - from) * channels, floats * sizeof *piece);
        resample_make(r, part, n, count, piece);
        assert_memory_equal(part, whole + n * channels, count * channels * sizeof *part);
        free(piece);
    }
    free(in);
    resample_free(r);
}

static void cuts_change_nothing(void **state)
{
    (void)state;
    for (unsigned channels = 1; channels <= 2; channels++) {
        check_cuts(44100, 48000, channels);
        check_cuts(48000, 44100, channels);
        check_cuts(128000, 48000, channels);
        check_cuts(8363, 48000, channels);
        check_cuts(47999, 44101, channels);
    }
}

static void nothing_is_asked_for_nothing(void **state)
{
    (void)state;
    struct resampler *r = resample_new(44100, 48000, 2);
    int64_t from, to;
    float untouched = 5, in = 0;
    resample_span(r, 100, 0, &from, &to);
    assert_true(from == to);
    resample_make(r, &untouched, 100, 0, &in);
    assert_true(untouched == 5);
    resample_free(r);
    resample_free(NULL);
}

static void level_at_rest_is_kept(void **state)
{
    (void)state;
    static float in[3 * FRAMES], out[FRAMES];
    static const uint32_t rates[][2] = {{44100, 48000}, {48000, 44100}, {8363, 48000}, {96000, 48000}};
    for (size_t i = 0; i < 3 * FRAMES; i++)
        in[i] = 0.5f;
    for (size_t k = 0; k < 4; k++) {
        struct resampler *r = resample_new(rates[k][0], rates[k][1], 1);
        resample_make(r, out, 0, FRAMES, in);
        for (size_t i = 0; i < FRAMES; i++)
            assert_true(fabs((double)out[i] - 0.5) < 5e-7);
        resample_free(r);
    }
}

static void channels_are_apart(void **state)
{
    (void)state;
    static float stereo[2 * 3000], mono[3000], out2[2 * 2000], out1[2000];
    struct resampler *r1 = resample_new(44100, 48000, 1), *r2 = resample_new(44100, 48000, 2);
    for (size_t i = 0; i < 3000; i++)
        mono[i] = stereo[2 * i] = (float)sin((double)i / 5);
    resample_make(r1, out1, 7, 2000, mono);
    resample_make(r2, out2, 7, 2000, stereo);
    for (size_t i = 0; i < 2000; i++) {
        assert_true(fabs((double)(out1[i] - out2[2 * i])) < 1e-6);
        assert_true(out2[2 * i + 1] == 0);
    }
    resample_free(r1);
    resample_free(r2);
}

static void lengths_round_halves_up(void **state)
{
    (void)state;
    static const struct {
        uint32_t in, out;
        int64_t frames, expected;
    } cases[] = {
        {44100, 48000, 44100, 48000}, {44100, 48000, 1, 1}, {44100, 48000, 0, 0}, {96000, 48000, 1, 1},
        {96000, 48000, 3, 2}, {128000, 48000, 4, 2}, {128000, 48000, 3, 1}, {192000, 48000, 1, 0},
        {192000, 48000, 2, 1}, {8363, 48000, 8363000000, 48000000000}, {383999, 384000, 383999000000, 384000000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct resampler *r = resample_new(cases[i].in, cases[i].out, 1);
        assert_int_equal(resample_length(r, cases[i].frames), cases[i].expected);
        resample_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_come_through), cmocka_unit_test(what_cannot_be_kept_vanishes),
        cmocka_unit_test(cuts_change_nothing), cmocka_unit_test(nothing_is_asked_for_nothing),
        cmocka_unit_test(level_at_rest_is_kept), cmocka_unit_test(channels_are_apart), cmocka_unit_test(lengths_round_halves_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
