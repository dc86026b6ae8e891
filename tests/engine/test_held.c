/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an emergency holds goes on in its place (SPEC S3), and what follows a clip that stands still waits for it (P7). */
#include "config.h"

#include "paused.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void an_emergency_holds_all_and_goes_on_in_place(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    rig_load(rig, 1, CLIPMEM_S16, 2, FRAMES, rig_half);
    params.medium = 1;
    params.group = 1;
    params.fade_out_s = 0.1;
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    rig_press(rig, 2400 - N1, 1);               /* a tail: it stands where 4752 frames are left of its fade */
    uint64_t end = 2400 - N1 + 4800 + 6000 - 2400;
    rig_do(rig, 2400 - N1, OP_EMERGENCY, 0);
    uint32_t press = rig_press(rig, 3000, 0), play = rig_do(rig, 3000, OP_PLAY, 1), audition = rig_do(rig, 3000, OP_AUDITION, 0);
    rig_run(rig, 4000);
    assert_int_equal(rig->shown.emergency, 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PAUSED), 2);
    assert_true(engine_endless_rt(rig->engine));
    rig_do(rig, 6000, OP_EMERGENCY, 0);
    rig_run(rig, 20000);
    assert_int_equal(rig_result(rig, press, NULL), RESULT_EMERGENCY);
    assert_int_equal(rig_result(rig, play, NULL), RESULT_EMERGENCY);
    assert_int_equal(rig_result(rig, audition, NULL), RESULT_EMERGENCY);
    for (unsigned b = 0; b < ENGINE_BUSSES; b++)
        for (uint64_t f = 2400; f < 6000; f++)
            assert_true(rig_sample(rig, b, f, 0) == 0);
    for (uint64_t n = 0; n < 240; n++)
        paused_near(rig, 6000 + n, paused_wave(2400 + (int64_t)n) * (double)n / 240);
    paused_plays(rig, 6240, 10000, 2640);
    assert_int_equal(rig_last_event(rig, EVENT_END, 1)->frame, end);
    assert_true(fabs(rig_sample(rig, 1, end - 2400, 0) - 0.25) < 1e-6);
    assert_int_equal(rig_count_events(rig, EVENT_EMERGENCY, -1), 2);
    assert_int_equal(rig->shown.emergency, 0);
    rig_close(rig);
}

static void what_was_paused_before_stays_paused(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        struct clip_params params;
        struct rig *rig = paused_open(&params, NULL);
        rig_press(rig, 0, 0);
        paused_pause(rig, 1000);
        rig_do(rig, 2000, OP_EMERGENCY, 0);
        if (all)
            paused_do(rig, 3000, OP_RESUME, TARGET_ALL, 0);
        else
            rig_do(rig, 3000, OP_EMERGENCY, 0);
        rig_run(rig, 4000);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PAUSED), !all);
        assert_int_equal(rig->shown.emergency, 0);
        rig_close(rig);
    }
}

static void panic_ends_an_emergency(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    params.fade_out_s = 0.5;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 1000, 0);                    /* its tail is held too */
    rig_press(rig, 1001, 0);
    rig_do(rig, 2000, OP_EMERGENCY, 0);
    rig_do(rig, 3000, OP_PANIC, 0);
    uint32_t press = rig_press(rig, 3001, 0);
    rig_run(rig, 3000 + 64);
    assert_int_equal(rig_count_events(rig, EVENT_END, 0), 2);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_PANIC);
    assert_int_equal(rig_result(rig, press, NULL), RESULT_OK);
    rig_close(rig);
}

static void a_waiting_clip_waits_out_the_emergency(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    params.medium = 1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_do(rig, 100, OP_EMERGENCY, 0);
    rig_run(rig, 640);
    rig_load(rig, 1, CLIPMEM_S16, 2, FRAMES, rig_count);
    rig_run(rig, 1280);
    assert_int_equal(rig_count_events(rig, EVENT_START, 0), 0);
    rig_do(rig, 1290, OP_EMERGENCY, 0);
    rig_run(rig, 3000);
    assert_int_equal(rig_count_events(rig, EVENT_START, 0), 1);
    rig_close(rig);
}

/* --- what follows (test_follow.c) --- */

static struct rig *open_with_follower(double gap_s)
{
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    params.group = 1;
    rig_install(rig, ENGINE_NOW, 1, &params);
    params.group = 0;
    params.out_frames = 10000;
    params.follow = FOLLOW_CLIP;
    params.follow_clip = 1;
    params.follow_gap_s = gap_s;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    return rig;
}

static void a_paused_leader_is_followed_when_it_has_ended(void **state)
{
    (void)state;
    for (uint64_t at = 9000; at < 10000; at += at < 9940 ? 47 : 3) {
        struct rig *rig = open_with_follower(0);
        paused_do(rig, at, OP_PAUSE, TARGET_ALL, 0);
        rig_run(rig, 20000);
        bool ended = at + N1 >= 10000;          /* within the fade: what follows stands in its place */
        assert_int_equal(rig_count_events(rig, EVENT_START, 1), ended);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PAUSED), 1);
        paused_silent(rig, at + 2 * N1, 20000);
        paused_do(rig, 20000, OP_RESUME, TARGET_ALL, 0);
        rig_run(rig, 22000);
        uint64_t start = ended ? 20000 : 20000 + 10000 - at - N1;
        if (!ended)
            assert_int_equal(rig_last_event(rig, EVENT_START, 1)->frame, start);
        for (uint64_t n = N1; n < 500; n++)
            assert_true(rig_sample(rig, 1, start + n, 0) == paused_wave((int64_t)n));
        rig_close(rig);
    }
}

static void a_gap_stands_still(void **state)
{
    (void)state;
    for (int emergency = 0; emergency < 2; emergency++) {
        struct rig *rig = open_with_follower(0.1);      /* 4800 frames, until 14800 */
        paused_do(rig, 12000, emergency ? OP_EMERGENCY : OP_PAUSE, TARGET_ALL, 0);
        paused_do(rig, 30000, emergency ? OP_EMERGENCY : OP_RESUME, TARGET_ALL, 0);
        rig_run(rig, 40000);
        assert_int_equal(rig_last_event(rig, EVENT_START, 1)->frame, 32800);
        rig_close(rig);
    }
}

static void nothing_follows_in_an_emergency(void **state)
{
    (void)state;
    struct rig *rig = open_with_follower(0);
    rig_do(rig, 9990, OP_EMERGENCY, 0);
    rig_run(rig, 20000);
    for (uint64_t f = 9990 + 2 * N1; f < 20000; f++)
        assert_true(rig_sample(rig, 0, f, 0) == 0 && rig_sample(rig, 1, f, 0) == 0);
    rig_do(rig, 20000, OP_EMERGENCY, 0);
    rig_run(rig, 22000);
    for (uint64_t n = N1; n < 240; n++)
        assert_true(fabs(rig_sample(rig, 1, 20000 + n, 0) - paused_wave((int64_t)n) * (double)n / 240) < 2e-6);
    assert_true(rig_sample(rig, 1, 20240, 0) == paused_wave(240));
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_emergency_holds_all_and_goes_on_in_place), cmocka_unit_test(what_was_paused_before_stays_paused),
        cmocka_unit_test(panic_ends_an_emergency), cmocka_unit_test(a_waiting_clip_waits_out_the_emergency),
        cmocka_unit_test(a_paused_leader_is_followed_when_it_has_ended), cmocka_unit_test(a_gap_stands_still),
        cmocka_unit_test(nothing_follows_in_an_emergency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
