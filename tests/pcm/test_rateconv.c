/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The converter of a bus, measured for each pair of rates: a sine of full scale comes through at its level and at its
 * place and all else is more than 110 dB below it; a level at rest is kept, an impulse has its middle where it
 * belongs and none of it comes before the delay allows; any cut gives the same bits, and so does every variant.
 */
#include "config.h"

#include "pcm/kernels.h"
#include "pcm/rateconv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FRAMES = 4000, PAIRS = 6 };

static const uint32_t pairs[PAIRS][2] = {
    {44100, 48000}, {44100, 88200}, {44100, 96000}, {48000, 44100}, {48000, 88200}, {48000, 96000},
};

/* The input of output frames first..: left a sine of full scale, right one of half the level that is a quarter later. */
static float *sine_input(const struct rateconv *r, int64_t first, uint32_t count, double hz, uint32_t rate)
{
    int64_t from, to;
    rateconv_span_rt(r, first, count, &from, &to);
    assert_true(to - from <= (int64_t)rateconv_span_max(r, count));
    float *in = malloc((size_t)(to - from) * 2 * sizeof *in);
    assert_non_null(in);
    for (int64_t i = from; i < to; i++) {
        double angle = 2 * acos(-1) * fmod(hz * (double)i, rate) / rate;
        in[(i - from) * 2] = (float)sin(angle);
        in[(i - from) * 2 + 1] = (float)(-0.5 * cos(angle));
    }
    return in;
}

struct fit {
    double sine, cosine;            /* what the output holds of either */
    double residue_db;              /* all else, below a sine of full scale */
};

/* The least squares fit of a sine and a cosine of hz to one channel. */
static struct fit fit_sine(const float *out, size_t channel, int64_t first, double hz, uint32_t rate)
{
    double ss = 0, cc = 0, sc = 0, sy = 0, cy = 0, rest = 0;
    for (int64_t i = 0; i < FRAMES; i++) {
        double angle = 2 * acos(-1) * fmod(hz * (double)(first + i), rate) / rate;
        double s = sin(angle), c = cos(angle), y = (double)out[2 * (size_t)i + channel];
        ss += s * s, cc += c * c, sc += s * c, sy += s * y, cy += c * y;
    }
    double det = ss * cc - sc * sc;
    struct fit fit = {.sine = (sy * cc - cy * sc) / det, .cosine = (cy * ss - sy * sc) / det};
    for (int64_t i = 0; i < FRAMES; i++) {
        double angle = 2 * acos(-1) * fmod(hz * (double)(first + i), rate) / rate;
        rest += pow((double)out[2 * (size_t)i + channel] - fit.sine * sin(angle) - fit.cosine * cos(angle), 2);
    }
    fit.residue_db = 10 * log10(rest / FRAMES / 0.5);
    return fit;
}

static void check_sine(const struct rateconv *r, const uint32_t rates[2], double hz)
{
    static float out[2 * FRAMES];
    const int64_t first = 98765432;
    float *in = sine_input(r, first, FRAMES, hz, rates[0]);
    rateconv_make_rt(r, out, first, FRAMES, in);
    struct fit left = fit_sine(out, 0, first, hz, rates[1]), right = fit_sine(out, 1, first, hz, rates[1]);
    assert_true(fabs(20 * log10(hypot(left.sine, left.cosine))) < 0.1);
    assert_true(fabs(left.cosine) < 1e-6 && left.sine > 0);     /* linear phase: not a millionth of a turn off */
    assert_true(left.residue_db < -110);
    assert_true(fabs(right.cosine / left.sine + 0.5) < 1e-6);
    assert_true(right.residue_db < -116);
    free(in);
}

static void sines_come_through(void **state)
{
    (void)state;
    for (size_t p = 0; p < PAIRS; p++) {
        struct rateconv *r = rateconv_new(pairs[p][0], pairs[p][1]);
        for (double hz = 20; hz < 20000; hz = hz < 15000 ? hz * 1.37 + 0.1 : hz + 171.3)
            check_sine(r, pairs[p], hz);
        check_sine(r, pairs[p], 20000);
        rateconv_free(r);
    }
}

/* Of a tone above 20 kHz there may be what is left of it or, past half of the lower rate, its mirror image, which
 * lies above 20 kHz too; there is nothing else. */
