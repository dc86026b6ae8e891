/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last step: exact ways back for integers, clamping and its count, and the dither's statistics. */
#include "config.h"

#include "pcm/kernels.h"
#include "pcm/output.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void s16_comes_back_exactly(void **state)
{
    (void)state;
    static float in[65536];
    static int16_t out[65536];
    for (int i = 0; i < 65536; i++)
        in[i] = (float)(i - 32768) / 32768;
    assert_int_equal(output_convert_rt(out, in, OUTPUT_S16, 2, 32768, 0, false), 0);
    for (int i = 0; i < 65536; i++)
        assert_int_equal(out[i], i - 32768);
}

static void s16_rounds_ties_to_even(void **state)
{
    (void)state;
    const float in[] = {0.5f / 32768, 1.5f / 32768, 2.5f / 32768, -0.5f / 32768, -1.5f / 32768, 0.75f / 32768};
    const int16_t expected[] = {0, 2, 2, 0, -2, 1};
    int16_t out[6];
    output_convert_rt(out, in, OUTPUT_S16, 1, 6, 0, false);
    assert_memory_equal(out, expected, sizeof out);
}

static void full_scale_is_clamped_and_counted(void **state)
{
    (void)state;
    const float in[] = {1.0f, -1.0f, 2.0f, -2.0f, INFINITY, -INFINITY, NAN, 32767.4f / 32768, -32768.4f / 32768};
    const int16_t expected16[] = {32767, -32768, 32767, -32768, 32767, -32768, 0, 32767, -32768};
    int16_t out16[9];
    int32_t out32[9];
    assert_int_equal(output_convert_rt(out16, in, OUTPUT_S16, 1, 9, 0, false), 5);
    assert_memory_equal(out16, expected16, sizeof out16);
    assert_int_equal(output_convert_rt(out32, in, OUTPUT_S32, 1, 9, 0, false), 6);
    assert_int_equal(out32[0], INT32_MAX);
    assert_int_equal(out32[1], INT32_MIN);
    assert_int_equal(out32[5], INT32_MIN);
    assert_int_equal(out32[6], 0);
    assert_int_equal(output_convert_rt(out32, in, OUTPUT_S24_4, 1, 9, 0, false), 6);
    assert_int_equal(out32[0], 8388607);
    assert_int_equal(out32[3], -8388608);
}

static void s24_has_every_bit(void **state)
{
    (void)state;
    const int32_t values[] = {0, 1, -1, 8388607, -8388608, 0x123456, -0x123456};
    float in[7];
    uint8_t packed[21];
    int32_t wide[7];
    for (int i = 0; i < 7; i++)
        in[i] = (float)values[i] / 8388608;
    assert_int_equal(output_convert_rt(packed, in, OUTPUT_S24_3, 1, 7, 0, false), 0);
    assert_int_equal(output_convert_rt(wide, in, OUTPUT_S24_4, 1, 7, 0, false), 0);
    for (int i = 0; i < 7; i++) {
        uint32_t bits = packed[3 * i] | (uint32_t)packed[3 * i + 1] << 8 | (uint32_t)packed[3 * i + 2] << 16;
        assert_int_equal(bits, (uint32_t)values[i] & 0xffffff);
        assert_int_equal(wide[i], values[i]);
    }
}

static void f32_is_copied(void **state)
{
    (void)state;
    const float in[] = {0.1f, -3.5f, NAN, 1e-30f}, expected[] = {0.1f, -3.5f, 0, 1e-30f};
    float out[4];
    assert_int_equal(output_convert_rt(out, in, OUTPUT_F32, 2, 2, 0, true), 0);
    assert_memory_equal(out, expected, sizeof out);
}

static void formats_have_their_size(void **state)
{
    (void)state;
    const uint32_t bytes[OUTPUT_FORMATS] = {2, 3, 4, 4, 4};
    for (unsigned i = 0; i < OUTPUT_FORMATS; i++)
        assert_int_equal(output_sample_bytes((enum output_format)i), bytes[i]);
}

enum { SAMPLES = 2048 };

/* Everything near the edges and ties, then noise. */
static void fill_hard(float *in, double *dither, double scale)
{
    static const double edges[] = {0, 0.5, 1.5, -0.5, -1.5, 2.5};
    size_t at = 0;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        in[at++] = (float)(edges[i] / scale);
        in[at++] = (float)((edges[i] + scale - 2) / scale);
        in[at++] = (float)((edges[i] - scale) / scale);
    }
    in[at++] = INFINITY;
    in[at++] = -INFINITY;
    in[at++] = NAN;
    in[at++] = 1e-40f;
    srand(3);
    while (at < SAMPLES)
        in[at++] = (float)(2.4 * rand() / RAND_MAX - 1.2);
    for (size_t i = 0; i < SAMPLES; i++)
        dither[i] = (double)(rand() - RAND_MAX / 2) / (RAND_MAX / 2);
}

