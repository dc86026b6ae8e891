/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a killed engine was in the middle of, a test each (SPEC S2, F4): the next one is in the middle of it too, at the very
 * frame and level. Each test also knows that what it is about was under way when the engine died.
 */
#include "config.h"

#include "resume_rig.h"
#include "engine/resume_layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { LONG = 40000, SHORT = 2000, START = 100, ON = 4000 };

static struct script script;            /* of the test that runs */

static void load_media(struct rig *rig)
{
    rig_load_at(rig, 0, 48000, CLIPMEM_S16, 2, LONG, rig_count);
    rig_load_at(rig, 1, 48000, CLIPMEM_F32, 2, SHORT, rig_count);
    rig_load_at(rig, 2, 44100, CLIPMEM_S16, 2, LONG, rig_count);
    rig_load_at(rig, 3, 48000, CLIPMEM_S16, 1, LONG, rig_count);
}

static void begin_script(void)
{
    script.count = 0;
    script_add(&script, (struct op){.type = OP_FAMILIES, .clip = 3});
}

/* Clip `clip`, pressed at START. */
static void play(uint16_t clip, const struct clip_params *params)
{
    script_clip(&script, 0, clip, params);
    script_press(&script, START, clip);
}

/* Killed 1 frame after it, well behind it, and at some more places. */
static void kill_around(uint64_t at, unsigned voices)
{
    static const uint64_t after[] = {1, 64, 777};
    for (unsigned i = 0; i < sizeof after / sizeof *after; i++)
        assert_int_equal(rig_kill_at(&script, 48000, load_media, at + after[i], ON), voices);
}

static void a_loop_is_in_its_pass(void **state)
{
    (void)state;
    struct clip_params params = rig_params(1);
    params.mode = CLIP_LOOP;
    params.loops = 4;
    begin_script();
    play(0, &params);
    kill_around(START + 2 * SHORT, 1);
    kill_around(START + 3 * SHORT, 1);  /* and its last pass ends */
}

static void a_seam_is_as_far_as_it_was(void **state)
{
    (void)state;
    struct clip_params params = rig_params(1);
    params.mode = CLIP_LOOP;
    params.seam_s = 0.02;
    begin_script();
    play(0, &params);
    for (uint64_t into = 0; into < 960; into += 191)
        rig_kill_at(&script, 48000, load_media, START + SHORT - 960 + into, ON);
}

static void fades_are_as_far_as_they_were(void **state)
{
    (void)state;
    for (int curve = 0; curve < FADE_CURVES; curve++) {
        struct clip_params params = rig_params(0);
        params.fade_in_s = 0.1;
        params.fade_in_curve = params.fade_out_curve = (uint8_t)curve;
        params.fade_out_s = 0.2;
        begin_script();
        play(0, &params);
        script_fade(&script, 2000, (struct engine_target){TARGET_CLIP, 0}, 0.25f, 0.3);
        script_fade(&script, 3000, (struct engine_target){TARGET_BUS, 0}, 0.5f, 0.3);
        script_do(&script, 5000, OP_STOP, 0);
        kill_around(2000, 1);           /* the fade-in still goes on */
        kill_around(5000, 1);           /* a tail: stopped while it fades */
    }
}

static void fade_markers_are_as_far_as_they_were(void **state)
{
    (void)state;
    struct clip_params params = rig_params(1), edited;
    params.mode = CLIP_LOOP;
    params.fades = 2;
    params.fade[0] = (struct clip_fade){.from_frames = 500, .to_frames = 1500, .level_lin = 0.25f, .curve = FADE_S_CURVE};
    params.fade[1] = (struct clip_fade){.from_frames = 1600, .to_frames = SHORT - 20, .level_lin = 0.75f, .curve = FADE_LOG};
    edited = params;
    edited.fade[1].level_lin = 0;
    begin_script();
    play(0, &params);
    script_clip(&script, START + 3000, 0, &edited);
    kill_around(START + 500, 1);
    kill_around(START + 3000, 1);               /* on the way from what it was to what it is */
    kill_around(START + SHORT, 1);              /* a pass begins at another level than the one before ended at */
}

static void a_choked_tail_comes_back_as_one(void **state)
{
    (void)state;
    struct clip_params params = rig_params(0);
    params.fade_out_s = 0.2;
    begin_script();
    script_add(&script, (struct op){.type = OP_GROUP, .clip = 0, .group = {.choke = true, .voices = 2, .gain_lin = 1}});
    play(0, &params);
    script_clip(&script, 0, 1, &params);
    script_press(&script, 3000, 1);
    script_clip(&script, 0, 2, &params);
    script_press(&script, 6000, 2);     /* there is room for one tail: the older one ends */
    kill_around(3000, 2);
    kill_around(5000, 2);
}