static void images_stay_above_hearing(void **state)
{
    (void)state;
    static float out[2 * FRAMES];
    for (double hz = 20101; hz < 23900; hz += 130) {
        struct rateconv *r = rateconv_new(48000, 44100);
        float *in = sine_input(r, 0, FRAMES, hz, 48000);
        rateconv_make_rt(r, out, 0, FRAMES, in);
        double image = hz < 22050 ? hz : 44100 - hz;
        struct fit fit = fit_sine(out, 0, 0, image, 44100);
        assert_true(image > 20000);
        assert_true(fit.residue_db < -70);
        free(in);
        rateconv_free(r);
    }
}

static void level_at_rest_is_kept(void **state)
{
    (void)state;
    static float in[4 * FRAMES], out[2 * FRAMES];
    for (size_t i = 0; i < 4 * FRAMES; i++)
        in[i] = i & 1 ? -1.0f : 0.5f;
    for (size_t p = 0; p < PAIRS; p++) {
        struct rateconv *r = rateconv_new(pairs[p][0], pairs[p][1]);
        rateconv_make_rt(r, out, 7, FRAMES, in);
        for (size_t i = 0; i < FRAMES; i++) {
            assert_true(fabs((double)out[2 * i] - 0.5) < 1.5e-7);
            assert_true(fabs((double)out[2 * i + 1] + 1) < 3e-7);
        }
        rateconv_free(r);
    }
}

/* The place of an impulse, as the centre of its output, and how far the output reaches before it. */
static void impulses_stay_at_their_place(void **state)
{
    (void)state;
    static float out[2 * FRAMES];
    for (size_t p = 0; p < PAIRS; p++) {
        struct rateconv *r = rateconv_new(pairs[p][0], pairs[p][1]);
        for (int64_t at = 500; at < 700; at += 7) {
            int64_t from, to;
            rateconv_span_rt(r, 0, FRAMES, &from, &to);
            float *in = calloc((size_t)(to - from) * 2, sizeof *in);
            assert_non_null(in);
            in[2 * (at - from)] = 1;
            rateconv_make_rt(r, out, 0, FRAMES, in);
            double sum = 0, moment = 0, place = (double)at * pairs[p][1] / pairs[p][0];
            for (int64_t n = 0; n < FRAMES; n++) {
                sum += (double)out[2 * n];
                moment += (double)out[2 * n] * ((double)n - place);
                assert_true(out[2 * n + 1] == 0);
                assert_true(out[2 * n] == 0 || (double)n + rateconv_delay_frames(pairs[p][1]) >= place);
            }
            assert_true(fabs(sum * pairs[p][0] / pairs[p][1] - 1) < 1e-3);
            assert_true(fabs(moment / sum) < 0.01);
            free(in);
        }
        rateconv_free(r);
    }
}

static void delay_is_what_spans_need(void **state)
{
    (void)state;
    for (size_t p = 0; p < PAIRS; p++) {
        struct rateconv *r = rateconv_new(pairs[p][0], pairs[p][1]);
        int64_t delay = rateconv_delay_frames(pairs[p][1]), from, to;
        assert_true((double)delay / pairs[p][1] <= 0.0008);
        for (int64_t n = -1000; n < 1000; n++) {
            rateconv_span_rt(r, n, 1, &from, &to);
            assert_int_equal(to - from, RATECONV_TAPS);
            assert_true((to - 1) * pairs[p][1] <= (n + delay) * pairs[p][0]);
            assert_true((from + RATECONV_TAPS / 2 - 1) * pairs[p][1] <= n * pairs[p][0]);
            assert_true((from + RATECONV_TAPS / 2) * pairs[p][1] > n * pairs[p][0]);
        }
        rateconv_free(r);
    }
}

