/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beginning elsewhere than at IN, and going on elsewhere (SPEC P6, M2). */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { FRAMES = 100000, N1 = 48, CROSS = 240 };

static float wave_at(int64_t frame)
{
    return (float)rig_count(frame, 0) / 32768;
}

static struct rig *open_with(int64_t in, int64_t out, enum clip_mode mode)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, FRAMES, rig_count);
    struct clip_params params = rig_params(0);
    params.in_frames = in;
    params.out_frames = out;
    params.mode = (uint8_t)mode;
    rig_install(rig, ENGINE_NOW, 0, &params);
    return rig;
}

static uint32_t play_at(struct rig *rig, uint64_t frame, int64_t at)
{
    return rig_post(rig, (struct op){.type = OP_PLAY, .frame = frame, .entry = {.kind = ENTRY_FRAME, .frames = at}});
}

static uint32_t play_marker(struct rig *rig, uint64_t frame, int64_t at)
{
    return rig_post(rig, (struct op){.type = OP_PLAY, .frame = frame,
                                     .entry = {.kind = ENTRY_FRAME, .frames = at, .anywhere = true}});
}

static uint32_t seek(struct rig *rig, uint64_t frame, int64_t at)
{
    return rig_post(rig, (struct op){.type = OP_SEEK, .frame = frame, .entry = {.kind = ENTRY_FRAME, .frames = at}});
}

/* Frames first..first+count-1 of bus A are the medium from `at` on. */
static void assert_plays(const struct rig *rig, uint64_t first, uint64_t count, int64_t at)
{
    for (uint64_t i = 0; i < count; i++)
        assert_true(rig_sample(rig, 0, first + i, 0) == wave_at(at + (int64_t)i));
}

/* From behind OUT, where a long seam has room, into a region that is shorter than it. */
static void a_seek_into_a_short_loop_shortens_its_seam(void **state)
{
    (void)state;
    struct rig *rig = open_with(1155, 1240, CLIP_LOOP);
    struct clip_params params = rig_params(0);
    params.in_frames = 1155;
    params.out_frames = 1240;
    params.mode = CLIP_LOOP;
    params.seam_s = 0.0038;
    rig_install(rig, ENGINE_NOW, 0, &params);
    play_marker(rig, 100, 50000);
    seek(rig, 2000, 1160);
    rig_run(rig, 20000);
    double energy = 0;
    for (uint64_t i = 10000; i < 20000; i++)
        energy += fabs((double)rig_sample(rig, 0, i, 0));
    assert_true(energy > 0);
    rig_close(rig);
}

static void it_begins_on_the_frame_asked_for(void **state)
{
    (void)state;
    struct rig *rig = open_with(1000, 60000, CLIP_ONCE);
    play_at(rig, 100, 33333);
    rig_run(rig, 5000);
    assert_plays(rig, 100 + N1, 4000, 33333 + N1);
    rig_close(rig);
    rig = open_with(1000, 60000, CLIP_ONCE);
    rig_post(rig, (struct op){.type = OP_PLAY, .frame = 100, .entry = {.kind = ENTRY_SECONDS, .seconds = 0.5}});
    rig_run(rig, 5000);
    assert_plays(rig, 100 + N1, 4000, 24000 + N1);
    rig_close(rig);
}

static void a_marker_before_in_is_another_entry(void **state)
{
    (void)state;
    struct rig *rig = open_with(5000, 8000, CLIP_LOOP);
    play_marker(rig, 0, 2000);
    rig_run(rig, 12100);
    assert_plays(rig, N1, 6000 - N1, 2000 + N1);
    assert_plays(rig, 6000, 3000, 5000);
    assert_plays(rig, 9000, 3000, 5000);
    rig_close(rig);
}

static void a_marker_behind_out_is_another_ending(void **state)
{
    (void)state;
    struct rig *rig = open_with(0, 8000, CLIP_LOOP);
    play_marker(rig, 0, FRAMES - 3000);
    rig_run(rig, 4000);
    assert_plays(rig, N1, 3000 - 2 * N1, FRAMES - 3000 + N1);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 3000);
    rig_close(rig);
}

/* Out of a loop that sounds, in the cross-fade of a restart. */
static void a_loop_goes_over_into_its_ending(void **state)
{
    (void)state;
    struct rig *rig = open_with(1000, 8000, CLIP_LOOP);
    play_at(rig, 0, 1000);
    play_marker(rig, 20000, 8000);              /* OUT itself is no part of the clip */
    rig_run(rig, 20000 + FRAMES - 8000 + 64);
    assert_plays(rig, 7000, 7000, 1000);
    for (int n = 0; n < CROSS; n++) {
        float x = (float)n / CROSS, expected = wave_at(1000 + 6000 + n) * (1 - x) + wave_at(8000 + n) * x;
        assert_true(fabsf(rig_sample(rig, 0, 20000 + (uint64_t)n, 0) - expected) < 2e-6f);
    }
    assert_plays(rig, 20000 + CROSS, 50000, 8000 + CROSS);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 20000 + FRAMES - 8000);
    rig_close(rig);
}

