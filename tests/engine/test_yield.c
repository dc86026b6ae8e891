/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine refuses while load is critical (SPEC S4), and what it does not: what sounds, and what takes its place. */
#include "config.h"

#include "bench_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LONG = 100000 };

static struct rig *open_with_clips(void)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(0);
    for (uint16_t i = 0; i < 4; i++)
        rig_install(rig, ENGINE_NOW, i, &params);
    return rig;
}

static uint32_t yield(struct rig *rig, uint64_t frame, unsigned yields)
{
    return rig_post(rig, (struct op){.type = OP_YIELD, .frame = frame, .clip = (uint16_t)yields});
}

static uint32_t audition(struct rig *rig, uint64_t frame, uint16_t clip)
{
    return rig_do(rig, frame, OP_AUDITION, clip);
}

static void new_voices_are_refused_and_what_sounds_goes_on(void **state)
{
    (void)state;
    struct rig *rig = open_with_clips();
    rig_press(rig, 100, 0);
    yield(rig, 1000, STATE_YIELDS);
    uint32_t refused = rig_press(rig, 1100, 1), played = rig_do(rig, 1200, OP_PLAY, 2);
    yield(rig, 2000, STATE_YIELD_VOICES);
    uint32_t taken = rig_press(rig, 2100, 1);
    rig_run(rig, 3000);
    assert_int_equal(rig_result(rig, refused, NULL), RESULT_OVERLOAD);
    assert_int_equal(rig_result(rig, played, NULL), RESULT_OVERLOAD);
    assert_int_equal(rig_result(rig, taken, NULL), RESULT_OK);
    for (uint64_t frame = 200; frame < 2100; frame++)
        assert_true(rig_sample(rig, 0, frame, 0) == 0.5f);
    assert_true(rig_sample(rig, 0, 2900, 0) == 1.0f);
    rig_close(rig);
}

static void what_sounds_can_be_stopped_paused_and_restarted(void **state)
{
    (void)state;
    struct rig *rig = open_with_clips();
    struct clip_params params = rig_params(0);
    params.press = CLIP_PRESS_RESTART;
    rig_install(rig, ENGINE_NOW, 3, &params);
    rig_press(rig, 100, 0);
    rig_press(rig, 100, 3);
    yield(rig, 1000, STATE_YIELDS);
    uint32_t again = rig_press(rig, 1100, 3);
    uint32_t pause = rig_post(rig, (struct op){.type = OP_PAUSE, .frame = 2000, .target = {TARGET_CLIP, 0}});
    uint32_t resume = rig_press(rig, 3000, 0);
    uint32_t stop = rig_press(rig, 4000, 0);
    rig_run(rig, 6000);
    assert_int_equal(rig_result(rig, again, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, pause, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, resume, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, stop, NULL), RESULT_OK);
    assert_int_equal(rig_count_events(rig, EVENT_START, 3), 2);
    assert_true(rig_sample(rig, 0, 5900, 0) == 0.5f);   /* the restarted one */
    rig_close(rig);
}

static void what_follows_a_voice_starts(void **state)
{
    (void)state;
    struct rig *rig = open_with_clips();
    struct clip_params params = rig_params(0);
    params.out_frames = 5000;
    params.follow = FOLLOW_CLIP;
    params.follow_clip = 1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 100, 0);
    yield(rig, 1000, STATE_YIELDS);
    rig_run(rig, 8000);
    assert_int_equal(rig_count_events(rig, EVENT_START, 1), 1);
    assert_int_equal(rig_last_event(rig, EVENT_START, 1)->frame, 5100);
    assert_true(rig_sample(rig, 0, 7900, 0) == 0.5f);
    rig_close(rig);
}

static void auditions_yield_before_voices_do(void **state)
{
    (void)state;
    struct rig *rig = open_with_clips();
    uint32_t first = audition(rig, 100, 0);
    yield(rig, 1000, STATE_YIELD_VOICES);
    uint32_t other = audition(rig, 1100, 1), press = rig_press(rig, 1200, 2);
    uint32_t off = audition(rig, 2000, 0);
    yield(rig, 3000, STATE_YIELD_PREVIEW);
    uint32_t back = audition(rig, 3100, 1);
    rig_run(rig, 4000);
    assert_int_equal(rig_result(rig, first, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, other, NULL), RESULT_OVERLOAD);
    assert_int_equal(rig_result(rig, press, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, off, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, back, NULL), RESULT_OK);
    assert_true(rig_sample(rig, ENGINE_BUS_AUDITION, 1900, 0) == 0.5f);     /* it sounded on */
    assert_true(rig_sample(rig, ENGINE_BUS_AUDITION, 2900, 0) == 0);
    rig_close(rig);
}

static void a_voice_shows_what_it_takes(void **state)
{
    (void)state;
    struct rig *rig = open_with_clips();
    rig_press(rig, 100, 0);
    rig_run(rig, 4000);
    for (int i = 0; i < STATE_VOICES; i++) {
        const struct state_voice *voice = &rig->shown.voice[i];
        if (voice->kind != STATE_VOICE_PLAYING)
            continue;
        assert_int_equal(voice->memory_kb, (LONG + 1023) / 1024 * 4);
        assert_in_range(voice->load_ppm, 1, 1000000);
    }
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_voices_are_refused_and_what_sounds_goes_on),
        cmocka_unit_test(what_sounds_can_be_stopped_paused_and_restarted),
        cmocka_unit_test(what_follows_a_voice_starts),
        cmocka_unit_test(auditions_yield_before_voices_do),
        cmocka_unit_test(a_voice_shows_what_it_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
