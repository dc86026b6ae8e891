/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conformance by render, levels: where a clip lands, its fades, gain and pan, conversion. The sound of a constant 1 is the gain. */
#include "config.h"

#include "rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { AT = 1234, LENGTH = 24000 };

static double noise(int64_t frame, unsigned channel)
{
    uint32_t x = (uint32_t)frame * 2654435761u + channel * 40503u + 12345u;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    return (double)(int16_t)(x & 0xffff) / 32768;
}

static void a_16_bit_clip_lands_on_its_frame_bit_exact(void **state)
{
    (void)state;
    rig_media_s16("noise.wav", RIG_RATE, 2, LENGTH, noise);
    rig_session("", "{ row = 1; column = 1; file = \"noise.wav\"; }");
    struct rig_sound sound = rig_render("1234f press 1/1/1\n", "--format s16 --dither off");
    for (int64_t i = RIG_PROTECTION; i < LENGTH - RIG_PROTECTION; i++)
        for (unsigned c = 0; c < 2; c++)
            assert_true(rig_at(&sound, AT + i, c) == (float)(noise(i, c) * 32768));
    /* The fade there is P11's: linear, n/48 in at frame n, 1 - n/48 out (full at its first frame). */
    for (int64_t n = 0; n < RIG_PROTECTION; n++)
        for (unsigned c = 0; c < 2; c++) {
            double in = noise(n, c) * 32768 * (double)n / RIG_PROTECTION;
            double out = noise(LENGTH - RIG_PROTECTION + n, c) * 32768 * (1 - (double)n / RIG_PROTECTION);
            assert_true(fabs(rig_at(&sound, AT + n, c) - in) <= 0.502);
            assert_true(fabs(rig_at(&sound, AT + LENGTH - RIG_PROTECTION + n, c) - out) <= 0.502);
        }
    assert_true(rig_peak(&sound, 0, AT, 0) == 0 && rig_peak(&sound, AT + LENGTH, sound.frames, 0) == 0);
    for (unsigned c = 2; c < RIG_CHANNELS; c++)
        assert_true(rig_peak(&sound, 0, sound.frames, c) == 0);
    rig_clear(&sound);
}

static void a_mono_clip_at_the_centre_is_4_5_db_down(void **state)
{
    (void)state;
    rig_media_f32("one.wav", RIG_RATE, 1, LENGTH, rig_one);
    rig_session("", "{ row = 1; column = 1; file = \"one.wav\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n", "");
    for (unsigned c = 0; c < 2; c++)
        assert_true(fabs(20 * log10(rig_at(&sound, LENGTH / 2, c)) + 4.5) <= 0.02);
    rig_clear(&sound);
}

static void a_mono_clip_hard_left_is_full_there_and_silent_right(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"one.wav\"; pan = -1; }, { row = 1; column = 2; file = \"one.wav\"; pan = 1; group = \"B\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n0 press 1/1/2\n", "");
    assert_true(rig_at(&sound, LENGTH / 2, 0) == 1);
    assert_true(rig_peak(&sound, 0, sound.frames, 1) == 0);
    assert_true(rig_peak(&sound, 0, sound.frames, 2) == 0);
    assert_true(rig_at(&sound, LENGTH / 2, 3) == 1);
    rig_clear(&sound);
}

static void mono_pan_follows_its_law(void **state)
{
    (void)state;
    for (int step = -4; step <= 4; step++) {
        double p = step / 4.0, t = (p + 1) * acos(-1) / 4;
        char clips[200];
        snprintf(clips, sizeof clips, "{ row = 1; column = 1; file = \"one.wav\"; pan = %.2f; }", p);
        rig_session("", clips);
        struct rig_sound sound = rig_render("0 press 1/1/1\n", "");
        assert_true(fabs(rig_at(&sound, LENGTH / 2, 0) - pow(cos(t), 1.5)) < 1e-6);
        assert_true(fabs(rig_at(&sound, LENGTH / 2, 1) - pow(fabs(sin(t)), 1.5)) < 1e-6);
        rig_clear(&sound);
    }
}

