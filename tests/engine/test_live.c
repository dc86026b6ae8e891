/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live fades, mute, solo, group gain (SPEC F3, F4, K1). */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LONG = 300000 };

/* Clip n is in group n modulo 4, its tab is n / 4; all have samples of 0.5. */
static struct rig *open_with(void)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(0);
    for (unsigned i = 0; i < 8; i++) {
        params.group = (uint8_t)(i % 4);
        params.tab = (uint8_t)(i / 4);
        rig_install(rig, ENGINE_NOW, (uint16_t)i, &params);
    }
    return rig;
}

static void assert_line(const struct rig *rig, unsigned bus, uint64_t first, uint32_t frames, double from, double to)
{
    for (uint32_t n = 0; n < frames; n++)
        assert_true(fabs(rig_sample(rig, bus, first + n, 1) - (from + (to - from) * n / frames)) < 1e-6);
    assert_true(fabs(rig_sample(rig, bus, first + frames, 1) - to) < 1e-7);
}

static void the_last_fade_wins_from_the_level_of_the_moment(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 0);
    rig_fade(rig, 1000, TARGET_CLIP, 0, 0.5f, 0.1);
    rig_fade(rig, 1000 + 2400, TARGET_CLIP, 0, 1.0f, 0.01);
    rig_fade(rig, 10000, TARGET_CLIP, 0, 0.25f, 0);         /* a jump is made a millisecond */
    rig_run(rig, 12000);
    assert_line(rig, 0, 1000, 2399, 0.5, 0.5 - 0.25 * 2399 / 4800);
    assert_line(rig, 0, 3400, 480, 0.375, 0.5);
    assert_line(rig, 0, 10000, 48, 0.5, 0.125);
    assert_true(rig_sample(rig, 0, 11000, 0) == 0.125f);
    rig_close(rig);
}

static void a_fade_has_its_curve_both_ways(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 0);
    struct op fade = {.type = OP_FADE, .frame = 1000, .level_lin = 0.5f, .seconds = 0.1, .curve = FADE_S_CURVE};
    fade.target = (struct engine_target){TARGET_CLIP, 0};
    rig_post(rig, fade);
    fade.frame = 10000;
    fade.level_lin = 1;
    fade.curve = FADE_EXPONENTIAL;
    rig_post(rig, fade);
    rig_run(rig, 20000);
    for (int n = 0; n < 4800; n++) {
        double x = n / 4800.0, down = 0.5 + 0.5 * (1 - cos(M_PI * (1 - x))) / 2, up = 0.5 + 0.5 * (pow(10, x) - 1) / 9;
        assert_true(fabs(rig_sample(rig, 0, 1000 + (uint64_t)n, 0) - 0.5 * down) < 1e-6);
        assert_true(fabs(rig_sample(rig, 0, 10000 + (uint64_t)n, 0) - 0.5 * up) < 1e-6);
    }
    rig_close(rig);
}

static void a_fade_to_nothing_ends_the_clip(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    rig_fade(rig, 1000, TARGET_CLIP, 0, 0, 0.1);
    rig_fade(rig, 1000, TARGET_CLIP, 1, 0, 0.1);
    rig_fade(rig, 2000, TARGET_CLIP, 1, 1, 0.1);            /* thought better of */
    rig_run(rig, 20000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 5800);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_STOP);
    assert_line(rig, 0, 1000, 4800, 0.5, 0);
    assert_int_equal(rig_count_events(rig, EVENT_END, 1), 0);
    assert_true(rig_sample(rig, 1, 19000, 0) == 0.5f);
    rig_close(rig);
}

static void a_fade_of_a_group_is_its_busses_and_stays(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 0);
    rig_fade(rig, 1000, TARGET_GROUP, 0, 0, 0.1);
    rig_press(rig, 8000, 4);                                /* the same group: silent too */
    rig_fade(rig, 20000, TARGET_BUS, 0, 0.5f, 0.1);
    rig_run(rig, 30000);
    assert_line(rig, 0, 1000, 4800, 0.5, 0);
    for (uint64_t f = 5800; f < 20000; f++)
        assert_true(rig_sample(rig, 0, f, 0) == 0);
    assert_line(rig, 0, 20000, 4800, 0, 0.5);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 0);
    assert_true(fabsf(rig->shown.bus[0].gain_lin - 0.5f) < 1e-6f);
    rig_close(rig);
}

static void tab_and_all_reach_the_voices_of_their_clips(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 5);
    rig_do(rig, 0, OP_AUDITION, 6);
    rig_fade(rig, 1000, TARGET_TAB, 1, 0.5f, 0);
    rig_fade(rig, 5000, TARGET_ALL, 0, 0.25f, 0);
    rig_press(rig, 8000, 5);                                /* stops it */
    rig_press(rig, 9000, 5);                                /* a fade ends with its voice */
    rig_run(rig, 10000);
    assert_true(rig_sample(rig, 0, 4000, 0) == 0.5f);
    assert_true(rig_sample(rig, 1, 4000, 0) == 0.25f);
    assert_true(rig_sample(rig, 4, 4000, 0) == 0.25f);
    assert_true(rig_sample(rig, 0, 7000, 0) == 0.125f);
    assert_true(rig_sample(rig, 1, 7000, 0) == 0.125f);
    assert_true(rig_sample(rig, 1, 9900, 0) == 0.5f);
    rig_close(rig);
}

