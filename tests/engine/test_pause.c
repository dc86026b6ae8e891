/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pause and resume (SPEC P3, P6): every sample is heard, in its order, and nothing clicks. */
#include "config.h"

#include "paused.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* What the fade-out took is followed by what the fade-in gives: no sample is left out, none comes twice. */
static void it_goes_on_at_the_very_sample(void **state)
{
    (void)state;
    static const uint32_t cuts[][4] = {{64, 0}, {1, 0}, {7, 501, 33, 0}, {4096, 0}};
    for (unsigned i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct clip_params params;
        struct rig *rig = paused_open(&params, cuts[i]);
        rig_press(rig, 0, 0);
        paused_pause(rig, 1000);
        paused_resume(rig, 5000);
        rig_run(rig, 9000);
        paused_plays(rig, N1, 1000 - N1, N1);
        for (uint64_t n = 0; n < N1; n++) {
            paused_near(rig, 1000 + n, paused_wave(1000 + (int64_t)n) * (1 - (double)n / N1));
            paused_near(rig, 5000 + n, paused_wave(1000 + N1 + (int64_t)n) * (double)n / N1);
        }
        paused_silent(rig, 1000 + N1, 5000);
        paused_plays(rig, 5000 + N1, 3900, 1000 + 2 * N1);
        rig_run(rig, FRAMES + 4000);
        const struct event *end = rig_last_event(rig, EVENT_END, 0);
        assert_int_equal(end->frame, FRAMES + 4000 - N1);
        assert_int_equal(end->heard_frames, FRAMES);
        rig_close(rig);
    }
}

static void a_press_pauses_and_resumes_in_turn(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    params.press = CLIP_PRESS_PAUSE;
    rig_install(rig, ENGINE_NOW, 0, &params);
    for (uint64_t f = 0; f <= 6000; f += 2000)
        rig_press(rig, f, 0);
    rig_run(rig, 3000);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PAUSED), 1);
    assert_int_equal(rig->shown.voices_used, 2);
    rig_run(rig, 7000);
    paused_plays(rig, 4000 + N1, 2000 - N1, 2000 + 2 * N1);
    paused_silent(rig, 6000 + N1, 7000);
    assert_int_equal(rig_count_events(rig, EVENT_START, 0), 1);
    rig_close(rig);
}

/* Whatever its press property says. */
static void a_press_on_a_paused_clip_resumes_it(void **state)
{
    (void)state;
    for (int press = CLIP_PRESS_STOP; press <= CLIP_PRESS_PAUSE; press++) {
        struct clip_params params;
        struct rig *rig = paused_open(&params, NULL);
        params.press = (uint8_t)press;
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 0, 0);
        paused_pause(rig, 1000);
        rig_press(rig, 3000, 0);
        rig_run(rig, 4000);
        paused_plays(rig, 3000 + N1, 900, 1000 + 2 * N1);
        assert_int_equal(rig_count_events(rig, EVENT_START, 0), 1);
        rig_close(rig);
    }
}

static void play_starts_at_in_and_never_resumes(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    rig_press(rig, 0, 0);
    paused_pause(rig, 1000);
    rig_do(rig, 3000, OP_PLAY, 0);
    rig_run(rig, 4000);
    for (uint64_t n = 0; n < N1; n++)           /* nothing sounds that it could cross-fade with: the protection alone */
        paused_near(rig, 3000 + n, paused_wave((int64_t)n) * (double)n / N1);
    paused_plays(rig, 3000 + N1, 900, N1);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_RESTART);
    assert_int_equal(rig->shown.voices_used, 2);
    rig_close(rig);
}

/* A pause taken back while it fades out: nothing stood, and nothing moves. */
static void a_resume_within_the_fade_loses_nothing(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    rig_press(rig, 0, 0);
    paused_pause(rig, 1000);
    paused_resume(rig, 1024);
    rig_run(rig, 3000);
    for (uint64_t n = 0; n < N1; n++)
        paused_near(rig, 1024 + n, paused_wave(1024 + (int64_t)n) * (0.5 + 0.5 * (double)n / N1));
    paused_plays(rig, 1024 + N1, 1500, 1024 + N1);
    rig_close(rig);
}

static void its_own_fades_stand_with_it(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    rig_load(rig, 1, CLIPMEM_S16, 2, 12000, rig_half);
    params.medium = 1;
    params.fade_in_s = 0.1;                     /* 4800 frames */
    params.fade_end_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    paused_pause(rig, 2400 - N1);
    paused_resume(rig, 10000);                    /* at 2400 of its own */
    paused_pause(rig, 10000 + 7200 - N1);         /* half way down, at 9600 */
    paused_resume(rig, 30000);
    rig_run(rig, 40000);
    for (uint64_t n = N1; n < 2400; n += 100)
        paused_near(rig, 10000 + n, 0.5 * (2400 + (double)n) / 4800);
    paused_near(rig, 10000 + 4800, 0.5);
    for (uint64_t n = N1; n < 2400; n += 100)
        paused_near(rig, 30000 + n, 0.5 * (2400 - (double)n) / 4800);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 32400);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->heard_frames, 12000);
    rig_close(rig);
}

