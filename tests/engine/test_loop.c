/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops, their seams, and leaving them (SPEC P5). */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { IN = 1234, OUT = 11234, PASS = OUT - IN };

static float sample(int64_t frame)
{
    return (float)rig_count(frame, 0) / 32768;
}

static struct rig *open_with(const uint32_t *periods, unsigned loops, double seam_s)
{
    struct rig *rig = rig_open(48000, periods);
    rig_load(rig, 0, CLIPMEM_S16, 2, 20000, rig_count);
    struct clip_params params = rig_params(0);
    params.mode = CLIP_LOOP;
    params.loops = loops;
    params.seam_s = seam_s;
    params.in_frames = IN;
    params.out_frames = OUT;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 100, 0);
    return rig;
}

/* The last 48 frames before OUT, of which `end` is the first not heard. */
static void assert_protected_end(const struct rig *rig, int64_t end)
{
    for (int64_t left = 48; left >= 1; left--) {
        float want = sample(OUT - left) * (float)left / 48;
        assert_true(fabsf(rig_sample(rig, 0, (uint64_t)(end - left), 0) - want) < 1e-7f);
    }
}

static void n_passes_are_seamless_and_end(void **state)
{
    (void)state;
    struct rig *rig = open_with(NULL, 3, 0);
    rig_run(rig, 100 + 3 * PASS + 100);
    for (int64_t n = 48; n < 3 * PASS - 48; n++)
        assert_true(rig_sample(rig, 0, (uint64_t)(100 + n), 0) == sample(IN + n % PASS));
    assert_protected_end(rig, 100 + 3 * PASS);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 100 + 3 * PASS);
    rig_close(rig);
}

static void for_ever_is_for_ever(void **state)
{
    (void)state;
    struct rig *rig = open_with(NULL, 0, 0);
    rig_run(rig, 20 * PASS);
    assert_true(engine_endless_rt(rig->engine));
    assert_int_equal(rig_shown(rig, STATE_VOICE_LOOPING), 1);
    for (int64_t n = 48; n < 20 * PASS - 100; n++)
        assert_true(rig_sample(rig, 0, (uint64_t)(100 + n), 0) == sample(IN + n % PASS));
    rig_stop(rig, ENGINE_NOW, TARGET_ALL, 0);
    rig_run(rig, 20 * PASS + 1);
    assert_false(engine_endless_rt(rig->engine));
    rig_close(rig);
}

static void a_seam_cross_fades_and_shortens_the_pass(void **state)
{
    (void)state;
    enum { SEAM = 480, STEP = PASS - SEAM };
    struct rig *rig = open_with(NULL, 3, 0.01);
    rig_run(rig, 100 + 3 * PASS);
    for (int64_t n = 48; n < 2 * STEP + PASS - 48; n++) {
        int64_t pass = n / STEP < 2 ? n / STEP : 2, at = n - pass * STEP;
        double want = sample(IN + at);
        if (pass > 0 && at < SEAM)
            want = want * (double)at / SEAM + sample(OUT - SEAM + at) * (1 - (double)at / SEAM);
        assert_true(fabs(rig_sample(rig, 0, (uint64_t)(100 + n), 0) - want) < 1e-6);
    }
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 100 + 2 * STEP + PASS);
    rig_close(rig);
}

static void a_seam_is_at_most_half_of_the_pass(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 301, rig_half);
    struct clip_params params = rig_params(0);
    params.mode = CLIP_LOOP;
    params.loops = 4;
    params.seam_s = 0.01;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_run(rig, 2000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 3 * (301 - 150) + 301);
    for (uint64_t f = 48; f < 3 * 151 + 301 - 48; f++)
        assert_true(fabsf(rig_sample(rig, 0, f, 0) - 0.5f) < 1e-6f);
    rig_close(rig);
}

static void release_makes_the_present_pass_the_last(void **state)
{
    (void)state;
    struct rig *rig = open_with(NULL, 0, 0);
    uint32_t early = rig_do(rig, 50, OP_RELEASE, 0), release = rig_do(rig, 100 + 2 * PASS + 77, OP_RELEASE, 0);
    uint32_t twice = rig_do(rig, 100 + 2 * PASS + 78, OP_RELEASE, 0);
    rig_run(rig, 100 + 4 * PASS);
    assert_int_equal(rig_result(rig, early, NULL), RESULT_NOT_SOUNDING);
    assert_int_equal(rig_result(rig, release, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, twice, NULL), RESULT_NOT_LOOPING);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 100 + 3 * PASS);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_NATURAL);
    assert_protected_end(rig, 100 + 3 * PASS);
    rig_close(rig);
}

/* With less than 1 ms left of the pass the protection still has its 48 frames: past the seam. */
static void a_late_release_is_protected_across_the_seam(void **state)
{
    (void)state;
    for (int64_t left = 0; left < 60; left++) {
        struct rig *rig = open_with(NULL, 0, 0);
        uint64_t release = (uint64_t)(100 + 3 * PASS - left);
        rig_do(rig, release, OP_RELEASE, 0);
        rig_run(rig, 100 + 4 * PASS + 100);
        uint64_t end = rig_last_event(rig, EVENT_END, 0)->frame;
        assert_int_equal(end, left < 48 ? release + 48 : 100 + 3 * PASS);
        for (int64_t n = 0; n < 48; n++) {
            int64_t at = ((int64_t)end - 48 + n - 100) % PASS;
            float want = sample(IN + at) * (float)(48 - n) / 48;
            assert_true(fabsf(rig_sample(rig, 0, end - 48 + (uint64_t)n, 0) - want) < 1e-6f);
        }
        rig_close(rig);
    }
}

static void a_stopped_loop_goes_round_while_it_fades(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 1000, rig_half);
    struct clip_params params = rig_params(0);
    params.mode = CLIP_LOOP;
    params.fade_out_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 2500, 0);
    rig_run(rig, 10000);
    for (uint64_t n = 0; n < 4800; n++)
        assert_true(fabs(rig_sample(rig, 0, 2500 + n, 0) - 0.5 * (1 - (double)n / 4800)) < 1e-6);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 7300);
    rig_close(rig);
}

/* The shortest loops: one frame, less than a millisecond. */
static void tiny_loops_hold_their_level(void **state)
{
    (void)state;
    for (int64_t length = 1; length < 100; length += 9) {
        struct rig *rig = rig_open(48000, NULL);
        rig_load(rig, 0, CLIPMEM_S16, 2, length, rig_half);
        struct clip_params params = rig_params(0);
        params.mode = CLIP_LOOP;
        params.loops = 500;
        params.seam_s = 0.01;
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 0, 0);
        int64_t step = length - length / 2, whole = 499 * step + length;
        rig_run(rig, (uint64_t)whole + 100);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, whole);
        for (int64_t n = 0; n < whole; n++) {
            double want = 0.5;
            if (n < 48)
                want *= n / 48.0;
            if (whole - n < 48)
                want *= (double)(whole - n) / 48;
            assert_true(fabs(rig_sample(rig, 0, (uint64_t)n, 0) - want) < 1e-6);
        }
        rig_close(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(n_passes_are_seamless_and_end), cmocka_unit_test(for_ever_is_for_ever),
        cmocka_unit_test(a_seam_cross_fades_and_shortens_the_pass), cmocka_unit_test(a_seam_is_at_most_half_of_the_pass),
        cmocka_unit_test(release_makes_the_present_pass_the_last),
        cmocka_unit_test(a_late_release_is_protected_across_the_seam),
        cmocka_unit_test(a_stopped_loop_goes_round_while_it_fades), cmocka_unit_test(tiny_loops_hold_their_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
