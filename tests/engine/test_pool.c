/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool of voices and its ghosts (SPEC P1, P2). */
#include "config.h"

#include "bench_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LONG = 300000 };

/* `clips` clips on one medium, group by number modulo 4, fading out over a second. */
static struct rig *open_with(unsigned clips, unsigned channels)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, channels, LONG, rig_half);
    struct clip_params params = rig_params(0);
    params.fade_out_s = 1;
    for (unsigned i = 0; i < clips; i++) {
        params.group = (uint8_t)(i % 4);
        rig_install(rig, ENGINE_NOW, (uint16_t)i, &params);
    }
    return rig;
}

static void thirty_presses_sound_24_and_refuse_the_last_six(void **state)
{
    (void)state;
    struct rig *rig = open_with(30, 2);
    uint32_t press[30];
    for (unsigned i = 0; i < 30; i++)
        press[i] = rig_press(rig, 100 + i, (uint16_t)i);
    rig_run(rig, 1000);
    for (unsigned i = 0; i < 30; i++)
        assert_int_equal(rig_result(rig, press[i], NULL), i < 24 ? RESULT_OK : RESULT_POOL_FULL);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 24);
    assert_int_equal(rig->shown.voices_used, 48);
    for (unsigned b = 0; b < 4; b++)
        assert_true(rig_sample(rig, b, 900, 0) == 3.0f);
    rig_close(rig);
}

static void mono_voices_pair_up_to_48(void **state)
{
    (void)state;
    struct rig *rig = open_with(50, 1);
    rig_load(rig, 1, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(1);
    params.fade_out_s = 1;
    rig_install(rig, ENGINE_NOW, 60, &params);
    uint32_t press[50];
    for (unsigned i = 0; i < 50; i++)
        press[i] = rig_press(rig, 100, (uint16_t)i);
    rig_run(rig, 200);
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(rig_result(rig, press[i], NULL), i < 48 ? RESULT_OK : RESULT_POOL_FULL);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 48);
    /* One tail is half a slot: not enough for a stereo voice, so nothing changes. Two are. */
    rig_press(rig, 1000, 7);
    uint32_t early = rig_press(rig, 1001, 60);
    rig_press(rig, 1002, 3);
    uint32_t late = rig_press(rig, 1003, 60);
    rig_run(rig, 1003);
    assert_int_equal(rig_result(rig, early, NULL), RESULT_POOL_FULL);
    assert_int_equal(rig_shown(rig, STATE_VOICE_STOPPING), 2);
    rig_run(rig, 2000);
    assert_int_equal(rig_result(rig, late, NULL), RESULT_OK);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 2);
    assert_int_equal(rig_last_event(rig, EVENT_END, 7)->frame, 1243);
    assert_int_equal(rig_last_event(rig, EVENT_END, 3)->frame, 1243);
    assert_int_equal(rig->shown.voices_used, 48);
    rig_close(rig);
}

static void only_the_oldest_tail_gives_its_slot(void **state)
{
    (void)state;
    struct rig *rig = open_with(26, 2);
    for (unsigned i = 0; i < 24; i++)
        rig_press(rig, 100, (uint16_t)i);
    rig_press(rig, 5000, 20);
    rig_press(rig, 5001, 4);
    rig_press(rig, 6000, 24);
    rig_press(rig, 6000, 25);
    rig_press(rig, 7000, 4);                    /* no tail left: its own was taken */
    rig_run(rig, 7001);
    assert_int_equal(rig_last_event(rig, EVENT_END, 20)->frame, 6240);
    assert_int_equal(rig_last_event(rig, EVENT_END, 20)->cause, END_STEAL);
    assert_int_equal(rig_last_event(rig, EVENT_END, 4)->frame, 6240);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 2);
    assert_int_equal(rig_count_events(rig, EVENT_START, -1), 26);
    assert_int_equal(rig_result(rig, rig->posted, NULL), RESULT_POOL_FULL);
    rig_close(rig);
}

static void tails_of_one_frame_go_in_the_order_of_firing(void **state)
{
    (void)state;
    struct rig *rig = open_with(25, 2);
    for (unsigned i = 0; i < 24; i++)
        rig_press(rig, 100, (uint16_t)(23 - i));
    rig_stop(rig, 5000, TARGET_ALL, 0);
    rig_press(rig, 6000, 24);
    rig_run(rig, 7000);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 1);
    assert_int_equal(rig_last_event(rig, EVENT_END, -1)->clip, 23);
    rig_close(rig);
}

static void a_refusal_changes_nothing(void **state)
{
    (void)state;
    struct rig *rig = open_with(25, 2), *calm = open_with(25, 2);
    for (unsigned i = 0; i < 24; i++) {
        rig_press(rig, 100, (uint16_t)i);
        rig_press(calm, 100, (uint16_t)i);
    }
    for (unsigned i = 0; i < 100; i++)
        rig_press(rig, 500 + i * 7, 24);
    rig_run(rig, 3000);
    rig_run(calm, 3000);
    for (unsigned b = 0; b < ENGINE_BUSSES; b++)
        assert_memory_equal(rig->bus[b], calm->bus[b], 3000 * 2 * sizeof(float));
    rig_close(rig);
    rig_close(calm);
}

/* The frame each voice ended at, by its serial less 1. */
static void collect_ends(const struct rig *rig, uint64_t *ends, unsigned count)
{
    for (unsigned i = 0; i < rig->events; i++)
        if (rig->event[i].type == EVENT_END && rig->event[i].voice <= count)
            ends[rig->event[i].voice - 1] = rig->event[i].frame;
}