static void a_ghost_is_not_heard_twice(void **state)
{
    (void)state;
    struct clip_params params = rig_params(0);
    params.press = CLIP_PRESS_RESTART;
    begin_script();
    play(0, &params);
    script_press(&script, 3000, 0);
    assert_int_equal(rig_kill_at(&script, 48000, load_media, 3100, ON), 2);
    assert_int_equal(rig_kill_at(&script, 48000, load_media, 3300, ON), 1);
}

static void what_follows_comes_after_its_gap(void **state)
{
    (void)state;
    for (int gap = 0; gap < 2; gap++) {
        struct clip_params first = rig_params(1), second = rig_params(0);
        first.follow = FOLLOW_CLIP;
        first.follow_clip = 1;
        first.follow_gap_s = gap ? 0.05 : 0;
        begin_script();
        script_clip(&script, 0, 1, &second);
        play(0, &first);
        kill_around(START + SHORT - 100, 1);            /* its end, its heir, and what is behind it */
        kill_around(START + SHORT - 30, 1);
        kill_around(START + SHORT, 1);                  /* queued, or it sounds already */
    }
}

static void what_waits_keeps_its_fade(void **state)
{
    (void)state;
    struct clip_params first = rig_params(1), second = rig_params(0);
    first.follow = FOLLOW_CLIP;
    first.follow_clip = 1;
    first.follow_gap_s = 0.05;
    begin_script();
    script_clip(&script, 0, 1, &second);
    play(0, &first);
    script_fade(&script, START + SHORT + 100, (struct engine_target){TARGET_CLIP, 1}, 0.25f, 0.1);
    kill_around(START + SHORT + 1000, 1);
    kill_around(START + SHORT + 2400, 1);
}

static void links_come_when_they_are_due(void **state)
{
    (void)state;
    static const struct clip_link links[] = {
        {.does = LINK_START, .target = {TARGET_CLIP, 1}, .delay_s = 0.05},
        {.does = LINK_FADE, .target = {TARGET_CLIP, 2}, .level_lin = 0.25f, .seconds = 0.05, .delay_s = 0.04},
        {.does = LINK_STOP, .target = {TARGET_GROUP, 0}, .delay_s = 0.08},
    };
    struct clip_params params = rig_params(0), other = rig_params(3);
    params.links = 3;
    params.link = links;
    begin_script();
    play(2, &other);
    script_clip(&script, 0, 1, &other);
    play(0, &params);
    kill_around(START, 3);
    kill_around(START + 1920, 3);
}

static void a_list_goes_on_with_its_next(void **state)
{
    (void)state;
    static const uint32_t turns[] = {1, 0, 3, 2};
    struct clip_params params = rig_params(1);
    params.press = CLIP_PRESS_RESTART;
    params.turns = 4;
    params.turn_medium = turns;
    for (int shuffled = 0; shuffled < 2; shuffled++) {
        params.shuffled = shuffled;
        params.seed = 77;
        begin_script();
        play(0, &params);
        for (uint64_t frame = 1000; frame < 12000; frame += 1000)
            script_press(&script, frame, 0);
        kill_around(2500, 1);
        kill_around(5500, 1);
    }
}

static void a_pause_a_guard_and_a_mute_stand(void **state)
{
    (void)state;
    struct clip_params params = rig_params(0), guarded = rig_params(3);
    guarded.guard_s = 0.1;
    begin_script();
    play(0, &params);
    play(1, &guarded);
    script_add(&script, (struct op){.type = OP_PAUSE, .frame = 2000, .target = {TARGET_CLIP, 0}});
    script_add(&script, (struct op){.type = OP_MUTE, .frame = 2100, .target = {TARGET_CLIP, 1}, .on = true});
    script_press(&script, START + 4000, 1);             /* too soon */
    script_press(&script, START + 5000, 1);
    script_add(&script, (struct op){.type = OP_RESUME, .frame = 5000, .target = {TARGET_CLIP, 0}});
    kill_around(2000, 2);
    kill_around(3500, 2);
}

static void a_gate_ends_when_it_is_let_go(void **state)
{
    (void)state;
    struct clip_params params = rig_params(0);
    params.mode = CLIP_GATE;
    begin_script();
    script_clip(&script, 0, 0, &params);
    script_add(&script, (struct op){.type = OP_PRESS, .frame = START, .edge = PRESS_DOWN});
    script_add(&script, (struct op){.type = OP_PRESS, .frame = 4000, .edge = PRESS_UP});
    kill_around(2000, 1);
}

static void a_panic_and_an_emergency_go_on(void **state)
{
    (void)state;
    struct clip_params params = rig_params(0);
    begin_script();
    play(0, &params);
    script_do(&script, 2000, OP_PANIC, 0);
    kill_around(2000, 1);
    begin_script();
    play(0, &params);
    script_do(&script, 2000, OP_EMERGENCY, 0);
    script_press(&script, 3000, 1);     /* refused */
    script_do(&script, 4000, OP_EMERGENCY, 0);
    kill_around(2000, 1);
    kill_around(2900, 1);
    kill_around(4000, 1);
}

