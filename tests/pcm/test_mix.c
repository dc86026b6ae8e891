/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mixing: every variant of every kernel gives the bits of the formula in pcm/mix.h, at odd
 * lengths and unaligned starts, and cutting a run changes nothing. Pan laws of SPEC P9.
 */
#include "config.h"

#include "pcm/kernels.h"
#include "pcm/mix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FRAMES = 1100 };

static int16_t shorts[2 * FRAMES];
static float floats[2 * FRAMES], gains[FRAMES], pans[2 * FRAMES], start[2 * FRAMES];

static float noise(void)
{
    return (float)(2.0 * rand() / RAND_MAX - 1);
}

static void fill(void)
{
    srand(7);
    for (size_t i = 0; i < 2 * FRAMES; i++) {
        shorts[i] = (int16_t)(rand() >> 8);
        floats[i] = noise();
        pans[i] = noise();
        start[i] = noise();
    }
    for (size_t i = 0; i < FRAMES; i++)
        gains[i] = noise();
    shorts[5] = INT16_MIN;
    shorts[6] = INT16_MAX;
}

/* The law of pcm/mix.h, one frame at a time, kept from the vectoriser. */
static void by_the_law(float *bus, const void *in, int kind, unsigned channels, const float *gain, const float *lr, size_t frames)
{
    for (size_t i = 0; i < frames; i++) {
        for (size_t side = 0; side < 2; side++) {
            size_t at = channels * i + (channels == 2 ? side : 0);
            volatile float sample = kind == KERNEL_S16 ? (float)((const int16_t *)in)[at] / 32768 : ((const float *)in)[at];
            volatile float level = lr ? lr[2 * i + side] : side ? 0.37f : 0.81f;
            level = (gain ? gain[i] : 1) * level;
            volatile float product = sample * level;
            bus[2 * i + side] += product;
        }
    }
}

static void check_mix(const struct kernels *variant, int kind, unsigned channels, size_t skip, size_t frames, bool ramp,
                      bool moving)
{
    static float expected[2 * FRAMES], bus[2 * FRAMES];
    const void *in = kind == KERNEL_S16 ? (const void *)(shorts + skip) : (const void *)(floats + skip);
    const float *gain = ramp ? gains + skip : NULL, *lr = moving ? pans + skip : NULL;
    memcpy(expected, start, sizeof start);
    memcpy(bus, start, sizeof start);
    by_the_law(expected + skip, in, kind, channels, gain, lr, frames);
    variant->mix[kind][channels - 1](bus + skip, in, gain, lr, 0.81f, 0.37f, frames);
    assert_memory_equal(bus, expected, sizeof bus);
}

static void check_variant(const struct kernels *variant)
{
    static const size_t lengths[] = {0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 255, 1024};
    for (size_t n = 0; n < sizeof lengths / sizeof *lengths; n++)
        for (size_t skip = 0; skip < 9; skip++)
            for (unsigned way = 0; way < 16; way++)
                check_mix(variant, way & 1, 1 + (way >> 1 & 1), skip, lengths[n], way & 4, way & 8);
}

static void plain_keeps_the_law(void **state)
{
    (void)state;
    check_variant(kernels_plain());
}

static void avx2_keeps_the_law(void **state)
{
    (void)state;
    if (!kernels_avx2())
        skip();
    check_variant(kernels_avx2());
}

static void variants_scale_and_add_alike(void **state)
{
    (void)state;
    const struct kernels *variants[] = {kernels_plain(), kernels_avx2()};
    for (size_t v = 0; v < 2 && variants[v]; v++) {
        for (size_t frames = 0; frames < 70; frames++) {
            float fixed[150], ramped[150], sum[150];
            memcpy(fixed, start, sizeof fixed);
            memcpy(ramped, start, sizeof ramped);
            memcpy(sum, start, sizeof sum);
            variants[v]->scale(fixed + 1, NULL, 0.7f, frames);
            variants[v]->scale(ramped + 1, gains + 1, 0, frames);
            variants[v]->add(sum + 1, floats + 1, frames);
            for (size_t i = 0; i < 150; i++) {
                bool touched = i >= 1 && i < 1 + 2 * frames;
                assert_true(fixed[i] == (touched ? start[i] * 0.7f : start[i]));
                assert_true(ramped[i] == (touched ? start[i] * gains[1 + (i - 1) / 2] : start[i]));
                assert_true(sum[i] == (touched ? start[i] + floats[i] : start[i]));
            }
        }
    }
}

