/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Voices whose samples are away, come, come late or end sooner than was said (SPEC D3, D4). */
#include "config.h"

#include "bench_rig.h"

#include "clipmem/demand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { BLOCK = 1024, FRAMES = 100 * BLOCK, N1 = 48 };   /* stereo, 16 bit */

/* One clip, of which the first `blocks` blocks are there. */
static struct rig *open_with(uint32_t blocks, rig_wave *wave)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load_nothing(rig, 0, CLIPMEM_S16, 2, FRAMES);
    for (uint32_t i = 0; i < blocks; i++)
        rig_load_block(rig, 0, CLIPMEM_S16, 2, i, wave);
    struct clip_params params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    return rig;
}

static void a_voice_fades_over_its_last_samples_and_comes_back_in_its_place(void **state)
{
    (void)state;
    struct rig *rig = open_with(4, rig_half);
    rig_press(rig, 0, 0);
    rig_run(rig, 6400);
    uint64_t dry = 4 * BLOCK;
    for (uint64_t n = 0; n <= N1; n++)
        assert_true(fabs(rig_sample(rig, 0, dry - N1 + n, 0) - 0.5 * (1 - (double)n / N1)) < 1e-6);
    assert_true(rig_sample(rig, 0, dry - N1 - 1, 0) == 0.5f);
    for (uint64_t f = dry; f < 6400; f++)
        assert_true(rig_sample(rig, 0, f, 0) == 0);
    assert_int_equal(rig->shown.dry, 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    for (uint32_t i = 5; i < 20; i++)
        rig_load_block(rig, 0, CLIPMEM_S16, 2, i, rig_half);
    rig_load_block(rig, 0, CLIPMEM_S16, 2, 4, rig_half);
    rig_run(rig, 10000);
    for (uint64_t n = 0; n <= N1; n++)
        assert_true(fabs(rig_sample(rig, 0, 6400 + n, 0) - 0.5 * (double)n / N1) < 1e-6);
    const struct event *event = rig_last_event(rig, EVENT_DRY, 0);
    assert_non_null(event);
    assert_int_equal(event->frame, 6400);
    assert_int_equal(event->heard_frames, 6400 - dry);
    assert_int_equal(rig->shown.starts_late, 0);
    rig_close(rig);
}

/* SPEC S3: each cause mutes what it must. A slow clip is silent alone: to the sample, its bus has all that is not slow. */
static void a_dry_voice_mutes_no_bus(void **state)
{
    (void)state;
    struct rig *rig = open_with(4, rig_count);
    rig_load(rig, 1, CLIPMEM_S16, 2, FRAMES, rig_half);
    struct clip_params params = rig_params(1);
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    rig_run(rig, 20 * BLOCK);
    assert_true(rig_sample(rig, 0, 4 * BLOCK - N1 - 1, 0) != 0.5f);
    for (uint64_t f = 4 * BLOCK; f < 20 * BLOCK; f++)
        assert_true(rig_sample(rig, 0, f, 0) == 0.5f);
    assert_int_equal(rig->shown.dry, 1);
    assert_int_equal(rig->shown.emergencies, 0);
    rig_close(rig);
}

static void it_keeps_its_place_in_time(void **state)
{
    (void)state;
    struct rig *rig = open_with(3, rig_count);
    rig_press(rig, 100, 0);
    rig_run(rig, 9000);
    for (uint32_t i = 3; i < 12; i++)
        rig_load_block(rig, 0, CLIPMEM_S16, 2, i, rig_count);
    rig_run(rig, 10000);
    for (uint64_t f = 9100; f < 10000; f++)
        assert_true(rig_sample(rig, 0, f, 1) == (float)rig_count((int64_t)f - 100, 1) / 32768);
    rig_close(rig);
}

static void it_comes_back_only_when_some_of_it_is_there(void **state)
{
    (void)state;
    struct rig *rig = open_with(2, rig_half);
    rig_press(rig, 0, 0);
    rig_run(rig, 3 * BLOCK + 512);
    rig_load_block(rig, 0, CLIPMEM_S16, 2, 3, rig_half);        /* 512 frames left of it: less than 20 ms */
    rig_run(rig, 4 * BLOCK);
    assert_true(rig_sample(rig, 0, 4 * BLOCK - 1, 0) == 0);
    rig_load_block(rig, 0, CLIPMEM_S16, 2, 4, rig_half);
    rig_load_block(rig, 0, CLIPMEM_S16, 2, 5, rig_half);
    rig_run(rig, 5 * BLOCK);
    assert_true(rig_sample(rig, 0, 5 * BLOCK - 1, 0) == 0.5f);
    assert_int_equal(rig->shown.dry, 1);
    rig_close(rig);
}

static void a_clip_without_its_head_waits_and_is_late(void **state)
{
    (void)state;
    struct rig *rig = open_with(0, rig_half);
    uint32_t press = rig_press(rig, 0, 0);
    rig_run(rig, 640);
    assert_int_equal(rig_result(rig, press, NULL), RESULT_OK);
    assert_int_equal(rig_shown(rig, STATE_VOICE_QUEUED), 1);
    rig_load_block(rig, 0, CLIPMEM_S16, 2, 0, rig_half);        /* 21 ms */
    rig_run(rig, 1280);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    assert_int_equal(rig_last_event(rig, EVENT_START, 0)->frame, 640);
    assert_int_equal(rig->shown.starts_late, 1);
    rig_close(rig);
}

static void a_fade_goes_on_while_its_clip_waits(void **state)
{
    (void)state;
    struct rig *rig = open_with(0, rig_half);
    rig_press(rig, 0, 0);
    rig_fade(rig, 240, TARGET_CLIP, 0, 0.5f, 0.01);
    rig_run(rig, 480);
    rig_load_block(rig, 0, CLIPMEM_S16, 2, 0, rig_half);
    rig_run(rig, 1280);
    for (uint64_t frame = 480 + 48; frame < 720; frame++)       /* behind the protection */
        assert_true(fabs(rig_sample(rig, 0, frame, 0) - 0.5 * (1 - 0.5 * (double)(frame - 240) / 480)) < 1e-6);
    assert_true(rig_sample(rig, 0, 720, 0) == 0.25f);
    rig_close(rig);
}

static void a_loop_asks_for_what_comes_after_its_seam(void **state)
{
    (void)state;
    struct rig *rig = open_with(0, rig_half);
    for (uint32_t i = 4; i < 6; i++)
        rig_load_block(rig, 0, CLIPMEM_S16, 2, i, rig_half);
    struct clip_params params = rig_params(0);
    params.mode = CLIP_LOOP;
    params.in_frames = 4 * BLOCK;
    params.out_frames = 6 * BLOCK;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_run(rig, 2 * BLOCK - 640);
    clipmem_evict(rig->memory, 0, 4);
    rig_run(rig, 3 * BLOCK);
    assert_true(rig_sample(rig, 0, 2 * BLOCK - N1 - 1, 0) == 0.5f);
    assert_true(fabs(rig_sample(rig, 0, 2 * BLOCK - 1, 0) - 0.5 / N1) < 1e-6);
    assert_true(rig_sample(rig, 0, 2 * BLOCK, 0) == 0);
    rig_load_block(rig, 0, CLIPMEM_S16, 2, 4, rig_half);
    rig_run(rig, 8 * BLOCK);
    assert_true(rig_sample(rig, 0, 7 * BLOCK, 0) == 0.5f);
    assert_int_equal(rig->shown.dry, 1);
    rig_close(rig);
}

static void a_stop_while_dry_is_a_stop(void **state)
{
    (void)state;
    struct rig *rig = open_with(2, rig_half);
    rig_press(rig, 0, 0);
    rig_stop(rig, 3000, TARGET_CLIP, 0);
    rig_run(rig, 4000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 3000 + N1);
    rig_close(rig);
}

static void the_sound_ends_where_it_proves_to_end(void **state)
{
    (void)state;
    struct rig *rig = open_with(8, rig_half);
    struct clip_params params = rig_params(0);
    params.mode = CLIP_LOOP;
    params.in_frames = 3000;
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    rig_run(rig, 1280);
    clipmem_shorten(rig->memory, 0, 2000, 2000);        /* sooner than the loop begins */
    rig_run(rig, 4000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 2000);
    assert_int_equal(rig_count_events(rig, EVENT_END, 1), 1);
    rig_close(rig);
}

static void the_demand_tells_what_is_read(void **state)
{
    (void)state;
    struct rig *rig = open_with(8, rig_half);
    struct clip_params params = rig_params(0);
    params.in_frames = 20 * BLOCK;
    params.out_frames = 30 * BLOCK;
    params.mode = CLIP_LOOP;
    rig_install(rig, ENGINE_NOW, 5, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 5);
    rig_run(rig, 640);
    struct demand_picture picture;
    assert_true(demand_read(rig->demand, &picture));
    assert_int_equal(picture.frame, 640);
    assert_int_equal(picture.count, 2);
    assert_int_equal(picture.voice[0].pos, 640);
    assert_int_equal(picture.voice[0].out, FRAMES);
    assert_int_equal(picture.voice[0].flags, 0);
    assert_int_equal(picture.voice[1].clip, 5);
    assert_int_equal(picture.voice[1].flags, DEMAND_QUEUED);
    assert_int_equal(picture.voice[1].pos, 20 * BLOCK);
    rig_load_block(rig, 0, CLIPMEM_S16, 2, 20, rig_half);
    rig_stop(rig, ENGINE_NOW, TARGET_CLIP, 0);
    rig_run(rig, 704);
    assert_true(demand_read(rig->demand, &picture));
    assert_int_equal(picture.count, 1);                 /* the other faded out in this very period */
    assert_int_equal(picture.voice[0].flags, DEMAND_LOOPS);
    assert_int_equal(picture.voice[0].pos, 20 * BLOCK + 64);
    assert_int_equal(demand_stamp(rig->demand) % 2, 0);
    rig_close(rig);
}

/* Its parts begin at blocks 10 and 2: the second is asked for before its time, and fades where it is away. */
static struct rig *open_sequence(void)
{
    struct rig *rig = open_with(0, rig_half);
    for (uint32_t i = 10; i < 14; i++)
        rig_load_block(rig, 0, CLIPMEM_S16, 2, i, rig_half);
    struct clip_params params = rig_params(0);
    params.mode = CLIP_LOOP;
    params.markers = 3;
    params.marker[0] = 2 * BLOCK;
    params.marker[1] = 10 * BLOCK;
    params.marker[2] = 14 * BLOCK;
    params.sequence = 0x12;
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    return rig;
}

static void the_next_part_of_a_sequence_is_asked_for(void **state)
{
    (void)state;
    static struct demand_picture picture;
    struct rig *rig = open_sequence();
    rig_run(rig, 640);
    assert_true(demand_read(rig->demand, &picture));
    assert_int_equal(picture.count, 2);
    assert_int_equal(picture.voice[0].pos, 10 * BLOCK + 640);
    assert_int_equal(picture.voice[0].out, 14 * BLOCK);
    assert_int_equal(picture.voice[0].flags, 0);        /* what comes after its end is not what stands at its beginning */
    assert_int_equal(picture.voice[1].flags, DEMAND_QUEUED);
    assert_int_equal(picture.voice[1].pos, 2 * BLOCK);
    assert_int_equal(picture.voice[1].out, 10 * BLOCK);
    rig_close(rig);
}

static void a_part_that_is_away_costs_a_fade(void **state)
{
    (void)state;
    uint32_t joint = 4 * BLOCK;
    struct rig *rig = open_sequence();
    rig_run(rig, joint + 640);
    for (uint64_t n = 0; n <= N1; n++)
        assert_true(fabs(rig_sample(rig, 0, joint - N1 + n, 0) - 0.5 * (1 - (double)n / N1)) < 1e-6);
    assert_int_equal(rig->shown.dry, 1);
    for (uint32_t i = 2; i < 10; i++)
        rig_load_block(rig, 0, CLIPMEM_S16, 2, i, rig_half);
    rig_run(rig, joint + 12 * BLOCK + 640);             /* through the second part and the first once more */
    for (uint64_t f = joint + 640 + N1; f < joint + 12 * BLOCK + 640; f++)
        assert_true(rig_sample(rig, 0, f, 0) == 0.5f);
    assert_int_equal(rig->shown.dry, 1);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_voice_fades_over_its_last_samples_and_comes_back_in_its_place),
        cmocka_unit_test(a_dry_voice_mutes_no_bus),
        cmocka_unit_test(it_keeps_its_place_in_time), cmocka_unit_test(it_comes_back_only_when_some_of_it_is_there),
        cmocka_unit_test(a_clip_without_its_head_waits_and_is_late),
        cmocka_unit_test(a_fade_goes_on_while_its_clip_waits), cmocka_unit_test(a_loop_asks_for_what_comes_after_its_seam),
        cmocka_unit_test(a_stop_while_dry_is_a_stop), cmocka_unit_test(the_sound_ends_where_it_proves_to_end),
        cmocka_unit_test(the_demand_tells_what_is_read), cmocka_unit_test(the_next_part_of_a_sequence_is_asked_for),
        cmocka_unit_test(a_part_that_is_away_costs_a_fade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