static void make_restart(struct rig *rig, unsigned clips)
{
    struct clip_params params = rig_params(0);
    params.press = CLIP_PRESS_RESTART;
    for (unsigned i = 0; i < clips; i++)
        rig_install(rig, ENGINE_NOW, (uint16_t)i, &params);
}

static void the_65th_ghost_hurries_the_oldest(void **state)
{
    (void)state;
    struct rig *rig = open_with(1, 2);
    make_restart(rig, 1);
    for (unsigned i = 0; i < 66; i++)           /* two frames apart: the last makes the 65th ghost */
        rig_press(rig, 1000 + 2 * i, 0);
    rig_run(rig, 2000);
    uint64_t ends[66] = {0};
    collect_ends(rig, ends, 66);
    assert_int_equal(ends[0], 1130 + 48);
    for (unsigned i = 1; i < 65; i++)
        assert_int_equal(ends[i], 1000 + 2 * (i + 1) + 240);
    assert_int_equal(ends[65], 0);
    rig_close(rig);
}

static void past_128_ghosts_a_press_is_refused(void **state)
{
    (void)state;
    struct rig *rig = open_with(3, 2);
    make_restart(rig, 3);
    unsigned refused = 0;
    uint64_t frame = 1000;
    for (unsigned i = 0; i < 100; i++, frame++) {
        uint32_t press[3];
        for (uint16_t clip = 0; clip < 3; clip++)
            press[clip] = rig_press(rig, frame, clip);
        rig_run(rig, frame + 1);
        for (uint16_t clip = 0; clip < 3; clip++)
            refused += rig_result(rig, press[clip], NULL) == RESULT_GHOSTS_FULL;
        unsigned alive = rig_count_events(rig, EVENT_START, -1) - rig_count_events(rig, EVENT_END, -1);
        assert_true(alive <= 128 + 3);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 3);
        assert_int_equal(refused + rig_count_events(rig, EVENT_START, -1), 3 * (i + 1));
    }
    assert_true(refused > 50);
    uint32_t later = rig_press(rig, frame + 240, 0);
    rig_run(rig, frame + 1000);
    assert_int_equal(rig_result(rig, later, NULL), RESULT_OK);
    assert_int_equal(rig_count_events(rig, EVENT_START, -1) - rig_count_events(rig, EVENT_END, -1), 3);
    rig_close(rig);
}

/* The places of a choke group of 3 are its own (SPEC K4): neither do others get them, nor their tails, nor does it take from
 * them. */
static void a_choke_group_has_its_places(void **state)
{
    (void)state;
    struct rig *rig = open_with(40, 2);         /* group 0: 0, 4, 8, ... */
    rig_group(rig, ENGINE_NOW, 0, true, 3);
    uint32_t press[40];
    for (unsigned i = 0; i < 30; i++)
        press[i] = i % 4 ? rig_press(rig, 100 + i, (uint16_t)i) : 0;
    unsigned value = 0;
    rig_run(rig, 1000);
    for (unsigned i = 0, free = 0; i < 30; i++)
        if (i % 4)
            assert_int_equal(rig_result(rig, press[i], &value), free++ < 21 ? RESULT_OK : RESULT_POOL_FULL);
    assert_int_equal(value, 21);
    for (unsigned i = 0; i < 3; i++)
        press[i] = rig_press(rig, 1000 + i, (uint16_t)(4 * i));
    uint32_t free = rig_press(rig, 1010, 31);
    rig_run(rig, 1011);
    assert_int_equal(rig_result(rig, free, NULL), RESULT_POOL_FULL);
    assert_int_equal(rig->shown.voices_used, 48);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 0);
    rig_press(rig, 2000, 1);                    /* a tail of a free group */
    uint32_t fourth = rig_press(rig, 2001, 12), next = rig_press(rig, 2002, 31);
    rig_run(rig, 3000);
    assert_int_equal(rig_result(rig, fourth, NULL), RESULT_OK);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_CHOKE);
    assert_int_equal(rig_result(rig, next, NULL), RESULT_OK);
    assert_int_equal(rig_last_event(rig, EVENT_END, 1)->cause, END_STEAL);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 2);
    rig_close(rig);
}

/* 24 sound already when a group is told to choke: never more than 24 places, and its own are kept as they become free. */
static void places_are_kept_as_they_become_free(void **state)
{
    (void)state;
    struct rig *rig = open_with(30, 2);
    for (uint16_t i = 0; i < 24; i++)
        rig_press(rig, 100, i);
    rig_group(rig, 200, 0, true, 3);            /* six of its voices sound */
    uint32_t choke = rig_press(rig, 300, 24);   /* stops the six, ends four of them */
    uint32_t free = rig_press(rig, 400, 25);
    rig_run(rig, 1000);
    assert_int_equal(rig_result(rig, choke, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, free, NULL), RESULT_OK);
    assert_int_equal(rig->shown.voices_used, 2 * (18 + 3 + 1));
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_presses_sound_24_and_refuse_the_last_six), cmocka_unit_test(mono_voices_pair_up_to_48),
        cmocka_unit_test(only_the_oldest_tail_gives_its_slot), cmocka_unit_test(tails_of_one_frame_go_in_the_order_of_firing),
        cmocka_unit_test(a_refusal_changes_nothing), cmocka_unit_test(the_65th_ghost_hurries_the_oldest),
        cmocka_unit_test(past_128_ghosts_a_press_is_refused), cmocka_unit_test(a_choke_group_has_its_places),
        cmocka_unit_test(places_are_kept_as_they_become_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
