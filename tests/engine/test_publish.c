/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine publishes: voices, busses and their meters, the clock. */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define MS INT64_C(1000000)

static const struct state_voice *shown(const struct rig *rig, unsigned clip)
{
    for (int i = 0; i < STATE_VOICES; i++)
        if (rig->shown.voice[i].clip == clip)
            return &rig->shown.voice[i];
    fail();
    return NULL;
}

static void a_voice_is_shown_at_its_place_in_the_file(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    assert_int_equal(clipmem_prepare(rig->memory, 0, CLIPMEM_S16, 2, 44100, 48000, 441000, 480000), 0);
    for (uint32_t index = 0; clipmem_take(rig->memory, 0, index); index++)
        clipmem_publish(rig->memory, 0, index);
    clipmem_set_state(rig->memory, 0, CLIPMEM_READY);
    struct clip_params params = rig_params(0);
    params.in_frames = 44100;
    params.out_frames = 4 * 44100;
    params.gain_lin = 0.5f;
    params.group = 2;
    rig_install(rig, ENGINE_NOW, 7, &params);
    rig_press(rig, 4800, 7);
    rig_run(rig, 4800 + 72000);
    const struct state_voice *voice = shown(rig, 7);
    assert_int_equal(voice->kind, STATE_VOICE_PLAYING);
    assert_int_equal(voice->bus, 2);
    assert_int_equal(voice->pass, 1);
    assert_int_equal(voice->serial, 1);
    assert_int_equal(voice->start_frame, 4800);
    assert_int_equal(voice->position_frames, 44100 + 66150);
    assert_int_equal(voice->elapsed_ns, 1500 * MS);
    assert_int_equal(voice->remaining_ns, 1500 * MS);
    assert_int_equal(voice->gain_mdb, -6021);
    assert_int_equal(voice->progress, 32767);
    assert_int_equal(rig->shown.frame, 4800 + 72000);
    assert_int_equal(rig->shown.voices_used, 2);
    rig_fade(rig, ENGINE_NOW, TARGET_CLIP, 7, 0.5f, 0.1);
    rig_stop(rig, 100000, TARGET_CLIP, 7);
    rig_run(rig, 90000);
    assert_int_equal(shown(rig, 7)->gain_mdb, -12041);
    rig_run(rig, 100010);
    assert_int_equal(shown(rig, 7)->kind, STATE_VOICE_STOPPING);
    rig_run(rig, 110000);
    for (int i = 0; i < STATE_VOICES; i++)
        assert_int_equal(rig->shown.voice[i].clip, STATE_NO_CLIP);
    rig_close(rig);
}

static void remaining_counts_the_passes_to_come(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 48000, rig_half);
    struct clip_params params = rig_params(0);
    params.mode = CLIP_LOOP;
    params.loops = 3;
    rig_install(rig, ENGINE_NOW, 0, &params);
    params.seam_s = 0.01;
    rig_install(rig, ENGINE_NOW, 1, &params);
    params.loops = 0;
    rig_install(rig, ENGINE_NOW, 2, &params);
    for (uint16_t clip = 0; clip < 3; clip++)
        rig_press(rig, 0, clip);
    rig_run(rig, 60000);
    assert_int_equal(shown(rig, 0)->kind, STATE_VOICE_LOOPING);
    assert_int_equal(shown(rig, 0)->pass, 2);
    assert_int_equal(shown(rig, 0)->position_frames, 12000);
    assert_int_equal(shown(rig, 0)->remaining_ns, 84000 / 48 * MS);
    assert_int_equal(shown(rig, 0)->elapsed_ns, 60000 / 48 * MS);
    assert_int_equal(shown(rig, 1)->remaining_ns, (3 * 48000 - 2 * 480 - 60000) / 48 * MS);
    assert_int_equal(shown(rig, 2)->remaining_ns, -1);
    rig_do(rig, ENGINE_NOW, OP_RELEASE, 2);
    rig_run(rig, 60000 + 48);
    assert_int_equal(shown(rig, 2)->kind, STATE_VOICE_PLAYING);
    assert_int_equal(shown(rig, 2)->remaining_ns, (48000 - 12480 - 48) / 48 * MS);
    rig_close(rig);
}