static void mute_of_a_bus_is_a_5_ms_ramp(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 2);
    rig_mute(rig, 1000, TARGET_GROUP, 2, true);
    rig_mute(rig, 1120, TARGET_BUS, 2, false);              /* half way: back from there */
    rig_mute(rig, 5000, TARGET_BUS, 2, true);
    rig_run(rig, 6000);
    assert_line(rig, 2, 1000, 119, 0.5, 0.5 - 0.5 * 119 / 240);
    assert_line(rig, 2, 1120, 240, 0.25, 0.5);
    assert_line(rig, 2, 5000, 240, 0.5, 0);
    assert_int_equal(rig->shown.bus[2].mute, 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    rig_close(rig);
}

static void mute_of_clips_holds_for_later_voices(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 4);
    rig_mute(rig, 1000, TARGET_CLIP, 4, true);
    rig_press(rig, 3000, 4);
    rig_press(rig, 4000, 4);
    rig_do(rig, 4000, OP_AUDITION, 4);
    rig_mute(rig, 8000, TARGET_CLIP, 4, false);
    rig_mute(rig, 10000, TARGET_TAB, 1, true);
    rig_mute(rig, 12000, TARGET_ALL, 0, true);
    rig_press(rig, 13000, 1);
    rig_mute(rig, 14000, TARGET_ALL, 0, false);
    rig_run(rig, 15000);
    assert_line(rig, 0, 1000, 240, 1, 0.5);
    assert_true(rig_sample(rig, 0, 7000, 0) == 0.5f);
    assert_true(rig_sample(rig, 4, 7000, 0) == 0.5f);       /* Audition hears what is muted */
    assert_line(rig, 0, 8000, 240, 0.5, 1);
    assert_line(rig, 0, 10000, 240, 1, 0.5);
    assert_line(rig, 0, 12000, 240, 0.5, 0);
    assert_true(rig_sample(rig, 4, 11000, 0) == 0.5f && rig_sample(rig, 4, 13500, 0) == 0.5f);
    assert_true(rig_sample(rig, 1, 13500, 0) == 0);
    assert_line(rig, 0, 14000, 240, 0, 1);
    assert_line(rig, 1, 14000, 240, 0, 0.5);
    assert_true(rig_sample(rig, 4, 14900, 0) == 0.5f);
    rig_close(rig);
}

static void solo(struct rig *rig, uint64_t frame, unsigned group, bool on)
{
    rig_post(rig, (struct op){.type = OP_SOLO, .frame = frame, .clip = (uint16_t)group, .on = on});
}

static void solo_takes_the_other_groups_down(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    rig_do(rig, 0, OP_AUDITION, 2);
    solo(rig, 1000, 1, true);
    solo(rig, 2000, 0, true);
    solo(rig, 3000, 1, false);
    solo(rig, 4000, 0, false);
    rig_run(rig, 5000);
    assert_line(rig, 0, 1000, 240, 0.5, 0);
    assert_true(rig_sample(rig, 1, 1500, 0) == 0.5f);
    assert_true(rig_sample(rig, 4, 1500, 0) == 0.5f);
    assert_line(rig, 0, 2000, 240, 0, 0.5);
    assert_line(rig, 1, 3000, 240, 0.5, 0);
    assert_line(rig, 1, 4000, 240, 0, 0.5);
    assert_true(rig_sample(rig, 0, 4500, 0) == 0.5f);
    rig_close(rig);
}

static void group_gain_moves_in_5_ms_and_is_there_at_once_in_silence(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    struct op op = {.type = OP_GROUP, .frame = 0, .clip = 0, .group = {.voices = 24, .gain_lin = 0.5f}};
    rig_post(rig, op);
    rig_press(rig, 0, 0);
    op.frame = 1000;
    op.group.gain_lin = 1;
    rig_post(rig, op);
    rig_mute(rig, 2000, TARGET_GROUP, 0, true);
    op.frame = 3000;
    op.group.gain_lin = 0.5f;
    rig_post(rig, op);                                      /* an edit of the gain unmutes nothing */
    rig_run(rig, 4000);
    assert_true(rig_sample(rig, 0, 24, 0) == 0.125f);
    assert_true(rig_sample(rig, 0, 500, 0) == 0.25f);
    assert_line(rig, 0, 1000, 240, 0.25, 0.5);
    assert_line(rig, 0, 2000, 240, 0.5, 0);
    assert_true(rig_sample(rig, 0, 3900, 0) == 0);
    rig_close(rig);
}

static void a_fade_goes_on_under_a_mute(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    rig_press(rig, 0, 0);
    rig_fade(rig, 1000, TARGET_CLIP, 0, 0, 0.2);
    rig_mute(rig, 2000, TARGET_GROUP, 0, true);
    rig_mute(rig, 5000, TARGET_GROUP, 0, false);
    rig_run(rig, 12000);
    assert_true(fabs(rig_sample(rig, 0, 5800, 0) - 0.25) < 1e-6);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 10600);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_fade_wins_from_the_level_of_the_moment), cmocka_unit_test(a_fade_has_its_curve_both_ways),
        cmocka_unit_test(a_fade_to_nothing_ends_the_clip), cmocka_unit_test(a_fade_of_a_group_is_its_busses_and_stays),
        cmocka_unit_test(tab_and_all_reach_the_voices_of_their_clips), cmocka_unit_test(mute_of_a_bus_is_a_5_ms_ramp),
        cmocka_unit_test(mute_of_clips_holds_for_later_voices), cmocka_unit_test(solo_takes_the_other_groups_down),
        cmocka_unit_test(group_gain_moves_in_5_ms_and_is_there_at_once_in_silence),
        cmocka_unit_test(a_fade_goes_on_under_a_mute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
