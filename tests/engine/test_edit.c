/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits of clips that sound, clips that go, and who owns their parameters. */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LONG = 200000 };

static struct rig *open_with(struct clip_params *params)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    *params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, params);
    return rig;
}

static void gain_and_pan_move_in_5_ms(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    rig_press(rig, 0, 0);
    params.gain_lin = 0.5f;
    rig_install(rig, 1000, 0, &params);
    params.pan = 1;
    rig_install(rig, 1120, 0, &params);         /* half way there */
    rig_run(rig, 3000);
    for (uint64_t n = 0; n < 120; n++)
        assert_true(fabs(rig_sample(rig, 0, 1000 + n, 0) - 0.5 * (1 - 0.5 * (double)n / 240)) < 1e-6);
    for (uint64_t n = 0; n < 240; n++) {
        assert_true(fabs(rig_sample(rig, 0, 1120 + n, 0) - 0.375 * (1 - (double)n / 240)) < 1e-6);
        assert_true(fabs(rig_sample(rig, 0, 1120 + n, 1) - (0.375 - 0.125 * (double)n / 240)) < 1e-6);
    }
    assert_true(rig_sample(rig, 0, 2000, 0) == 0);
    assert_true(rig_sample(rig, 0, 2000, 1) == 0.25f);
    rig_close(rig);
}

static void a_new_fade_out_holds_from_the_next_stop(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    rig_press(rig, 0, 0);
    params.fade_out_s = 0.1;
    rig_install(rig, 1000, 0, &params);
    rig_press(rig, 2000, 0);
    params.fade_out_s = 1;
    rig_install(rig, 3000, 0, &params);         /* too late for the fade under way */
    rig_run(rig, 10000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 6800);
    rig_close(rig);
}

static void a_new_press_rule_holds_at_the_next_press(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    rig_press(rig, 0, 0);
    params.press = CLIP_PRESS_IGNORE;
    rig_install(rig, 1000, 0, &params);
    uint32_t press = rig_press(rig, 2000, 0);
    rig_run(rig, 3000);
    assert_int_equal(rig_result(rig, press, NULL), RESULT_IGNORED);
    rig_close(rig);
}

static void a_new_group_holds_at_the_next_start(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    rig_press(rig, 0, 0);
    params.group = 2;
    rig_install(rig, 1000, 0, &params);
    rig_press(rig, 20000, 0);
    rig_press(rig, 30000, 0);
    rig_run(rig, 40000);
    assert_true(rig_sample(rig, 0, 19000, 0) == 0.5f);
    assert_true(rig_sample(rig, 2, 19000, 0) == 0);
    assert_true(rig_sample(rig, 2, 34000, 0) == 0.5f);
    rig_close(rig);
}

static void a_new_end_fade_holds_unless_one_is_under_way(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct clip_params params;
        struct rig *rig = open_with(&params);
        params.out_frames = 20000;
        params.fade_end_s = late ? 0.1 : 0;
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 0, 0);
        params.fade_end_s = 0.2;                /* 9600 frames; when it is told, 4000 are left */
        rig_install(rig, 16000, 0, &params);
        rig_run(rig, 20001);
        for (int left = 4000; left >= 1; left--)
            assert_true(fabs(rig_sample(rig, 0, (uint64_t)(20000 - left), 0) - 0.5 * left / (late ? 4800 : 4000)) < 1e-6);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 20000);
        rig_close(rig);
    }
}

static void an_edit_can_end_a_loop_at_any_frame_without_a_click(void **state)
{
    (void)state;
    for (uint64_t at = 2900; at <= 3100; at += 7) {
        struct clip_params params;
        struct rig *rig = open_with(&params);
        params.out_frames = 1000;
        params.mode = CLIP_LOOP;
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 0, 0);
        params.mode = CLIP_ONCE;
        rig_install(rig, at, 0, &params);
        rig_run(rig, 6000);
        uint64_t end = rig_last_event(rig, EVENT_END, 0)->frame, left = 3000 - at;
        assert_int_equal(end, at >= 3000 ? (at == 3000 ? 3048 : 4000) : left < 48 ? at + 48 : 3000);
        for (uint64_t f = 100; f < 6000; f++)
            assert_true(fabsf(rig_sample(rig, 0, f, 0) - rig_sample(rig, 0, f - 1, 0)) <= 0.5f / 48 + 1e-6f);
        rig_close(rig);
    }
}

/* A seam made longer when less than that is left begins at once, as long as what is left. */
static void a_new_seam_holds_from_the_next_one(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    rig_load(rig, 1, CLIPMEM_S16, 2, 10000, rig_count);
    params.medium = 1;
    params.mode = CLIP_LOOP;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    params.seam_s = 0.01;
    rig_install(rig, 9900, 0, &params);
    rig_run(rig, 9900 + 9520 + 480 + 100);
    for (int64_t n = 0; n < 9520 + 480; n++) {
        double want = rig_count(n, 0);
        if (n < 100)
            want = want * (double)n / 100 + rig_count(9900 + n, 0) * (1 - (double)n / 100);
        if (n >= 9520)
            want = want * (1 - (double)(n - 9520) / 480) + rig_count(n - 9520, 0) * (double)(n - 9520) / 480;
        assert_true(fabs(rig_sample(rig, 0, (uint64_t)(9900 + n), 0) - want / 32768) < 1e-6);
    }
    rig_close(rig);
}