static void stereo_pan_is_balance(void **state)
{
    (void)state;
    rig_media_f32("two.wav", RIG_RATE, 2, LENGTH, rig_one);
    rig_session("", "{ row = 1; column = 1; file = \"two.wav\"; pan = 0.25; }, { row = 1; column = 2; file = \"two.wav\"; pan = -0.75; group = \"B\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n0 press 1/1/2\n", "");
    assert_true(rig_at(&sound, LENGTH / 2, 0) == 0.75f && rig_at(&sound, LENGTH / 2, 1) == 1);
    assert_true(rig_at(&sound, LENGTH / 2, 2) == 1 && rig_at(&sound, LENGTH / 2, 3) == 0.25f);
    rig_clear(&sound);
}

static void gains_of_clip_and_group_multiply(void **state)
{
    (void)state;
    rig_session("{ gain = -6; }", "{ row = 1; column = 1; file = \"two.wav\"; gain = -12.5; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n", "");
    assert_true(fabs(20 * log10(rig_at(&sound, LENGTH / 2, 0)) + 18.5) < 1e-4);
    rig_clear(&sound);
}

static void a_30_ms_linear_fade_in_is_n_of_1440(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"two.wav\"; fade_in = 0.03; fade_in_curve = \"linear\"; }");
    struct rig_sound sound = rig_render("1234f press 1/1/1\n", "");
    for (int n = 0; n <= 1440; n++)
        assert_true(fabs(rig_at(&sound, AT + n, 0) - n / 1440.0) <= 1e-6);
    rig_clear(&sound);
}

static double curve(const char *name, double x)
{
    double pi = acos(-1);
    return !strcmp(name, "linear") ? x : !strcmp(name, "log") ? log10(1 + 9 * x) : !strcmp(name, "exponential") ? (pow(10, x) - 1) / 9
        : !strcmp(name, "s-curve") ? (1 - cos(pi * x)) / 2 : sin(pi * x / 2);
}

static void every_curve_in_and_out(void **state)
{
    (void)state;
    static const char *const names[] = {"linear", "log", "exponential", "s-curve", "equal-power"};
    for (size_t k = 0; k < 5; k++) {
        char clips[300];
        snprintf(clips, sizeof clips, "{ row = 1; column = 1; file = \"two.wav\"; fade_in = 0.1; fade_in_curve = \"%s\"; fade_out = 0.05; "
                 "fade_out_curve = \"%s\"; }", names[k], names[k]);
        rig_session("", clips);
        struct rig_sound sound = rig_render("0 press 1/1/1\n10000f stop 1/1/1\n", "");
        for (int n = 0; n < 4800; n++)
            assert_true(fabs(rig_at(&sound, n, 0) - curve(names[k], n / 4800.0)) < 2e-6);
        for (int n = 0; n < 2400; n++)
            assert_true(fabs(rig_at(&sound, 10000 + n, 0) - curve(names[k], 1 - n / 2400.0)) < 2e-6);
        assert_true(rig_peak(&sound, 12400, sound.frames, 0) == 0);
        rig_clear(&sound);
    }
}

static void a_stop_in_a_fade_in_goes_from_the_level_it_has(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"two.wav\"; fade_in = 0.1; fade_out = 0.01; fade_in_curve = \"linear\"; fade_out_curve = \"linear\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n1200f stop all\n", "");
    for (int n = 0; n < 480; n++)
        assert_true(fabs(rig_at(&sound, 1200 + n, 0) - 0.25 * (1 - n / 480.0)) < 1e-6);
    assert_true(rig_peak(&sound, 1680, sound.frames, 0) == 0);
    rig_clear(&sound);
}

static void a_natural_end_fades_over_fade_end(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"two.wav\"; fade_end = 0.1; fade_out_curve = \"s-curve\"; out = 20000; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n", "");
    assert_true(rig_at(&sound, 15199, 0) == 1);
    for (int r = 1; r <= 4800; r++)
        assert_true(fabs(rig_at(&sound, 20000 - r, 0) - curve("s-curve", r / 4800.0)) < 2e-6);
    assert_true(rig_peak(&sound, 20000, sound.frames, 0) == 0);
    rig_clear(&sound);
}

