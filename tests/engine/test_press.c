/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a press does to a clip that sounds (SPEC P3, P4), at every spacing; gates; clips still loading. */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { LONG = 400000, FIRST = 100 };

static const uint32_t slow_periods[] = {256, 0};

static struct rig *open_with(enum clip_press press, double fade_out_s)
{
    struct rig *rig = rig_open(48000, slow_periods);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(0);
    params.press = (uint8_t)press;
    params.fade_out_s = fade_out_s;
    rig_install(rig, ENGINE_NOW, 0, &params);
    return rig;
}

/* Every spacing from 1 to 200 frames, then wider ones up to a second. */
static uint64_t next_spacing(uint64_t spacing)
{
    return spacing < 200 ? spacing + 1 : spacing * 2 < 48000 ? spacing * 2 : spacing < 48000 ? 48000 : 0;
}

static void stop_alternates_at_every_spacing(void **state)
{
    (void)state;
    for (uint64_t spacing = 1; spacing; spacing = next_spacing(spacing)) {
        struct rig *rig = open_with(CLIP_PRESS_STOP, 0.02);
        for (unsigned i = 0; i < 7; i++) {
            uint32_t press = rig_press(rig, FIRST + i * spacing, 0);
            rig_run(rig, FIRST + i * spacing + 1);
            assert_int_equal(rig_result(rig, press, NULL), RESULT_OK);
            assert_int_equal(rig_count_events(rig, EVENT_START, 0), i / 2 + 1);
            assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), i % 2 == 0);
        }
        uint64_t last = FIRST + 6 * spacing;
        rig_run(rig, last + 1000);
        assert_int_equal(rig_last_event(rig, EVENT_START, 0)->frame, last);
        assert_int_equal(rig_count_events(rig, EVENT_END, 0), 3);
        assert_true(rig_sample(rig, 0, last + 999, 0) == 0.5f);
        rig_close(rig);
    }
}

static void presses_on_one_frame_alternate_too(void **state)
{
    (void)state;
    for (unsigned presses = 1; presses <= 9; presses++) {
        struct rig *rig = open_with(CLIP_PRESS_STOP, 0);
        for (unsigned i = 0; i < presses; i++)
            rig_press(rig, FIRST, 0);
        rig_run(rig, FIRST + 200);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), presses % 2);
        assert_int_equal(engine_sounding_rt(rig->engine), presses % 2);
        rig_close(rig);
    }
}

static void a_stopped_clip_starts_at_in_while_its_tail_fades(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_count);
    struct clip_params params = rig_params(0);
    params.in_frames = 5000;
    params.fade_out_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 10000, 0);
    rig_press(rig, 11000, 0);
    rig_run(rig, 20000);
    for (uint64_t n = 100; n < 3800; n++) {
        float tail = (float)rig_count(5000 + 11000 + (int64_t)n, 0) / 32768 * (float)(4800 - 1000 - n) / 4800;
        float want = (float)rig_count(5000 + (int64_t)n, 0) / 32768 + tail;
        assert_true(fabsf(rig_sample(rig, 0, 11000 + n, 0) - want) < 1e-6f);
    }
    assert_true(rig_sample(rig, 0, 16000, 0) == (float)rig_count(10000, 0) / 32768);
    rig_close(rig);
}

static void restart_never_sounds_louder_than_one_copy(void **state)
{
    (void)state;
    for (uint64_t spacing = 1; spacing; spacing = next_spacing(spacing)) {
        struct rig *rig = open_with(CLIP_PRESS_RESTART, 1);
        unsigned presses = spacing < 10 ? 60 : 7, full = 0;
        for (unsigned i = 0; i < presses; i++) {
            uint32_t press = rig_press(rig, FIRST + i * spacing, 0);
            rig_run(rig, FIRST + i * spacing + 1);
            full += rig_result(rig, press, NULL) != RESULT_OK;
            assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
            assert_int_equal(rig->shown.voices_used, 2);
        }
        assert_int_equal(full, 0);
        uint64_t last = FIRST + (presses - 1) * spacing;
        rig_run(rig, last + 1000);
        assert_int_equal(rig_count_events(rig, EVENT_START, 0), presses);
        assert_int_equal(rig_count_events(rig, EVENT_END, 0), presses - 1);
        for (uint64_t f = 0; f < last + 1000; f++)
            assert_true(rig_sample(rig, 0, f, 0) <= 0.5f + 1e-6f);
        for (uint64_t f = last + 240; f < last + 1000; f++)
            assert_true(rig_sample(rig, 0, f, 0) == 0.5f);
        rig_close(rig);
    }
}