static const struct event *end_of(const struct rig *rig, uint64_t voice)
{
    for (unsigned i = 0; i < rig->events; i++)
        if (rig->event[i].type == EVENT_END && rig->event[i].voice == voice)
            return &rig->event[i];
    fail();
    return NULL;
}

/* What comes into its place finds none of its voices: no gain, no fade, no restart reaches them. */
static void a_clip_that_goes_fades_with_the_fade_it_had(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    params.fade_out_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_install(rig, 1000, 0, NULL);
    uint32_t gone = rig_press(rig, 1001, 0);
    params.press = CLIP_PRESS_RESTART;
    params.gain_lin = 0.25f;
    params.group = 1;
    rig_install(rig, 2000, 0, &params);
    uint32_t new = rig_press(rig, 2001, 0);
    rig_fade(rig, 2500, TARGET_CLIP, 0, 0.5f, 0);
    rig_press(rig, 3000, 0);
    rig_run(rig, 7000);
    assert_int_equal(rig_result(rig, gone, NULL), RESULT_NO_CLIP);
    assert_int_equal(rig_result(rig, new, NULL), RESULT_OK);
    assert_int_equal(end_of(rig, 1)->frame, 5800);
    assert_int_equal(end_of(rig, 1)->cause, END_CLIP_GONE);
    for (uint64_t n = 0; n < 4800; n++)
        assert_true(fabs(rig_sample(rig, 0, 1000 + n, 0) - 0.5 * (1 - (double)n / 4800)) < 1e-6);
    assert_int_equal(end_of(rig, 2)->frame, 3240);
    rig_close(rig);
}

static void panic_reaches_the_tail_of_a_clip_that_is_gone(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    params.fade_out_s = 10;
    params.fade_out_curve = FADE_EXPONENTIAL;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_install(rig, 1000, 0, NULL);
    rig_do(rig, 1000, OP_PANIC, 0);
    rig_run(rig, 60000);
    assert_int_equal(end_of(rig, 1)->frame, 49000);
    assert_true(fabs(rig_sample(rig, 0, 25000, 0) - 0.5 * (pow(10, 0.5) - 1) / 9) < 1e-6);
    rig_close(rig);
}

static void a_clip_that_goes_while_it_waits_starts_never(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    params.medium = 1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_install(rig, 100, 0, NULL);
    rig_run(rig, 200);
    rig_load(rig, 1, CLIPMEM_S16, 2, 1000, rig_half);
    rig_run(rig, 1000);
    assert_int_equal(rig_count_events(rig, EVENT_START, -1), 0);
    assert_false(engine_sounding_rt(rig->engine));
    rig_close(rig);
}

/* Parameters come back once, and only when no voice reads their medium. */
static void parameters_come_back_when_nothing_holds_them(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_run(rig, 64);
    assert_int_equal(rig->retired, 1);          /* nothing sounds: at once */
    params.fade_out_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 1000, 0);
    rig_run(rig, 1100);
    assert_int_equal(rig->retired, 2);
    rig_install(rig, 1200, 0, &params);
    rig_install(rig, 1300, 0, NULL);            /* replaced and never used: the voice holds what it started with */
    rig_run(rig, 1300 + 4700);
    assert_int_equal(rig->retired, 3);
    rig_run(rig, 1300 + 4900);
    assert_int_equal(rig->retired, 4);
    rig_close(rig);                             /* the sanitizers tell what was lost or freed twice */
}

static void an_engine_freed_in_full_flight_frees_all(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_with(&params);
    rig_press(rig, 0, 0);
    rig_run(rig, 100);
    rig_install(rig, ENGINE_NOW, 0, &params);   /* held by the voice */
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_run(rig, 200);
    rig_install(rig, 100000, 2, &params);       /* waits for its frame */
    rig_run(rig, 300);
    rig_install(rig, ENGINE_NOW, 3, &params);   /* in the ring */
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gain_and_pan_move_in_5_ms), cmocka_unit_test(a_new_fade_out_holds_from_the_next_stop),
        cmocka_unit_test(a_new_press_rule_holds_at_the_next_press), cmocka_unit_test(a_new_group_holds_at_the_next_start),
        cmocka_unit_test(a_new_end_fade_holds_unless_one_is_under_way),
        cmocka_unit_test(an_edit_can_end_a_loop_at_any_frame_without_a_click),
        cmocka_unit_test(a_new_seam_holds_from_the_next_one),
        cmocka_unit_test(a_clip_that_goes_fades_with_the_fade_it_had),
        cmocka_unit_test(panic_reaches_the_tail_of_a_clip_that_is_gone),
        cmocka_unit_test(a_clip_that_goes_while_it_waits_starts_never),
        cmocka_unit_test(parameters_come_back_when_nothing_holds_them),
        cmocka_unit_test(an_engine_freed_in_full_flight_frees_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