static void add_product(float *lane, float a, float b)
{
    volatile float product = a * b;
    *lane += product;
}

static void variants_multiply_and_sum_alike(void **state)
{
    (void)state;
    const struct kernels *variants[] = {kernels_plain(), kernels_avx2()};
    for (size_t v = 0; v < 2 && variants[v]; v++) {
        for (size_t count = 0; count <= 640; count += KERNEL_DOT_LANES) {
            float sums[2], lanes[KERNEL_DOT_LANES] = {0};
            variants[v]->dot(sums, floats + 3, pans + 1, count);
            for (size_t i = 0; i < count; i++)
                add_product(&lanes[i % KERNEL_DOT_LANES], floats[3 + i], pans[1 + i]);
            for (size_t width = KERNEL_DOT_LANES / 2; width >= 2; width /= 2)
                for (size_t i = 0; i < width; i++)
                    lanes[i] += lanes[i + width];
            assert_memory_equal(sums, lanes, sizeof sums);
        }
    }
}

/* Mixes by the public calls, each call `cut` frames at most. */
static void mix_in_cuts(float *bus, size_t cut)
{
    memcpy(bus, start, sizeof start);
    for (size_t i = 0; i < FRAMES; i += cut) {
        uint32_t n = (uint32_t)(FRAMES - i < cut ? FRAMES - i : cut);
        mix_s16_mono_rt(bus + 2 * i, shorts + i, gains + i, 0.5f, 0.3f, n);
        mix_s16_stereo_rt(bus + 2 * i, shorts + 2 * i, NULL, 0.5f, 0.3f, n);
        mix_f32_mono_rt(bus + 2 * i, floats + i, NULL, 0.5f, 0.3f, n);
        mix_f32_stereo_rt(bus + 2 * i, floats + 2 * i, gains + i, 0.5f, 0.3f, n);
        mix_scale_rt(bus + 2 * i, 0.9f, n);
        mix_s16_mono_lr_rt(bus + 2 * i, shorts + i, NULL, pans + 2 * i, n);
        mix_s16_stereo_lr_rt(bus + 2 * i, shorts + 2 * i, gains + i, pans + 2 * i, n);
        mix_f32_mono_lr_rt(bus + 2 * i, floats + i, gains + i, pans + 2 * i, n);
        mix_f32_stereo_lr_rt(bus + 2 * i, floats + 2 * i, NULL, pans + 2 * i, n);
        mix_scale_ramp_rt(bus + 2 * i, gains + i, n);
        mix_add_rt(bus + 2 * i, floats + 2 * i, n);
    }
}

static void cuts_change_nothing(void **state)
{
    (void)state;
    static float whole[2 * FRAMES], parts[2 * FRAMES];
    mix_in_cuts(whole, FRAMES);
    assert_memory_not_equal(whole, start, sizeof whole);
    for (size_t cut = 1; cut < 70; cut += 3) {
        mix_in_cuts(parts, cut);
        assert_memory_equal(whole, parts, sizeof whole);
    }
}

static void mono_pans_by_the_law(void **state)
{
    (void)state;
    float left, right;
    for (int i = -100; i <= 100; i++) {
        double t = (i / 100.0 + 1) * acos(-1) / 4;
        pan_gains(1, i / 100.0, &left, &right);
        assert_true(fabs((double)left - pow(fabs(cos(t)), 1.5)) < 1e-7);
        assert_true(fabs((double)right - pow(fabs(sin(t)), 1.5)) < 1e-7);
    }
    pan_gains(1, -1, &left, &right);
    assert_true(left == 1 && right == 0);
    pan_gains(1, 1, &left, &right);
    assert_true(left == 0 && right == 1);
    pan_gains(1, 0, &left, &right);
    assert_true(left == right && fabs(20 * log10((double)left) + 4.515) < 0.001);
}

static void stereo_is_balanced(void **state)
{
    (void)state;
    float left, right;
    for (int i = -4; i <= 4; i++) {
        double pan = i / 4.0;
        pan_gains(2, pan, &left, &right);
        assert_true(left == (float)(pan > 0 ? 1 - pan : 1));
        assert_true(right == (float)(pan < 0 ? 1 + pan : 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_keeps_the_law), cmocka_unit_test(avx2_keeps_the_law),
        cmocka_unit_test(variants_scale_and_add_alike), cmocka_unit_test(variants_multiply_and_sum_alike),
        cmocka_unit_test(cuts_change_nothing), cmocka_unit_test(mono_pans_by_the_law), cmocka_unit_test(stereo_is_balanced),
    };
    fill();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