static void restart_is_a_linear_5_ms_cross_fade(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_count);
    struct clip_params params = rig_params(0);
    params.press = CLIP_PRESS_RESTART;
    rig_install(rig, ENGINE_NOW, 0, &params);
    params.fade_in_s = 0.01;
    params.group = 1;
    rig_install(rig, ENGINE_NOW, 1, &params);
    for (uint16_t clip = 0; clip < 2; clip++) {
        rig_press(rig, 0, clip);
        rig_press(rig, 5000, clip);
    }
    rig_run(rig, 6000);
    for (int64_t n = 0; n < 240; n++) {
        double old = rig_count(5000 + n, 0) / 32768.0 * (1 - n / 240.0), new = rig_count(n, 0) / 32768.0 * (n / 240.0);
        assert_true(fabs(rig_sample(rig, 0, (uint64_t)(5000 + n), 0) - (old + new)) < 1e-6);
        new *= n / 480.0;
        assert_true(fabs(rig_sample(rig, 1, (uint64_t)(5000 + n), 0) - (old + new)) < 1e-6);
    }
    assert_true(rig_sample(rig, 0, 5240, 0) == (float)rig_count(240, 0) / 32768);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 5240);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_RESTART);
    rig_close(rig);
}

/* Pressed again half way in: the second copy goes down from where it is, as the third comes in. */
static void a_restart_cut_short_goes_down_from_its_level(void **state)
{
    (void)state;
    struct rig *rig = open_with(CLIP_PRESS_RESTART, 1);
    rig_press(rig, 0, 0);
    rig_press(rig, 5000, 0);
    rig_press(rig, 5120, 0);
    rig_run(rig, 6000);
    for (int n = 0; n < 240; n++) {
        double first = n < 120 ? 0.5 - n / 240.0 : 0, second = 0.5 * (1 - n / 240.0), third = n / 240.0;
        assert_true(fabs(rig_sample(rig, 0, 5120 + (uint64_t)n, 0) - 0.5 * (first + second + third)) < 1e-6);
    }
    rig_close(rig);
}

static void restart_takes_tails_along(void **state)
{
    (void)state;
    struct rig *rig = open_with(CLIP_PRESS_RESTART, 1);
    rig_press(rig, 0, 0);
    rig_stop(rig, 1000, TARGET_CLIP, 0);
    rig_press(rig, 2000, 0);
    rig_run(rig, 2000 + 241);
    assert_int_equal(rig_count_events(rig, EVENT_END, 0), 1);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 2240);
    rig_close(rig);
}

static void layers_are_four_and_a_tail_gives_way(void **state)
{
    (void)state;
    for (uint64_t spacing = 1; spacing; spacing = next_spacing(spacing)) {
        struct rig *rig = open_with(CLIP_PRESS_LAYER, 2);
        uint32_t press[6];
        for (unsigned i = 0; i < 5; i++)
            press[i] = rig_press(rig, FIRST + i * spacing, 0);
        uint64_t stop = FIRST + 5 * spacing;
        rig_stop(rig, stop, TARGET_CLIP, 0);
        press[5] = rig_press(rig, stop + spacing, 0);
        rig_run(rig, stop);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 4);
        rig_run(rig, stop + spacing + 1);
        for (unsigned i = 0; i < 6; i++)
            assert_int_equal(rig_result(rig, press[i], NULL), i == 4 ? RESULT_LAYERS_FULL : RESULT_OK);
        assert_int_equal(rig_shown(rig, STATE_VOICE_STOPPING), 3);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
        rig_run(rig, stop + spacing + 241);
        assert_int_equal(rig_count_events(rig, EVENT_END, 0), 1);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->voice, 1);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_STEAL);
        rig_close(rig);
    }
}