static void check_cuts(const uint32_t rates[2], int64_t start)
{
    static float whole[2 * FRAMES], part[2 * FRAMES];
    struct rateconv *r = rateconv_new(rates[0], rates[1]);
    float *in = sine_input(r, start, FRAMES, 440, rates[0]);
    int64_t from, to, part_from, part_to;
    rateconv_span_rt(r, start, FRAMES, &from, &to);
    rateconv_make_rt(r, whole, start, FRAMES, in);
    for (uint32_t n = 0, count; n < FRAMES; n += count) {
        count = (uint32_t)rand() % 70 + 1;
        count = count < FRAMES - n ? count : FRAMES - n;
        rateconv_span_rt(r, start + n, count, &part_from, &part_to);
        assert_true(part_from >= from && part_to <= to && part_from < part_to);
        size_t floats = (size_t)(part_to - part_from) * 2;
        float *piece = malloc(floats * sizeof *piece);      /* of its own, so that a sanitizer sees a step outside */
        assert_non_null(piece);
        memcpy(piece, in + (part_from - from) * 2, floats * sizeof *piece);
        rateconv_make_rt(r, part, start + n, count, piece);
        assert_memory_equal(part, whole + 2 * n, 2 * count * sizeof *part);
        free(piece);
    }
    free(in);
    rateconv_free(r);
}

static void cuts_change_nothing(void **state)
{
    (void)state;
    srand(3);
    for (size_t p = 0; p < PAIRS; p++) {
        check_cuts(pairs[p], 0);
        check_cuts(pairs[p], -2000);
        check_cuts(pairs[p], INT64_C(1) << 54);
    }
}

static void nothing_is_asked_for_nothing(void **state)
{
    (void)state;
    struct rateconv *r = rateconv_new(44100, 48000);
    int64_t from, to;
    float untouched = 5, in = 0;
    rateconv_span_rt(r, 100, 0, &from, &to);
    assert_true(from == to);
    rateconv_make_rt(r, &untouched, 100, 0, &in);
    assert_true(untouched == 5);
    rateconv_free(r);
    rateconv_free(NULL);
}

static void only_chains_and_devices_are_converted(void **state)
{
    (void)state;
    static const uint32_t rates[] = {32000, 44100, 48000, 88200, 96000, 192000};
    size_t supported = 0;
    for (size_t a = 0; a < 6; a++)
        for (size_t b = 0; b < 6; b++)
            supported += rateconv_supported(rates[a], rates[b]);
    assert_int_equal(supported, PAIRS);
    for (size_t p = 0; p < PAIRS; p++)
        assert_true(rateconv_supported(pairs[p][0], pairs[p][1]));
}

/* The order of pcm/kernels.h, one product at a time, kept from the vectoriser. */
static float by_the_law(const float *in, const float *row, size_t channel)
{
    float lanes[4][8] = {{0}};
    for (size_t i = 0; i < KERNEL_CONVERT_FLOATS; i++) {
        volatile float product = in[i] * row[i];
        lanes[i / 8 % 4][i % 8] = i < 32 ? product : lanes[i / 8 % 4][i % 8] + product;
    }
    for (size_t k = 0; k < 8; k++)
        lanes[0][k] = (lanes[0][k] + lanes[2][k]) + (lanes[1][k] + lanes[3][k]);
    const float *lane = lanes[0] + channel;
    return (lane[0] + lane[4]) + (lane[2] + lane[6]);
}

static void variants_convert_alike(void **state)
{
    (void)state;
    enum { UP = 7, COUNT = 50 };
    const struct kernels *variants[] = {kernels_plain(), kernels_avx2()};
    static float rows[UP * KERNEL_CONVERT_FLOATS], in[2 * (COUNT + RATECONV_TAPS + 30)], out[2 * COUNT];
    srand(5);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rows[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        in[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    for (uint32_t down = 3; down <= UP + 1; down++) {
        const struct kernel_convert plan = {.rows = rows, .up = UP, .down = down};
        for (size_t v = 0; v < 2 && variants[v]; v++) {
            variants[v]->convert(&plan, out, in + 1, 4, COUNT);
            for (size_t n = 0; n < COUNT; n++) {
                const float *row = rows + (4 + n * down) % UP * KERNEL_CONVERT_FLOATS;
                const float *place = in + 1 + 2 * ((4 + n * down) / UP);
                assert_true(out[2 * n] == by_the_law(place, row, 0));
                assert_true(out[2 * n + 1] == by_the_law(place, row, 1));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_come_through), cmocka_unit_test(images_stay_above_hearing),
        cmocka_unit_test(level_at_rest_is_kept), cmocka_unit_test(impulses_stay_at_their_place),
        cmocka_unit_test(delay_is_what_spans_need), cmocka_unit_test(cuts_change_nothing),
        cmocka_unit_test(nothing_is_asked_for_nothing), cmocka_unit_test(only_chains_and_devices_are_converted),
        cmocka_unit_test(variants_convert_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
