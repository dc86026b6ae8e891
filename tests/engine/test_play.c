/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One clip: where it lands, its bits, its pan and its fades (SPEC P9, P11, F2). */
#include "config.h"

#include "bench_rig.h"
#include "pcm/fade.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static double db(double lin)
{
    return 20 * log10(lin);
}

static void a_16_bit_clip_is_bit_exact_but_for_its_protection(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 40000, rig_count);
    struct clip_params params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    uint32_t press = rig_press(rig, 1001, 0);
    rig_run(rig, 45000);
    assert_int_equal(rig_result(rig, press, NULL), RESULT_OK);
    for (uint64_t f = 0; f < 45000; f++) {
        for (unsigned c = 0; c < 2; c++) {
            int64_t n = (int64_t)f - 1001, left = 40000 - n;
            float want = 0;
            if (n >= 0 && left > 0)
                want = (float)rig_count(n, c) / 32768;
            if (n >= 0 && n < 48)
                want *= (float)n / 48;
            if (left > 0 && left <= 48)
                want *= (float)left / 48;
            assert_true(rig_sample(rig, 0, f, c) == want);
            assert_true(rig_sample(rig, 1, f, c) == 0);
        }
    }
    const struct event *start = rig_last_event(rig, EVENT_START, 0), *end = rig_last_event(rig, EVENT_END, 0);
    assert_int_equal(start->frame, 1001);
    assert_int_equal(end->frame, 41001);
    assert_int_equal(end->heard_frames, 40000);
    assert_int_equal(end->cause, END_NATURAL);
    assert_int_equal(end->voice, start->voice);
    rig_close(rig);
}

static void a_float_clip_sounds_as_it_is(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_F32, 2, 20000, rig_count);
    struct clip_params params = rig_params(0);
    params.group = 3;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_run(rig, 20000);
    for (uint64_t f = 48; f < 20000 - 48; f++)
        assert_true(rig_sample(rig, 3, f, 1) == (float)rig_count((int64_t)f, 1) / 32768);
    rig_close(rig);
}

static void mono_is_4_5_db_down_at_the_centre_and_whole_hard_left(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 1, 10000, rig_half);
    struct clip_params params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    params.group = 1;
    params.pan = -1;
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    rig_run(rig, 10000);
    assert_true(fabs(db(rig_sample(rig, 0, 5000, 0) / 0.5) + 4.5) < 0.02);
    assert_true(rig_sample(rig, 0, 5000, 1) == rig_sample(rig, 0, 5000, 0));
    assert_true(rig_sample(rig, 1, 5000, 0) == 0.5f);
    for (uint64_t f = 0; f < 10000; f++)
        assert_true(rig_sample(rig, 1, f, 1) == 0);
    rig_close(rig);
}

static void stereo_has_balance(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 10000, rig_half);
    struct clip_params params = rig_params(0);
    params.pan = 0.25f;
    params.gain_lin = 0.5f;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_run(rig, 10000);
    assert_true(rig_sample(rig, 0, 5000, 0) == 0.5f * 0.5f * 0.75f);
    assert_true(rig_sample(rig, 0, 5000, 1) == 0.5f * 0.5f);
    rig_close(rig);
}

static void a_fade_in_is_its_curve(void **state)
{
    (void)state;
    for (unsigned curve = 0; curve < FADE_CURVES; curve++) {
        struct rig *rig = rig_open(48000, NULL);
        rig_load(rig, 0, CLIPMEM_S16, 2, 10000, rig_half);
        struct clip_params params = rig_params(0);
        params.fade_in_s = 0.03;
        params.fade_in_curve = (uint8_t)curve;
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 100, 0);
        rig_run(rig, 5000);
        for (int n = 0; n < 1440; n++) {
            double x = n / 1440.0;
            double want[] = {x, log10(1 + 9 * x), (pow(10, x) - 1) / 9, (1 - cos(M_PI * x)) / 2, sin(M_PI * x / 2)};
            assert_true(fabs(rig_sample(rig, 0, 100 + (uint64_t)n, 0) * 2 - want[curve]) < 1e-6);
        }
        assert_true(rig_sample(rig, 0, 100 + 1440, 0) == 0.5f);
        rig_close(rig);
    }
}

static void a_fade_out_starts_at_the_level_of_the_moment(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 100000, rig_half);
    struct clip_params params = rig_params(0);
    params.fade_in_s = 1;
    params.fade_out_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 12000, 0);
    rig_run(rig, 20000);
    for (uint64_t n = 0; n < 4800; n++)
        assert_true(fabs(rig_sample(rig, 0, 12000 + n, 0) - 0.5 * 0.25 * (1 - (double)n / 4800)) < 1e-7);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 16800);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_STOP);
    assert_true(rig_sample(rig, 0, 16800, 0) == 0);
    rig_close(rig);
}