/* The law of kernels.h, one sample at a time, by the library's rounding. */
static int32_t by_the_law(float in, const double *dither, double scale, uint32_t *over)
{
    volatile double value = in == in ? (double)in * scale : 0;
    *over += value >= scale - 0.5 || value < -scale - 0.5;
    if (dither)
        value = value + *dither;
    if (value < -scale)
        return (int32_t)-scale;
    return value > scale - 1 ? (int32_t)(scale - 1) : (int32_t)llrint(value);
}

static void check_quantise(const struct kernels *variant, double scale, bool dithered)
{
    static float in[SAMPLES];
    static double dither[SAMPLES];
    static int32_t out[SAMPLES];
    fill_hard(in, dither, scale);
    for (size_t count = 0; count <= SAMPLES; count += count < 64 ? 4 : SAMPLES - 64) {
        uint32_t over = 0;
        uint32_t got = variant->quantise(out, in, dithered ? dither : NULL, scale, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(out[i], by_the_law(in[i], dithered ? &dither[i] : NULL, scale, &over));
        assert_int_equal(got, over);
    }
}

static void every_variant_rounds_by_the_law(void **state)
{
    (void)state;
    const struct kernels *variants[] = {kernels_plain(), kernels_avx2()};
    static const double scales[] = {0x1p15, 0x1p23, 0x1p31};
    for (size_t v = 0; v < 2 && variants[v]; v++)
        for (size_t s = 0; s < 3; s++)
            for (int dithered = 0; dithered < 2; dithered++)
                check_quantise(variants[v], scales[s], dithered);
}

static double dither_by_the_law(uint64_t place)
{
    uint64_t x = place * UINT64_C(0x9e3779b97f4a7c15);
    for (int i = 0; i < 2; i++)
        x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    return ((double)(x >> 32) - (double)(x & UINT32_MAX)) / 4294967296.0;
}

static void every_variant_dithers_alike(void **state)
{
    (void)state;
    const struct kernels *variants[] = {kernels_plain(), kernels_avx2()};
    static uint64_t places[SAMPLES];
    static double out[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++)
        places[i] = i < SAMPLES / 2 ? i : UINT64_MAX - 977 * i;
    for (size_t v = 0; v < 2 && variants[v]; v++) {
        variants[v]->dither(out, places, SAMPLES);
        for (size_t i = 0; i < SAMPLES; i++)
            assert_true(out[i] == dither_by_the_law(places[i]));
    }
}

static void dither_depends_on_place_alone(void **state)
{
    (void)state;
    enum { FRAMES = 1000, CHANNELS = 10 };
    static float in[FRAMES * CHANNELS];
    static int16_t whole[FRAMES * CHANNELS], parts[FRAMES * CHANNELS];
    const uint64_t first = UINT64_C(0x123456789a);
    for (int i = 0; i < FRAMES * CHANNELS; i++)
        in[i] = (float)sin(i * 0.01) / 8;
    output_convert_rt(whole, in, OUTPUT_S16, CHANNELS, FRAMES, first, true);
    for (uint32_t at = 0, n; at < FRAMES; at += n) {
        n = at % 7 + 1 < FRAMES - at ? at % 7 + 1 : FRAMES - at;
        output_convert_rt(parts + at * CHANNELS, in + at * CHANNELS, OUTPUT_S16, CHANNELS, n, first + at, true);
    }
    assert_memory_equal(whole, parts, sizeof whole);
    output_convert_rt(parts, in, OUTPUT_S16, CHANNELS, FRAMES, first + 1, true);
    assert_memory_not_equal(whole, parts, sizeof whole);
}

/* Correlation of a series with itself `lag` later, in units of its variance. */
static double correlation(const double *x, size_t count, size_t lag)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i + lag < count; i++) {
        sum += x[i] * x[i + lag];
        square += x[i] * x[i];
    }
    return sum / square;
}

