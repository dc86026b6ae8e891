/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IN and OUT that are moved while the clip sounds (SPEC M1). */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { COUNTED = 90000, CROSS = 240 };

static float wave_at(int64_t frame)
{
    return (float)rig_count(frame, 0) / 32768;
}

static struct rig *open_counted(struct clip_params *params, int64_t in, int64_t out, enum clip_mode mode)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, COUNTED, rig_count);
    *params = rig_params(0);
    params->in_frames = in;
    params->out_frames = out;
    params->mode = (uint8_t)mode;
    rig_install(rig, ENGINE_NOW, 0, params);
    return rig;
}

static void assert_plays(const struct rig *rig, uint64_t first, uint64_t end, int64_t at)
{
    for (uint64_t f = first; f < end; f++)
        assert_true(rig_sample(rig, 0, f, 0) == wave_at(at + (int64_t)(f - first)));
}

static void assert_crosses(const struct rig *rig, uint64_t frame, int64_t from, int64_t to)
{
    for (int n = 0; n < CROSS; n++) {
        double x = (double)n / CROSS;
        assert_true(fabs(rig_sample(rig, 0, frame + (uint64_t)n, 0) - wave_at(from + n) * (1 - x) - wave_at(to + n) * x) < 2e-6);
    }
}

static void in_past_the_playhead_begins_again_at_in(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_counted(&params, 0, 50000, CLIP_ONCE);
    rig_press(rig, 0, 0);
    params.in_frames = 1000;                    /* the next frame to sound: still inside */
    rig_install(rig, 1000, 0, &params);
    params.in_frames = 2001;
    rig_install(rig, 2000, 0, &params);
    params.in_frames = 20000;
    rig_install(rig, 4000, 0, &params);
    rig_run(rig, 40000);
    assert_plays(rig, 48, 2000, 48);
    assert_crosses(rig, 2000, 2000, 2001);
    assert_plays(rig, 2240, 4000, 2241);
    assert_crosses(rig, 4000, 4001, 20000);
    assert_plays(rig, 4240, 30000, 20240);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 34000);
    assert_int_equal(rig_count_events(rig, EVENT_START, 0), 1);
    rig_close(rig);
}

/* Nearer before OUT than the protection is behind it: there is no room for the fade. */
static void out_before_the_playhead_begins_again_at_in(void **state)
{
    (void)state;
    for (int64_t left = -1000; left <= 60; left += left < -10 ? 330 : 1) {
        struct clip_params params;
        struct rig *rig = open_counted(&params, 500, 50000, CLIP_ONCE);
        rig_press(rig, 0, 0);
        params.out_frames = 10000 + left;
        rig_install(rig, 9500, 0, &params);     /* where it plays 10000 */
        rig_run(rig, 30000);
        if (left < 48)
            assert_crosses(rig, 9500, 10000, 500);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, left < 48 ? 9500 + 9500 + left : 9500 + left);
        rig_close(rig);
    }
}

static void a_later_out_is_played_to(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_counted(&params, 0, 10000, CLIP_ONCE);
    rig_press(rig, 0, 0);
    params.out_frames = 30000;
    rig_install(rig, 9951, 0, &params);         /* the last moment: on the next frame the protection begins */
    params.out_frames = 40000;
    rig_install(rig, 29953, 0, &params);        /* too late: that fade is completed */
    rig_run(rig, 41000);
    assert_plays(rig, 48, 29952, 48);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 30000);
    rig_close(rig);
}

static void a_loop_takes_new_bounds_with_its_passes(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_counted(&params, 0, 10000, CLIP_LOOP);
    params.loops = 3;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    params.in_frames = 2000;
    params.out_frames = 6000;
    rig_install(rig, 15000, 0, &params);        /* at 5000 of the second pass: inside */
    params.in_frames = 3000;
    rig_install(rig, 16500, 0, &params);        /* at 2500 of the third: before IN */
    rig_run(rig, 30000);
    assert_plays(rig, 10000, 16000, 0);
    assert_plays(rig, 16000, 16500, 2000);
    assert_crosses(rig, 16500, 2500, 3000);
    assert_plays(rig, 16740, 19500 - 48, 3240);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 19500);
    rig_close(rig);
}