static void live_fades_and_edits_go_on_meanwhile(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    rig_load(rig, 1, CLIPMEM_S16, 2, FRAMES, rig_half);
    params.medium = 1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_fade(rig, 1000, TARGET_CLIP, 0, 0.5f, 0.1);     /* until 5800 */
    paused_pause(rig, 2000);
    params.gain_lin = 0.5f;
    rig_install(rig, 2500, 0, &params);
    paused_resume(rig, 3400);
    rig_run(rig, 8000);
    paused_near(rig, 3400 + N1, 0.25 * (1 - 0.5 * (2400 + N1) / 4800));
    paused_near(rig, 6000, 0.125);
    rig_close(rig);
}

/* A fade to silence ends it on time, paused or not. */
static void a_fade_to_silence_ends_what_is_paused(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    rig_press(rig, 0, 0);
    paused_pause(rig, 1000);
    rig_run(rig, 1500);
    assert_true(engine_endless_rt(rig->engine));
    rig_fade(rig, 2000, TARGET_ALL, 0, 0, 0.1);
    rig_run(rig, 3000);
    assert_false(engine_endless_rt(rig->engine));
    rig_run(rig, 10000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 6800);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_STOP);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->heard_frames, 1000 + N1);
    rig_close(rig);
}

static void what_is_paused_ends_at_once(void **state)
{
    (void)state;
    static const enum op_type ends[] = {OP_STOP, OP_PANIC, OP_SILENCE, OP_CLIP};
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct clip_params params;
        struct rig *rig = paused_open(&params, NULL);
        params.fade_out_s = 1;
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 0, 0);
        paused_pause(rig, 1000);
        rig_do(rig, 2000, ends[i], 0);
        rig_run(rig, 3000);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 2000);
        paused_silent(rig, 1000 + N1, 3000);
        rig_close(rig);
    }
}

/* Told to end within the fade of the pause: that fade is its last. */
static void a_stop_within_the_fade_ends_with_it(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    params.fade_out_s = 1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    paused_pause(rig, 1000);
    rig_stop(rig, 1010, TARGET_CLIP, 0);
    rig_run(rig, 3000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 1000 + N1);
    paused_silent(rig, 1000 + N1, 3000);
    rig_close(rig);
}

static void tails_are_not_paused(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    params.fade_out_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 1000, 0);
    paused_do(rig, 1500, OP_PAUSE, TARGET_ALL, 0);
    rig_run(rig, 9000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 5800);
    rig_close(rig);
}

static void a_loop_keeps_its_pass_and_its_seam(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL), *calm = paused_open(&params, NULL);
    params.mode = CLIP_LOOP;
    params.loops = 3;
    params.out_frames = 5000;
    params.seam_s = 0.01;                       /* 480 frames: passes begin at 0, 4520, 9040 */
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_install(calm, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_press(calm, 0, 0);
    paused_pause(rig, 4700 - N1);                 /* stands within the seam */
    paused_resume(rig, 20000);
    rig_run(rig, 40000);
    rig_run(calm, 40000);
    for (uint64_t n = N1; n < 14040 - 4700; n++)
        assert_true(fabsf(rig_sample(rig, 0, 20000 + n, 0) - rig_sample(calm, 0, 4700 + n, 0)) < 1e-6f);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 14040 + 20000 - 4700);
    rig_close(rig);
    rig_close(calm);
}

static void a_paused_clip_that_is_sought_stands_at_the_new_place(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    rig_press(rig, 0, 0);
    paused_pause(rig, 1000);
    rig_post(rig, (struct op){.type = OP_SEEK, .frame = 1010, .entry = {.kind = ENTRY_FRAME, .frames = 20000}});
    rig_post(rig, (struct op){.type = OP_SEEK, .frame = 2000, .entry = {.kind = ENTRY_FRAME, .frames = 50000}});
    rig_run(rig, 3000);
    for (uint64_t n = 0; n < N1 - 10; n++)      /* what it was fades out with the pause */
        assert_true(fabsf(rig_sample(rig, 0, 1010 + n, 0)) <=
                    fabsf(paused_wave(1010 + (int64_t)n)) * (float)(38 - n) / N1 + 1e-6f);
    paused_silent(rig, 1000 + N1, 3000);
    assert_int_equal(rig->shown.voice[0].position_frames, 50000);
    assert_int_equal(rig->shown.voice[0].kind, STATE_VOICE_PAUSED);
    paused_resume(rig, 3000);
    rig_run(rig, 5000);
    for (uint64_t n = 0; n < N1; n++)
        paused_near(rig, 3000 + n, paused_wave(50000 + (int64_t)n) * (double)n / N1);
    paused_plays(rig, 3000 + N1, 1500, 50000 + N1);
    rig_close(rig);
}