static void short_fades_become_the_protection(void **state)
{
    (void)state;
    static const struct { uint32_t rate, frames; } rates[] = {{44100, 44}, {48000, 48}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct rig *rig = rig_open(rates[i].rate, NULL);
        rig_load(rig, 0, CLIPMEM_S16, 2, 100000, rig_half);
        struct clip_params params = rig_params(0);
        params.fade_in_s = params.fade_out_s = 0.0005;
        params.fade_in_curve = params.fade_out_curve = FADE_EXPONENTIAL;
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 0, 0);
        rig_press(rig, 1000, 0);
        rig_run(rig, 2000);
        for (uint32_t n = 0; n < rates[i].frames; n++) {
            assert_true(fabs(rig_sample(rig, 0, n, 0) * 2 - (double)n / rates[i].frames) < 1e-7);
            assert_true(fabs(rig_sample(rig, 0, 1000 + n, 0) * 2 - (1 - (double)n / rates[i].frames)) < 1e-7);
        }
        assert_true(rig_sample(rig, 0, rates[i].frames, 0) == 0.5f);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 1000 + rates[i].frames);
        rig_close(rig);
    }
}

static void the_natural_end_has_its_own_fade(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 30000, rig_half);
    struct clip_params params = rig_params(0);
    params.fade_end_s = 0.1;
    params.fade_end_curve = FADE_EXPONENTIAL;
    params.in_frames = 1000;
    params.out_frames = 21000;
    params.fade_out_s = 0.05;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 30000, 0);
    rig_press(rig, 30000 + 20000 - 1200, 0);        /* a stop inside the end's fade: the two multiply */
    rig_run(rig, 60000);
    for (int r = 4800; r >= 1; r--) {
        double want = 0.5 * (pow(10, r / 4800.0) - 1) / 9;
        assert_true(fabs(rig_sample(rig, 0, (uint64_t)(20000 - r), 0) - want) < 1e-6);
        if (r <= 1200)
            want *= 1 - (1200 - r) / 2400.0;
        assert_true(fabs(rig_sample(rig, 0, (uint64_t)(50000 - r), 0) - want) < 1e-6);
    }
    assert_true(rig_sample(rig, 0, 20000 - 4801, 0) == 0.5f);
    assert_true(rig_sample(rig, 0, 50000, 0) == 0);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 50000);
    rig_close(rig);
}

static void a_clip_told_to_stop_on_its_first_frame_is_over(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 30000, rig_half);
    struct clip_params params = rig_params(0);
    params.fade_out_s = 1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 77, 0);
    rig_press(rig, 77, 0);
    rig_run(rig, 200);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->heard_frames, 0);
    assert_false(engine_sounding_rt(rig->engine));
    rig_close(rig);
}

static void what_is_not_there_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    struct clip_params params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    clipmem_set_state(rig->memory, 0, CLIPMEM_FAILED);
    uint32_t none = rig_press(rig, ENGINE_NOW, 1), past = rig_press(rig, ENGINE_NOW, ENGINE_CLIPS);
    uint32_t failed = rig_press(rig, ENGINE_NOW, 0);
    uint32_t target = rig_stop(rig, ENGINE_NOW, TARGET_CLIP, 5), bus = rig_stop(rig, ENGINE_NOW, TARGET_BUS, 5);
    rig_load(rig, 2, CLIPMEM_S16, 2, 1000, rig_half);
    params.medium = 2;
    params.in_frames = 1000;
    rig_install(rig, ENGINE_NOW, 2, &params);
    uint32_t empty = rig_press(rig, ENGINE_NOW, 2);
    params.in_frames = 0;
    assert_int_equal(clipmem_prepare(rig->memory, 4, CLIPMEM_S16, 2, 96000, 96000, 1000, 1000), 0);
    clipmem_set_state(rig->memory, 4, CLIPMEM_READY);
    params.medium = 4;
    rig_install(rig, ENGINE_NOW, 4, &params);
    uint32_t other_rate = rig_press(rig, ENGINE_NOW, 4);
    rig_run(rig, 64);
    assert_int_equal(rig_result(rig, none, NULL), RESULT_NO_CLIP);
    assert_int_equal(rig_result(rig, past, NULL), RESULT_NO_CLIP);
    assert_int_equal(rig_result(rig, failed, NULL), RESULT_NOT_READY);
    assert_int_equal(rig_result(rig, target, NULL), RESULT_NO_CLIP);
    assert_int_equal(rig_result(rig, bus, NULL), RESULT_NO_CLIP);
    assert_int_equal(rig_result(rig, empty, NULL), RESULT_NOT_READY);
    assert_int_equal(rig_result(rig, other_rate, NULL), RESULT_NOT_READY);
    assert_false(engine_sounding_rt(rig->engine));
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_16_bit_clip_is_bit_exact_but_for_its_protection), cmocka_unit_test(a_float_clip_sounds_as_it_is),
        cmocka_unit_test(mono_is_4_5_db_down_at_the_centre_and_whole_hard_left), cmocka_unit_test(stereo_has_balance),
        cmocka_unit_test(a_fade_in_is_its_curve), cmocka_unit_test(a_fade_out_starts_at_the_level_of_the_moment),
        cmocka_unit_test(short_fades_become_the_protection), cmocka_unit_test(the_natural_end_has_its_own_fade),
        cmocka_unit_test(a_clip_told_to_stop_on_its_first_frame_is_over), cmocka_unit_test(what_is_not_there_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