static void busses_go_where_they_went(void **state)
{
    (void)state;
    struct clip_params params = rig_params(0);
    struct bus_params bus = {.mono = true, .limiter = true, .sends = {2, {{{3, 4}, 1}, {{1, 7}, 0.5f}}}};
    begin_script();
    params.gain_lin = 4;                /* the limiters have work */
    play(0, &params);
    script_add(&script, (struct op){.type = OP_LIMITERS, .frame = 1500, .pairs = 3});
    script_add(&script, (struct op){.type = OP_BUS, .frame = 2000, .clip = 0, .bus = bus});
    script_add(&script, (struct op){.type = OP_SOLO, .frame = 3000, .clip = 1, .on = true});
    script_add(&script, (struct op){.type = OP_SOLO, .frame = 6000, .clip = 1});
    kill_around(1500, 1);
    kill_around(2000, 1);
    kill_around(3000, 1);
    kill_around(5999, 1);
}

/* A chain that is converted goes on in its phase, mono and stereo, at every rate of a device. */
static void chains_keep_their_phase(void **state)
{
    (void)state;
    static const uint32_t rates[] = {44100, 48000, 88200, 96000};
    for (int i = 0; i < 4; i++)
        for (uint64_t at = 3000; at < 3150; at += 29) {
            struct clip_params first = rig_params(2), second = rig_params(3);
            begin_script();
            play(0, &first);
            play(1, &second);
            assert_int_equal(rig_kill_at(&script, rates[i], load_media, at, ON), 2);
        }
}

static void an_audition_goes_on(void **state)
{
    (void)state;
    struct clip_params params = rig_params(2);
    begin_script();
    script_clip(&script, 0, 5, &params);
    script_add(&script, (struct op){.type = OP_AUDITION, .frame = START, .clip = 5,
                                    .entry = {.kind = ENTRY_SECONDS, .anywhere = true, .seconds = 0.1}});
    kill_around(2000, 1);
}

/* What the next life publishes is what the last one did, at the first period. */
static void screens_see_the_same_places(void **state)
{
    (void)state;
    struct resume_report report;
    struct clip_params params = rig_params(0);
    struct rig *dead = rig_open_kept(48000, NULL);
    load_media(dead);
    for (uint16_t clip = 0; clip < 3; clip++) {
        rig_install(dead, 0, clip, &params);
        rig_press(dead, 10 + clip, clip);
    }
    rig_run(dead, 1000);
    rig_stop(dead, 1000, TARGET_CLIP, 0);
    rig_run(dead, 2000);
    struct rig *resumed = rig_resume(dead, NULL, &report);
    rig_run(dead, 2064);
    rig_run(resumed, 2064);
    for (int i = 0; i < STATE_VOICES; i++) {
        assert_int_equal(resumed->shown.voice[i].clip, dead->shown.voice[i].clip);
        assert_int_equal(resumed->shown.voice[i].serial, dead->shown.voice[i].serial);
        assert_int_equal(resumed->shown.voice[i].position_frames, dead->shown.voice[i].position_frames);
        assert_int_equal(resumed->shown.voice[i].elapsed_ns, dead->shown.voice[i].elapsed_ns);
    }
    assert_int_equal(rig_shown(resumed, STATE_VOICE_PLAYING), 2);
    rig_close(resumed);
    rig_close(dead);
}

/* The document comes later: the same parameters change nothing, others are taken up as an edit is. */
static void a_document_that_comes_later_is_an_edit(void **state)
{
    (void)state;
    struct clip_params params = rig_params(0);
    begin_script();
    play(0, &params);
    script_clip(&script, 3000, 0, &params);
    params.gain_lin = 0.5f;
    script_clip(&script, 4000, 0, &params);
    script_clip(&script, 5000, 0, NULL);
    kill_around(2000, 1);
    kill_around(3000, 1);
    kill_around(4000, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_is_in_its_pass),
        cmocka_unit_test(a_seam_is_as_far_as_it_was),
        cmocka_unit_test(fades_are_as_far_as_they_were), cmocka_unit_test(fade_markers_are_as_far_as_they_were),
        cmocka_unit_test(a_choked_tail_comes_back_as_one),
        cmocka_unit_test(a_ghost_is_not_heard_twice),
        cmocka_unit_test(what_follows_comes_after_its_gap), cmocka_unit_test(what_waits_keeps_its_fade),
        cmocka_unit_test(links_come_when_they_are_due),
        cmocka_unit_test(a_list_goes_on_with_its_next),
        cmocka_unit_test(a_pause_a_guard_and_a_mute_stand),
        cmocka_unit_test(a_gate_ends_when_it_is_let_go),
        cmocka_unit_test(a_panic_and_an_emergency_go_on),
        cmocka_unit_test(busses_go_where_they_went),
        cmocka_unit_test(chains_keep_their_phase),
        cmocka_unit_test(an_audition_goes_on),
        cmocka_unit_test(screens_see_the_same_places),
        cmocka_unit_test(a_document_that_comes_later_is_an_edit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