/* TPDF dither makes the whole error's mean 0 and its variance 1/12 + 2/12 whatever the signal is; white: no correlation. */
static void dither_is_a_white_triangle(void **state)
{
    (void)state;
    enum { FRAMES = 1 << 19 };
    static float in[2 * FRAMES];
    static int16_t out[2 * FRAMES];
    static double error[2 * FRAMES];
    static const double offsets[] = {0, 0.25, 0.5, 0.77};
    for (size_t o = 0; o < 4; o++) {
        for (size_t i = 0; i < 2 * FRAMES; i++)
            in[i] = (float)(offsets[o] / 32768);
        output_convert_rt(out, in, OUTPUT_S16, 2, FRAMES, (uint64_t)o << 32, true);
        double mean = 0, variance = 0, largest = 0;
        for (size_t i = 0; i < 2 * FRAMES; i++) {
            error[i] = out[i] - offsets[o];
            mean += error[i] / (2 * FRAMES);
            variance += error[i] * error[i] / (2 * FRAMES);
            largest = fmax(largest, fabs(error[i]));
        }
        assert_true(fabs(mean) < 0.0025);                   /* five standard deviations of the mean */
        assert_true(fabs(variance - 0.25) < 0.0025);
        assert_true(largest < 1.5);
        for (size_t lag = 1; lag <= 64; lag++)
            assert_true(fabs(correlation(error, 2 * FRAMES, lag)) < 0.005);
    }
}

/* Of silence a triangle over -1..1 makes three values of known shares; two channels have nothing in common. */
static void dither_has_its_shares(void **state)
{
    (void)state;
    enum { FRAMES = 1 << 18 };
    static const float in[2 * FRAMES];
    static int16_t out[2 * FRAMES];
    double share[3] = {0}, common = 0;
    output_convert_rt(out, in, OUTPUT_S16, 2, FRAMES, 5, true);
    for (size_t i = 0; i < 2 * FRAMES; i++) {
        assert_in_range(out[i] + 1, 0, 2);
        share[out[i] + 1] += 1.0 / (2 * FRAMES);
    }
    for (size_t i = 0; i < FRAMES; i++)
        common += out[2 * i] * out[2 * i + 1] / (0.25 * FRAMES);
    assert_true(fabs(share[0] - 0.125) < 0.003 && fabs(share[1] - 0.75) < 0.004 && fabs(share[2] - 0.125) < 0.003);
    assert_true(fabs(common) < 0.01);
}

/* A sine of full scale is 93.3 dB above the error, whose variance is 1/4 of a step squared. */
static void dithered_sine_has_93_db(void **state)
{
    (void)state;
    enum { FRAMES = 48000 };
    static float in[FRAMES];
    static int16_t out[FRAMES];
    double signal = 0, error = 0;
    for (size_t i = 0; i < FRAMES; i++)
        in[i] = (float)(32766.0 / 32768 * sin(2 * acos(-1) * 997 * (double)i / 48000));
    output_convert_rt(out, in, OUTPUT_S16, 1, FRAMES, 0, true);
    for (size_t i = 0; i < FRAMES; i++) {
        double exact = (double)in[i] * 32768;
        signal += exact * exact;
        error += (out[i] - exact) * (out[i] - exact);
    }
    assert_true(fabs(10 * log10(signal / error) - 93.3) < 0.2);
}

static void dither_over_the_edge_is_no_over(void **state)
{
    (void)state;
    enum { FRAMES = 4096 };
    float in[FRAMES];
    int16_t out[FRAMES];
    for (int i = 0; i < FRAMES; i++)
        in[i] = i & 1 ? 32767.0f / 32768 : -1.0f;
    assert_int_equal(output_convert_rt(out, in, OUTPUT_S16, 1, FRAMES, 0, true), 0);
    for (int i = 0; i < FRAMES; i++)
        assert_true(i & 1 ? out[i] >= 32766 : out[i] <= -32767);
    in[9] = 1.5f;
    assert_int_equal(output_convert_rt(out, in, OUTPUT_S16, 1, FRAMES, 0, true), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s16_comes_back_exactly), cmocka_unit_test(s16_rounds_ties_to_even),
        cmocka_unit_test(full_scale_is_clamped_and_counted), cmocka_unit_test(s24_has_every_bit), cmocka_unit_test(f32_is_copied),
        cmocka_unit_test(formats_have_their_size), cmocka_unit_test(every_variant_rounds_by_the_law),
        cmocka_unit_test(every_variant_dithers_alike), cmocka_unit_test(dither_depends_on_place_alone),
        cmocka_unit_test(dither_is_a_white_triangle), cmocka_unit_test(dither_has_its_shares),
        cmocka_unit_test(dithered_sine_has_93_db), cmocka_unit_test(dither_over_the_edge_is_no_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