static void release_of_a_paused_loop_holds_when_it_goes_on(void **state)
{
    (void)state;
    for (int64_t left = 1; left <= 4000; left += left < 100 ? 7 : 900) {
        struct clip_params params;
        struct rig *rig = paused_open(&params, NULL);
        params.mode = CLIP_LOOP;
        params.out_frames = 5000;
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 0, 0);
        paused_pause(rig, (uint64_t)(5000 - left - N1));
        uint32_t release = rig_do(rig, 6000, OP_RELEASE, 0);
        paused_resume(rig, 7000);
        rig_run(rig, 15000);
        assert_int_equal(rig_result(rig, release, NULL), RESULT_OK);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 7000 + left);
        rig_close(rig);
    }
}

/* It holds its place: it is protected from being stolen, and counts in every limit. */
static void a_paused_voice_keeps_its_slot(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    for (uint16_t i = 1; i < 26; i++)
        rig_install(rig, ENGINE_NOW, i, &params);
    for (uint16_t i = 0; i < 24; i++)
        rig_press(rig, 100, i);
    paused_do(rig, 200, OP_PAUSE, TARGET_ALL, 0);
    uint32_t full = rig_press(rig, 1000, 24);
    rig_stop(rig, 1001, TARGET_CLIP, 3);
    uint32_t room = rig_press(rig, 1002, 24);
    rig_run(rig, 2000);
    assert_int_equal(rig_result(rig, full, NULL), RESULT_POOL_FULL);
    assert_int_equal(rig_result(rig, room, NULL), RESULT_OK);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PAUSED), 23);
    assert_int_equal(rig->shown.voices_used, 48);
    rig_close(rig);
}

static void choke_ends_what_is_paused(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    params.fade_out_s = 1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_group(rig, ENGINE_NOW, 0, true, 2);
    rig_press(rig, 0, 0);
    paused_pause(rig, 1000);
    rig_press(rig, 2000, 1);
    rig_run(rig, 2500);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 2000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_CHOKE);
    assert_int_equal(rig->shown.voices_used, 2);
    rig_close(rig);
}

/* A clip that waits for its medium is held back, and starts when it is resumed. */
static void a_waiting_clip_is_held_back(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    params.medium = 1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    paused_pause(rig, 100);
    rig_run(rig, 640);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PAUSED), 1);
    rig_load(rig, 1, CLIPMEM_S16, 2, FRAMES, rig_count);
    rig_run(rig, 1280);
    assert_int_equal(rig_count_events(rig, EVENT_START, 0), 0);
    paused_resume(rig, 1290);
    rig_run(rig, 3000);
    assert_int_equal(rig_last_event(rig, EVENT_START, 0)->frame, 1344);
    paused_plays(rig, 1344 + N1, 1000, N1);
    rig_close(rig);
}

static void elapsed_and_remaining_stand_still(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = paused_open(&params, NULL);
    rig_press(rig, 0, 0);
    paused_pause(rig, 4800 - N1);
    rig_run(rig, 20000);
    assert_int_equal(rig->shown.voice[0].elapsed_ns, 100000000);
    assert_int_equal(rig->shown.voice[0].position_frames, 4800);
    int64_t remaining = rig->shown.voice[0].remaining_ns;
    assert_true(llabs(remaining - (FRAMES - 4800) * INT64_C(1000000000) / 48000) < 2);
    paused_resume(rig, 30000);
    rig_run(rig, 34800);
    assert_int_equal(rig->shown.voice[0].elapsed_ns, 200000000);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_at_the_very_sample), cmocka_unit_test(a_press_pauses_and_resumes_in_turn),
        cmocka_unit_test(a_press_on_a_paused_clip_resumes_it), cmocka_unit_test(play_starts_at_in_and_never_resumes),
        cmocka_unit_test(a_resume_within_the_fade_loses_nothing), cmocka_unit_test(its_own_fades_stand_with_it),
        cmocka_unit_test(live_fades_and_edits_go_on_meanwhile), cmocka_unit_test(a_fade_to_silence_ends_what_is_paused),
        cmocka_unit_test(what_is_paused_ends_at_once), cmocka_unit_test(a_stop_within_the_fade_ends_with_it),
        cmocka_unit_test(tails_are_not_paused), cmocka_unit_test(a_loop_keeps_its_pass_and_its_seam),
        cmocka_unit_test(a_paused_clip_that_is_sought_stands_at_the_new_place),
        cmocka_unit_test(release_of_a_paused_loop_holds_when_it_goes_on), cmocka_unit_test(a_paused_voice_keeps_its_slot),
        cmocka_unit_test(choke_ends_what_is_paused), cmocka_unit_test(a_waiting_clip_is_held_back),
        cmocka_unit_test(elapsed_and_remaining_stand_still),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
