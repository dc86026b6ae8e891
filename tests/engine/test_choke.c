/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups: choke and its limit, the choke flag, stop_others, limits of free groups (SPEC K1-K3, P8). */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LONG = 300000 };

/* Eight clips of group A on one medium, fading out over two seconds. */
static struct rig *open_with(bool choke, unsigned voices)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(0);
    params.fade_out_s = 2;
    rig_group(rig, ENGINE_NOW, 0, choke, voices);
    for (uint16_t i = 0; i < 8; i++)
        rig_install(rig, ENGINE_NOW, i, &params);
    return rig;
}

static unsigned alive(const struct rig *rig)
{
    return rig_count_events(rig, EVENT_START, -1) - rig_count_events(rig, EVENT_END, -1);
}

static void the_one_that_sounded_fades_with_its_own_fade(void **state)
{
    (void)state;
    struct rig *rig = open_with(true, 3);
    rig_press(rig, 100, 0);
    rig_press(rig, 10000, 1);
    rig_run(rig, 120000);
    for (uint64_t n = 48; n < 96000; n += 997)
        assert_true(fabs(rig_sample(rig, 0, 10000 + n, 0) - 0.5 * (2 - (double)n / 96000)) < 1e-6);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 106000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_CHOKE);
    rig_close(rig);
}

static void within_6_ms_no_more_sound_than_the_limit(void **state)
{
    (void)state;
    for (unsigned limit = 1; limit <= 4; limit++) {
        for (uint64_t spacing = 1; spacing < 20000; spacing = spacing * 3 / 2 + 1) {
            struct rig *rig = open_with(true, limit);
            for (unsigned i = 0; i < 8; i++) {
                rig_press(rig, 100 + i * spacing, (uint16_t)i);
                rig_run(rig, 100 + i * spacing + (spacing < 288 ? 1 : 288));
                unsigned held = rig_shown(rig, STATE_VOICE_PLAYING) + rig_shown(rig, STATE_VOICE_STOPPING);
                assert_int_equal(held, i + 1 < limit ? i + 1 : limit);
                assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
                assert_true(spacing < 288 || alive(rig) <= limit);
            }
            rig_run(rig, 100 + 7 * spacing + 288);
            assert_int_equal(alive(rig), limit);
            rig_close(rig);
        }
    }
}

static void past_the_limit_the_oldest_tail_goes(void **state)
{
    (void)state;
    struct rig *rig = open_with(true, 2);
    rig_press(rig, 1000, 3);
    rig_press(rig, 2000, 2);
    rig_press(rig, 3000, 1);
    rig_run(rig, 3240);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 1);
    assert_int_equal(rig_last_event(rig, EVENT_END, 3)->frame, 3240);
    rig_close(rig);
}

static void other_groups_are_not_choked(void **state)
{
    (void)state;
    struct rig *rig = open_with(true, 3);
    struct clip_params params = rig_params(0);
    params.group = 1;
    rig_install(rig, ENGINE_NOW, 9, &params);
    rig_press(rig, 100, 9);
    rig_press(rig, 200, 0);
    rig_run(rig, 1000);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 2);
    rig_close(rig);
}

static void flagged_clips_choke_one_another_only(void **state)
{
    (void)state;
    struct rig *rig = open_with(false, 24);
    struct clip_params params = rig_params(0);
    params.fade_out_s = 1;
    params.choke = true;
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_install(rig, ENGINE_NOW, 2, &params);
    params.group = 1;
    rig_install(rig, ENGINE_NOW, 3, &params);
    rig_press(rig, 100, 0);
    rig_press(rig, 200, 1);
    rig_press(rig, 250, 3);
    rig_press(rig, 300, 2);
    rig_press(rig, 400, 4);
    rig_run(rig, 500);
    assert_int_equal(rig_shown(rig, STATE_VOICE_STOPPING), 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 4);
    for (int i = 0; i < STATE_VOICES; i++)
        if (rig->shown.voice[i].kind == STATE_VOICE_STOPPING)
            assert_int_equal(rig->shown.voice[i].clip, 1);
    rig_close(rig);
}