static void a_voice_keeps_its_place_in_the_picture(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 1, 48000, rig_half);
    struct clip_params params = rig_params(0);
    for (uint16_t i = 0; i < 49; i++) {
        rig_install(rig, ENGINE_NOW, i, &params);
        if (i < 48)
            rig_press(rig, 0, i);
    }
    rig_do(rig, 0, OP_AUDITION, 48);
    rig_run(rig, 1000);
    for (uint16_t i = 0; i < 49; i++)
        assert_int_equal(rig->shown.voice[i].clip, i);
    assert_int_equal(rig->shown.voice[48].kind, STATE_VOICE_AUDITIONING);
    rig_press(rig, 1000, 5);
    rig_run(rig, 2000);
    assert_int_equal(rig->shown.voice[5].clip, STATE_NO_CLIP);
    rig_press(rig, 2000, 5);
    rig_run(rig, 3000);
    for (uint16_t i = 0; i < 49; i++)
        assert_int_equal(rig->shown.voice[i].clip, i);
    rig_close(rig);
}

static void meters_rise_at_once_and_fall_by_20_db_a_second(void **state)
{
    (void)state;
    static const uint32_t periods[3][2] = {{64, 0}, {480, 0}, {4096, 0}};
    for (int p = 0; p < 3; p++) {
        struct rig *rig = rig_open(48000, periods[p]);
        rig_load(rig, 0, CLIPMEM_S16, 2, 48000, rig_half);
        struct clip_params params = rig_params(0);
        rig_install(rig, ENGINE_NOW, 0, &params);
        rig_press(rig, 0, 0);
        rig_run(rig, 4096 * 10);
        assert_true(rig->shown.bus[0].peak_lin == 0.5f);
        assert_true(fabsf(rig->shown.bus[0].rms_lin - 0.5f) < 1e-4f);
        assert_true(rig->shown.bus[1].peak_lin == 0 && rig->shown.bus[1].rms_lin == 0);
        rig_press(rig, 4096 * 10, 0);
        rig_run(rig, 4096 * 11);
        float peak = rig->shown.bus[0].peak_lin;
        rig_run(rig, 4096 * 11 + 48000);
        assert_true(fabsf(rig->shown.bus[0].peak_lin / peak - 0.1f) < 1e-4f);
        assert_true(rig->shown.bus[0].rms_lin == 0);
        rig_run(rig, 4096 * 11 + 48000 * 6);
        assert_true(rig->shown.bus[0].peak_lin == 0);
        rig_close(rig);
    }
}

static void rms_is_of_300_ms(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 48000, rig_half);
    struct clip_params params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 14400, 0);
    rig_run(rig, 14400 + 7200);
    assert_true(fabs(rig->shown.bus[0].rms_lin - 0.5 * sqrt(0.5)) < 0.02);     /* half of the window */
    rig_run(rig, 14400 + 15000);
    assert_true(fabs(rig->shown.bus[0].rms_lin - 0.5) < 0.002);
    rig_close(rig);
}

static void meters_are_after_gain_and_mute(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 480000, rig_half);
    struct clip_params params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_post(rig, (struct op){.type = OP_GROUP, .group = {.voices = 24, .gain_lin = 0.5f}});
    rig_press(rig, 0, 0);
    rig_run(rig, 48000);
    assert_true(rig->shown.bus[0].peak_lin == 0.25f);
    assert_true(rig->shown.bus[0].gain_lin == 0.5f);
    rig_mute(rig, 48000, TARGET_GROUP, 0, true);
    rig_run(rig, 48000 + 60000);
    assert_true(rig->shown.bus[0].peak_lin < 0.025f);
    assert_true(rig->shown.bus[0].rms_lin == 0);
    assert_true(rig->shown.bus[0].gain_lin == 0.5f);
    rig_close(rig);
}

static void what_the_audio_loop_knows_is_shown(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    struct engine_note note = {.time_ns = 12345, .load_ppm = 678, .median_ppm = 456, .worst_ppm = 789, .xruns = 9, .late = 10};
    engine_note_rt(rig->engine, &note);
    rig_run(rig, 64);
    struct state_live live;
    assert_true(seqlock_read(&rig->lock, &rig->shown, &live, sizeof live));
    assert_int_equal(live.time_ns, 12345);
    assert_int_equal(live.load_ppm, 678);
    assert_int_equal(live.median_ppm, 456);
    assert_int_equal(live.worst_ppm, 789);
    assert_int_equal(live.xruns, 9);
    assert_int_equal(live.late, 10);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_voice_is_shown_at_its_place_in_the_file), cmocka_unit_test(remaining_counts_the_passes_to_come),
        cmocka_unit_test(a_voice_keeps_its_place_in_the_picture),
        cmocka_unit_test(meters_rise_at_once_and_fall_by_20_db_a_second),
        cmocka_unit_test(rms_is_of_300_ms), cmocka_unit_test(meters_are_after_gain_and_mute),
        cmocka_unit_test(what_the_audio_loop_knows_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