static void layers_add_up(void **state)
{
    (void)state;
    struct rig *rig = open_with(CLIP_PRESS_LAYER, 0);
    for (unsigned i = 0; i < 4; i++)
        rig_press(rig, FIRST + i * 100, 0);
    rig_run(rig, 2000);
    assert_true(rig_sample(rig, 0, 1000, 0) == 2.0f);
    rig_close(rig);
}

static void ignore_ignores_until_told_to_stop(void **state)
{
    (void)state;
    for (uint64_t spacing = 1; spacing; spacing = next_spacing(spacing)) {
        struct rig *rig = open_with(CLIP_PRESS_IGNORE, 3);
        uint32_t first = rig_press(rig, FIRST, 0), second = rig_press(rig, FIRST + spacing, 0);
        rig_stop(rig, FIRST + 2 * spacing, TARGET_CLIP, 0);
        uint32_t third = rig_press(rig, FIRST + 3 * spacing, 0);
        rig_run(rig, FIRST + 3 * spacing + 1);
        assert_int_equal(rig_result(rig, first, NULL), RESULT_OK);
        assert_int_equal(rig_result(rig, second, NULL), RESULT_IGNORED);
        assert_int_equal(rig_result(rig, third, NULL), RESULT_OK);
        assert_int_equal(rig_shown(rig, STATE_VOICE_STOPPING), 1);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
        rig_close(rig);
    }
}

static void play_starts_whatever_press_says(void **state)
{
    (void)state;
    static const struct { enum clip_press press; unsigned sounds, ended; } cases[] = {
        {CLIP_PRESS_STOP, 1, 1}, {CLIP_PRESS_RESTART, 1, 1}, {CLIP_PRESS_LAYER, 2, 0}, {CLIP_PRESS_IGNORE, 1, 1},
        {CLIP_PRESS_PAUSE, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig *rig = open_with(cases[i].press, 0);
        rig_do(rig, 0, OP_PLAY, 0);
        uint32_t play = rig_do(rig, 5000, OP_PLAY, 0);
        rig_run(rig, 6000);
        assert_int_equal(rig_result(rig, play, NULL), RESULT_OK);
        assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), cases[i].sounds);
        assert_int_equal(rig_count_events(rig, EVENT_END, 0), cases[i].ended);
        rig_close(rig);
    }
}

static void a_gate_sounds_while_it_is_held(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(0);
    params.mode = CLIP_GATE;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_post(rig, (struct op){.type = OP_PRESS, .edge = PRESS_DOWN, .frame = 100});
    rig_post(rig, (struct op){.type = OP_PRESS, .edge = PRESS_UP, .frame = 3100});
    rig_post(rig, (struct op){.type = OP_PRESS, .edge = PRESS_UP, .frame = 5000});
    rig_run(rig, 6000);
    assert_int_equal(rig_last_event(rig, EVENT_START, 0)->frame, 100);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 3148);
    rig_close(rig);
}

static void an_up_edge_is_nothing_to_other_modes(void **state)
{
    (void)state;
    struct rig *rig = open_with(CLIP_PRESS_STOP, 0);
    rig_post(rig, (struct op){.type = OP_PRESS, .edge = PRESS_DOWN, .frame = 100});
    uint32_t up = rig_post(rig, (struct op){.type = OP_PRESS, .edge = PRESS_UP, .frame = 200});
    rig_run(rig, 1000);
    assert_int_equal(rig_result(rig, up, NULL), RESULT_OK);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    rig_close(rig);
}