static double sine_1k(int64_t frame, unsigned channel)
{
    return 0.5 * sin(2 * acos(-1) * (channel ? 9000 : 1000) * (double)frame / 44100);
}

/* Fits a sine of this frequency by least squares over whole periods. Return: its amplitude; *rest: RMS of what is not it. */
static double fit(const struct rig_sound *sound, unsigned channel, double hertz, double *rest)
{
    double c = 0, s = 0, sum = 0;
    int64_t from = 4800, count = 9600;
    for (int64_t i = 0; i < count; i++) {
        double angle = 2 * acos(-1) * hertz * (double)i / RIG_RATE, x = rig_at(sound, from + i, channel);
        c += x * cos(angle) * 2 / (double)count;
        s += x * sin(angle) * 2 / (double)count;
    }
    for (int64_t i = 0; i < count; i++) {
        double angle = 2 * acos(-1) * hertz * (double)i / RIG_RATE, x = rig_at(sound, from + i, channel);
        sum += pow(x - c * cos(angle) - s * sin(angle), 2);
    }
    *rest = sqrt(sum / (double)count);
    return hypot(c, s);
}

static void another_rate_is_converted_with_a_residue_under_100_db(void **state)
{
    (void)state;
    rig_media_f32("sine44.wav", 44100, 2, 22050, sine_1k);
    rig_session("", "{ row = 1; column = 1; file = \"sine44.wav\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n", "");
    for (unsigned c = 0; c < 2; c++) {
        double rest, amplitude = fit(&sound, c, c ? 9000 : 1000, &rest);
        assert_true(fabs(20 * log10(amplitude / 0.5)) < 0.1);
        assert_true(20 * log10(rest / (amplitude / sqrt(2))) < -100);
    }
    /* 22,050 frames of 44.1 kHz are 24,000 of 48 kHz. */
    assert_true(rig_at(&sound, 23990, 0) != 0 && rig_peak(&sound, 24000, sound.frames, 0) == 0);
    rig_clear(&sound);
}

static double big_frame(int64_t frame, unsigned channel)
{
    return channel ? -(double)frame / (1 << 20) : (double)frame / (1 << 20);
}

static void in_and_out_are_frames_of_the_file(void **state)
{
    (void)state;
    rig_media_f32("count.wav", RIG_RATE, 2, 48000, big_frame);
    rig_session("", "{ row = 1; column = 1; file = \"count.wav\"; in = 1000; out = 9000; }");
    struct rig_sound sound = rig_render("100f press 1/1/1\n", "");
    for (int64_t i = RIG_PROTECTION; i < 8000 - RIG_PROTECTION; i++)
        assert_true(rig_at(&sound, 100 + i, 0) == (float)big_frame(1000 + i, 0));
    assert_true(rig_peak(&sound, 8100, sound.frames, 0) == 0);
    rig_clear(&sound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_16_bit_clip_lands_on_its_frame_bit_exact), cmocka_unit_test(a_mono_clip_at_the_centre_is_4_5_db_down),
        cmocka_unit_test(a_mono_clip_hard_left_is_full_there_and_silent_right), cmocka_unit_test(mono_pan_follows_its_law),
        cmocka_unit_test(stereo_pan_is_balance), cmocka_unit_test(gains_of_clip_and_group_multiply),
        cmocka_unit_test(a_30_ms_linear_fade_in_is_n_of_1440), cmocka_unit_test(every_curve_in_and_out),
        cmocka_unit_test(a_stop_in_a_fade_in_goes_from_the_level_it_has), cmocka_unit_test(a_natural_end_fades_over_fade_end),
        cmocka_unit_test(another_rate_is_converted_with_a_residue_under_100_db), cmocka_unit_test(in_and_out_are_frames_of_the_file),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