/* OUT falls on the playhead of a loop: it is behind it. One frame later it is a seam. */
static void out_at_the_playhead_of_a_loop(void **state)
{
    (void)state;
    for (int64_t left = 0; left <= 1; left++) {
        struct clip_params params;
        struct rig *rig = open_counted(&params, 0, 10000, CLIP_LOOP);
        rig_press(rig, 0, 0);
        params.out_frames = 5000 + left;
        rig_install(rig, 5000, 0, &params);
        rig_run(rig, 9000);
        if (left)
            assert_plays(rig, 5001, 9000, 0);
        else
            assert_crosses(rig, 5000, 5000, 0);
        rig_close(rig);
    }
}

static void what_came_from_a_marker_is_left_there(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_counted(&params, 30000, 40000, CLIP_ONCE);
    struct op play = {.type = OP_PLAY, .entry = {.kind = ENTRY_FRAME, .frames = 10000, .anywhere = true}};
    rig_post(rig, play);                        /* before IN */
    params.in_frames = 35000;
    rig_install(rig, 1000, 0, &params);
    params.in_frames = 11000;                   /* now it is inside */
    rig_install(rig, 2000, 0, &params);
    params.in_frames = 20000;                   /* and now outside */
    rig_install(rig, 3000, 0, &params);
    rig_run(rig, 5000);
    assert_plays(rig, 48, 3000, 10048);
    assert_crosses(rig, 3000, 13000, 20000);
    play.frame = 5000;
    play.entry.frames = 80000;                  /* behind OUT: to the end, whatever IN and OUT are */
    rig_post(rig, play);
    params.in_frames = 85000;
    params.out_frames = 86000;
    rig_install(rig, 6000, 0, &params);
    rig_run(rig, 20000);
    assert_plays(rig, 5240, 15000 - 48, 80240);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 15000);
    rig_close(rig);
}

static void tails_and_other_files_keep_their_bounds(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_counted(&params, 0, 50000, CLIP_ONCE);
    rig_load(rig, 1, CLIPMEM_S16, 2, 1000, rig_half);
    params.fade_out_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 1000, 0);
    rig_press(rig, 1000, 0);
    params.in_frames = 40000;
    params.medium = 1;
    rig_install(rig, 2000, 0, &params);
    rig_run(rig, 30000);
    assert_int_equal(rig_count_events(rig, EVENT_END, 0), 1);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 5800);
    assert_plays(rig, 10000, 29000, 9000);
    rig_close(rig);
}

/* Told to stand still, it stands at the new IN. */
static void a_paused_voice_is_cut_too(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_counted(&params, 0, 50000, CLIP_ONCE);
    rig_press(rig, 0, 0);
    rig_post(rig, (struct op){.type = OP_PAUSE, .frame = 1000, .target = {TARGET_CLIP, 0}});
    params.in_frames = 20000;
    rig_install(rig, 2000, 0, &params);
    rig_post(rig, (struct op){.type = OP_RESUME, .frame = 3000, .target = {TARGET_CLIP, 0}});
    rig_run(rig, 5000);
    for (uint64_t f = 1048; f < 3000; f++)
        assert_true(rig_sample(rig, 0, f, 0) == 0);
    assert_plays(rig, 3048, 5000, 20048);
    rig_close(rig);
}

static void a_fade_in_goes_on_through_a_cut(void **state)
{
    (void)state;
    struct clip_params params;
    struct rig *rig = open_counted(&params, 0, -1, CLIP_ONCE);
    rig_load(rig, 1, CLIPMEM_S16, 2, COUNTED, rig_half);
    params.medium = 1;
    params.fade_in_s = 0.1;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    params.in_frames = 10000;
    params.fade_in_s = 5;
    rig_install(rig, 1200, 0, &params);
    rig_run(rig, 6000);
    for (uint64_t f = 1440; f < 4800; f++)
        assert_true(fabs(rig_sample(rig, 0, f, 0) - 0.5 * (double)f / 4800) < 1e-6);
    assert_true(rig_sample(rig, 0, 5000, 0) == 0.5f);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_past_the_playhead_begins_again_at_in), cmocka_unit_test(out_before_the_playhead_begins_again_at_in),
        cmocka_unit_test(a_later_out_is_played_to), cmocka_unit_test(a_loop_takes_new_bounds_with_its_passes),
        cmocka_unit_test(out_at_the_playhead_of_a_loop), cmocka_unit_test(what_came_from_a_marker_is_left_there),
        cmocka_unit_test(tails_and_other_files_keep_their_bounds), cmocka_unit_test(a_paused_voice_is_cut_too),
        cmocka_unit_test(a_fade_in_goes_on_through_a_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
