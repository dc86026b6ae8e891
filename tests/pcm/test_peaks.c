/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bins against what a plain count of their samples gives, and the variants of the kernel against each other. */
#include "config.h"

#include "pcm/kernels.h"
#include "pcm/peaks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FRAMES = 3 * PEAKS_BIN_FRAMES + 77, SAMPLES = 2 * FRAMES };

static uint32_t noise(void)
{
    static uint32_t seed = 1;
    return (seed = seed * 1664525u + 1013904223u) >> 8;
}

static void fill(int16_t *s16, float *f32)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        s16[i] = (int16_t)(noise() & 0xffff);
        f32[i] = (float)s16[i] / 32768;
    }
}

static struct peak counted(const int16_t *in, unsigned channels, size_t from, size_t to, unsigned c)
{
    struct peak bin = {.low = INT16_MAX, .high = INT16_MIN};
    double energy = 0;
    for (size_t n = from; n < to; n++) {
        int16_t sample = in[n * channels + c];
        bin.low = sample < bin.low ? sample : bin.low;
        bin.high = sample > bin.high ? sample : bin.high;
        energy += (double)sample * sample;
    }
    bin.rms = (uint16_t)lrint(sqrt(energy / (double)(to - from)));
    return bin;
}

static void assert_bin(const struct peak *got, const struct peak *want)
{
    assert_int_equal(got->low, want->low);
    assert_int_equal(got->high, want->high);
    assert_true(abs(got->rms - want->rms) <= 1);
}

static void every_length_is_counted(void **state)
{
    (void)state;
    static int16_t s16[SAMPLES];
    static float f32[SAMPLES];
    fill(s16, f32);
    for (unsigned channels = 1; channels <= 2; channels++)
        for (size_t frames = 1; frames <= FRAMES; frames++) {
            struct peak a[8], b[8];
            peaks_s16(a, s16, channels, frames);
            peaks_f32(b, f32, channels, frames);
            int64_t bins = peaks_bins((int64_t)frames, 0);
            assert_int_equal(bins, (frames + 255) / 256);
            for (size_t i = 0; i < (size_t)bins * channels; i++) {
                size_t from = i / channels * 256, to = from + 256 < frames ? from + 256 : frames;
                struct peak want = counted(s16, channels, from, to, i % channels);
                assert_bin(&a[i], &want);
                assert_bin(&b[i], &want);
            }
        }
}

static void one_sample_is_seen_wherever_it_is(void **state)
{
    (void)state;
    static int16_t quiet[2 * PEAKS_BIN_FRAMES];
    for (size_t at = 0; at < 2 * PEAKS_BIN_FRAMES; at++) {
        struct peak bins[2];
        memset(quiet, 0, sizeof quiet);
        quiet[at] = at % 3 ? 1024 : -1024;
        peaks_s16(bins, quiet, 2, PEAKS_BIN_FRAMES);
        const struct peak *hit = &bins[at % 2], *other = &bins[(at + 1) % 2];
        assert_int_equal(at % 3 ? hit->high : hit->low, at % 3 ? 1024 : -1024);
        assert_int_equal(hit->rms, 64);                 /* 1024 / sqrt(256) */
        assert_true(other->low == 0 && other->high == 0 && other->rms == 0);
    }
}

static void full_scale_is_not_exceeded(void **state)
{
    (void)state;
    static int16_t lowest[PEAKS_BIN_FRAMES];
    static float loud[PEAKS_BIN_FRAMES];
    struct peak bin;
    for (size_t i = 0; i < PEAKS_BIN_FRAMES; i++) {
        lowest[i] = INT16_MIN;
        loud[i] = i % 2 ? 64.0f : -64.0f;
    }
    peaks_s16(&bin, lowest, 1, PEAKS_BIN_FRAMES);
    assert_true(bin.low == -32768 && bin.high == -32768 && bin.rms == PEAKS_FULL);
    peaks_f32(&bin, loud, 1, PEAKS_BIN_FRAMES);
    assert_true(bin.low == -32768 && bin.high == 32767 && bin.rms == PEAKS_FULL);
}

static void variants_give_the_same_bits(void **state)
{
    (void)state;
    static int16_t s16[SAMPLES];
    static float f32[SAMPLES];
    if (!kernels_avx2())
        skip();
    for (int round = 0; round < 50; round++) {
        fill(s16, f32);
        for (size_t channels = 1; channels <= 2; channels++)
            for (int kind = 0; kind < KERNEL_SAMPLES; kind++) {
                struct kernel_peak a = {0}, b = {0};
                const void *in = kind == KERNEL_S16 ? (const void *)(s16 + round) : (const void *)(f32 + round);
                kernels_plain()->peak[kind][channels - 1](&a, in);
                kernels_avx2()->peak[kind][channels - 1](&b, in);
                assert_memory_equal(a.low, b.low, channels * sizeof *a.low);
                assert_memory_equal(a.high, b.high, channels * sizeof *a.high);
                assert_memory_equal(a.energy, b.energy, channels * sizeof *a.energy);
            }
    }
}

static void levels_are_made_of_levels(void **state)
{
    (void)state;
    const struct peak fine[6] = {{-5, 7, 3}, {-1, 1, 1}, {-9, 2, 4}, {0, 2, 1}, {-2, 8, 5}, {1, 1, 1}};
    struct peak coarse[2];
    peaks_reduce(coarse, fine, 2, 3);
    assert_true(coarse[0].low == -9 && coarse[0].high == 8 && coarse[0].rms == 4);      /* sqrt(50 / 3) */
    assert_true(coarse[1].low == -1 && coarse[1].high == 2 && coarse[1].rms == 1);
    assert_int_equal(peaks_bins(1, 2), 1);
    assert_int_equal(peaks_bins(4096, 1), 1);
    assert_int_equal(peaks_bins(4097, 1), 2);
    assert_int_equal(peaks_bins(65537, 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_is_counted),   cmocka_unit_test(one_sample_is_seen_wherever_it_is),
        cmocka_unit_test(full_scale_is_not_exceeded), cmocka_unit_test(variants_give_the_same_bits),
        cmocka_unit_test(levels_are_made_of_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