static void only_a_marker_leads_outside_of_in_and_out(void **state)
{
    (void)state;
    struct rig *rig = open_with(5000, 8000, CLIP_ONCE);
    uint32_t before = play_at(rig, 0, 4999), at_out = play_at(rig, 0, 8000);
    uint32_t first = play_at(rig, 0, 5000), last = play_at(rig, 1000, 7999);
    uint32_t back = seek(rig, 1010, 4999), behind = seek(rig, 1010, 8000), inside = seek(rig, 1010, 6000);
    rig_run(rig, 2000);
    assert_int_equal(rig_result(rig, before, NULL), RESULT_OUTSIDE);
    assert_int_equal(rig_result(rig, at_out, NULL), RESULT_OUTSIDE);
    assert_int_equal(rig_result(rig, first, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, last, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, back, NULL), RESULT_NOT_SOUNDING);
    assert_int_equal(rig_result(rig, behind, NULL), RESULT_NOT_SOUNDING);
    assert_int_equal(rig_result(rig, inside, NULL), RESULT_NOT_SOUNDING);
    rig_press(rig, 3000, 0);
    back = seek(rig, 3500, 4999), behind = seek(rig, 3500, 8000), inside = seek(rig, 3500, 7000);
    rig_run(rig, 4000);
    assert_int_equal(rig_result(rig, back, NULL), RESULT_OUTSIDE);
    assert_int_equal(rig_result(rig, behind, NULL), RESULT_OUTSIDE);
    assert_int_equal(rig_result(rig, inside, NULL), RESULT_OK);
    rig_close(rig);
}

static void past_the_file_it_is_refused(void **state)
{
    (void)state;
    struct rig *rig = open_with(0, -1, CLIP_ONCE);
    uint32_t end = play_at(rig, 0, FRAMES), far = play_at(rig, 0, INT64_MAX), before = play_at(rig, 0, -1);
    uint32_t last = play_at(rig, 0, FRAMES - 1), silent = seek(rig, 64, 0);
    rig_run(rig, 640);
    assert_int_equal(rig_result(rig, end, NULL), RESULT_NO_ENTRY);
    assert_int_equal(rig_result(rig, far, NULL), RESULT_NO_ENTRY);
    assert_int_equal(rig_result(rig, before, NULL), RESULT_NO_ENTRY);
    assert_int_equal(rig_result(rig, last, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, silent, NULL), RESULT_NOT_SOUNDING);
    rig_close(rig);
}

static void a_seek_cross_fades_to_its_frame(void **state)
{
    (void)state;
    struct rig *rig = open_with(0, -1, CLIP_ONCE);
    rig_press(rig, 0, 0);
    seek(rig, 1000, 50000);
    rig_run(rig, 3000);
    assert_plays(rig, N1, 1000 - N1, N1);
    for (int n = 0; n < CROSS; n++) {
        float x = (float)n / CROSS, expected = wave_at(1000 + n) * (1 - x) + wave_at(50000 + n) * x;
        assert_true(fabsf(rig_sample(rig, 0, 1000 + (uint64_t)n, 0) - expected) < 2e-6f);
    }
    assert_plays(rig, 1000 + CROSS, 1500, 50000 + CROSS);
    assert_int_equal(rig_count_events(rig, EVENT_START, 0), 1);
    assert_int_equal(rig_count_events(rig, EVENT_END, 0), 0);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    seek(rig, ENGINE_NOW, FRAMES - 1000);
    rig_run(rig, 5000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 3000 + 1000);
    rig_close(rig);
}

static void many_seeks_stay_inside_the_room_for_ghosts(void **state)
{
    (void)state;
    struct rig *rig = open_with(0, -1, CLIP_ONCE);
    unsigned refused = 0;
    rig_press(rig, 0, 0);
    for (uint64_t i = 0; i < 400; i++) {
        uint32_t serial = seek(rig, 100 + i, (int64_t)(i * 37) % 90000);
        rig_run(rig, 101 + i);
        refused += rig_result(rig, serial, NULL) == RESULT_GHOSTS_FULL;
    }
    for (uint64_t f = 0; f < 500; f++)
        assert_true(fabsf(rig_sample(rig, 0, f, 0)) < 4);
    rig_run(rig, 2000);
    assert_int_equal(rig_count_events(rig, EVENT_END, 0), 0);
    assert_true(refused < 400);
    rig_close(rig);
}

static void audition_begins_elsewhere_too(void **state)
{
    (void)state;
    struct rig *rig = open_with(0, -1, CLIP_ONCE);
    for (unsigned i = 0; i < 2; i++)
        rig_post(rig, (struct op){.type = OP_AUDITION, .frame = 1000 * i, .entry = {.kind = ENTRY_FRAME, .frames = 7000}});
    rig_run(rig, 3000);
    assert_true(rig_sample(rig, ENGINE_BUS_AUDITION, 500, 0) == wave_at(7500));
    assert_true(rig_sample(rig, ENGINE_BUS_AUDITION, 1500, 0) == wave_at(7500));
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_on_the_frame_asked_for), cmocka_unit_test(a_marker_before_in_is_another_entry),
        cmocka_unit_test(a_marker_behind_out_is_another_ending), cmocka_unit_test(a_loop_goes_over_into_its_ending),
        cmocka_unit_test(only_a_marker_leads_outside_of_in_and_out), cmocka_unit_test(past_the_file_it_is_refused),
        cmocka_unit_test(a_seek_cross_fades_to_its_frame), cmocka_unit_test(many_seeks_stay_inside_the_room_for_ghosts),
        cmocka_unit_test(audition_begins_elsewhere_too), cmocka_unit_test(a_seek_into_a_short_loop_shortens_its_seam),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