static void a_clip_still_loading_waits_and_starts_by_itself(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    struct clip_params params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    params.medium = 1;
    rig_install(rig, ENGINE_NOW, 1, &params);
    params.medium = 2;
    rig_install(rig, ENGINE_NOW, 2, &params);
    for (uint16_t clip = 0; clip < 3; clip++)
        rig_press(rig, 100, clip);
    rig_press(rig, 200, 1);                             /* cancels it */
    rig_run(rig, 150);
    assert_int_equal(rig_shown(rig, STATE_VOICE_QUEUED), 3);
    assert_int_equal(rig->shown.voices_used, 6);
    rig_run(rig, 1000);
    assert_int_equal(rig_shown(rig, STATE_VOICE_QUEUED), 2);
    assert_true(engine_sounding_rt(rig->engine));
    for (uint64_t f = 0; f < 1000; f++)
        assert_true(rig_sample(rig, 0, f, 0) == 0);
    rig_load(rig, 0, CLIPMEM_S16, 1, LONG, rig_half);
    rig_load(rig, 1, CLIPMEM_S16, 1, LONG, rig_half);
    clipmem_set_state(rig->memory, 2, CLIPMEM_FAILED);
    rig_run(rig, 2000);
    assert_int_equal(rig_last_event(rig, EVENT_START, 0)->frame, 1000);
    assert_int_equal(rig_count_events(rig, EVENT_START, -1), 1);
    assert_int_equal(rig_last_event(rig, EVENT_REFUSED, 2)->result, RESULT_NOT_READY);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 0);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    assert_int_equal(rig->shown.voices_used, 1);
    rig_close(rig);
}

static void a_waiting_clip_chokes_when_it_sounds_not_before(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(0);
    params.fade_out_s = 1;
    rig_group(rig, ENGINE_NOW, 0, true, 3);
    rig_install(rig, ENGINE_NOW, 0, &params);
    params.medium = 1;
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 200, 0);                             /* two tails and one that plays: at the limit */
    rig_press(rig, 300, 0);
    rig_press(rig, 400, 0);
    rig_press(rig, 450, 0);
    rig_press(rig, 500, 1);
    rig_run(rig, 1000);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_STOPPING), 2);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 0);
    rig_load(rig, 1, CLIPMEM_S16, 2, LONG, rig_half);
    rig_run(rig, 1300);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_STOPPING), 2);
    assert_int_equal(rig_last_event(rig, EVENT_START, 1)->frame, 1000);
    assert_int_equal(rig_last_event(rig, EVENT_END, -1)->frame, 1240);
    rig_close(rig);
}

static void a_waiting_clip_keeps_its_place_and_follows_its_group(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(0);
    rig_group(rig, ENGINE_NOW, 2, false, 2);
    params.group = 2;
    rig_install(rig, ENGINE_NOW, 0, &params);
    params.medium = 1;
    params.group = 0;
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    params.group = 2;
    rig_install(rig, 100, 1, &params);
    rig_group(rig, 200, 2, false, 1);
    rig_run(rig, 1024);
    rig_load(rig, 1, CLIPMEM_S16, 2, LONG, rig_half);
    rig_run(rig, 2000);
    assert_int_equal(rig_last_event(rig, EVENT_START, 1)->bus, 2);
    assert_true(rig_sample(rig, 2, 1900, 0) == 1.0f);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_alternates_at_every_spacing), cmocka_unit_test(presses_on_one_frame_alternate_too),
        cmocka_unit_test(a_stopped_clip_starts_at_in_while_its_tail_fades),
        cmocka_unit_test(restart_never_sounds_louder_than_one_copy), cmocka_unit_test(restart_is_a_linear_5_ms_cross_fade),
        cmocka_unit_test(a_restart_cut_short_goes_down_from_its_level), cmocka_unit_test(restart_takes_tails_along),
        cmocka_unit_test(layers_are_four_and_a_tail_gives_way),
        cmocka_unit_test(layers_add_up), cmocka_unit_test(ignore_ignores_until_told_to_stop),
        cmocka_unit_test(play_starts_whatever_press_says), cmocka_unit_test(a_gate_sounds_while_it_is_held),
        cmocka_unit_test(an_up_edge_is_nothing_to_other_modes),
        cmocka_unit_test(a_clip_still_loading_waits_and_starts_by_itself),
        cmocka_unit_test(a_waiting_clip_chokes_when_it_sounds_not_before),
        cmocka_unit_test(a_waiting_clip_keeps_its_place_and_follows_its_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