static void stop_others_stops_all_but_audition(void **state)
{
    (void)state;
    struct rig *rig = open_with(false, 24);
    struct clip_params params = rig_params(0);
    params.group = 2;
    params.fade_out_s = 1;
    rig_install(rig, ENGINE_NOW, 8, &params);
    params.stop_others = true;
    rig_install(rig, ENGINE_NOW, 9, &params);
    rig_press(rig, 100, 0);
    rig_press(rig, 100, 8);
    rig_do(rig, 100, OP_AUDITION, 1);
    rig_press(rig, 1000, 9);
    rig_run(rig, 2000);
    assert_int_equal(rig_shown(rig, STATE_VOICE_STOPPING), 2);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_AUDITIONING), 1);
    rig_close(rig);
}

static void a_free_group_refuses_past_its_limit_unless_a_tail_gives_way(void **state)
{
    (void)state;
    struct rig *rig = open_with(false, 3);
    uint32_t press[4];
    unsigned value = 0;
    for (unsigned i = 0; i < 4; i++)
        press[i] = rig_press(rig, 100 + i, (uint16_t)i);
    rig_press(rig, 1000, 1);
    uint32_t again = rig_press(rig, 2000, 5);
    rig_run(rig, 2241);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(rig_result(rig, press[i], &value), i < 3 ? RESULT_OK : RESULT_GROUP_FULL);
    assert_int_equal(value, 3);
    assert_int_equal(rig_result(rig, again, NULL), RESULT_OK);
    assert_int_equal(rig_last_event(rig, EVENT_END, -1)->clip, 1);
    assert_int_equal(rig_last_event(rig, EVENT_END, -1)->frame, 2240);
    rig_close(rig);
}

/* A group that is made to choke in a full pool takes its own places first; the others get none back above their share. */
static void choke_makes_room_in_a_full_pool(void **state)
{
    (void)state;
    struct rig *rig = open_with(true, 3);
    rig_group(rig, ENGINE_NOW, 0, false, 24);
    struct clip_params params = rig_params(0);
    params.group = 1;
    for (uint16_t i = 10; i < 33; i++) {
        rig_install(rig, ENGINE_NOW, i, &params);
        rig_press(rig, 100, i);
    }
    rig_press(rig, 100, 0);                             /* the 24th */
    rig_group(rig, 500, 0, true, 3);
    uint32_t choke = rig_press(rig, 1000, 1), other = rig_press(rig, 2000, 10), again = rig_press(rig, 5000, 10);
    rig_run(rig, 6000);
    assert_int_equal(rig_result(rig, choke, NULL), RESULT_OK);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 1240);
    assert_int_equal(rig_result(rig, other, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, again, NULL), RESULT_POOL_FULL);
    assert_int_equal(rig->shown.voices_used, 46);
    rig_close(rig);
}

/* Two that wait: the one pressed first comes first and does not end the wait of the other, which then chokes it. */
static void the_one_pressed_last_is_heard_last(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct rig *rig = open_with(true, 3);
        struct clip_params params = rig_params(5);
        rig_install(rig, ENGINE_NOW, 5, &params);
        params.medium = 6;
        rig_install(rig, ENGINE_NOW, 6, &params);
        rig_press(rig, 100, 5);
        rig_press(rig, 200, 6);
        rig_run(rig, 640);
        rig_load(rig, late ? 6 : 5, CLIPMEM_S16, 2, 60000, rig_half);
        rig_run(rig, 1280);
        rig_load(rig, late ? 5 : 6, CLIPMEM_S16, 2, 60000, rig_half);
        rig_run(rig, 3000);
        assert_int_equal(rig_count_events(rig, EVENT_START, 5), !late);
        assert_int_equal(rig_count_events(rig, EVENT_START, 6), 1);
        assert_int_equal(rig_count_events(rig, EVENT_END, 6), 0);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
        rig_close(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_one_that_sounded_fades_with_its_own_fade),
        cmocka_unit_test(within_6_ms_no_more_sound_than_the_limit), cmocka_unit_test(past_the_limit_the_oldest_tail_goes),
        cmocka_unit_test(other_groups_are_not_choked), cmocka_unit_test(flagged_clips_choke_one_another_only),
        cmocka_unit_test(stop_others_stops_all_but_audition),
        cmocka_unit_test(a_free_group_refuses_past_its_limit_unless_a_tail_gives_way),
        cmocka_unit_test(choke_makes_room_in_a_full_pool), cmocka_unit_test(the_one_pressed_last_is_heard_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
