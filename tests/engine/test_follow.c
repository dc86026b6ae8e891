/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes when a clip ends by itself (SPEC P7, P11): the frame, the seam, and what keeps it from coming. */
#include "config.h"

#include "bench_rig.h"
#include "clipmem/demand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { A = 5000, B = 700, START = 100, END = START + A, LOUD = 0 };

static int other(int64_t frame, unsigned channel)
{
    return -rig_count(frame + 77, channel);
}

static float of_a(int64_t frame)
{
    return (float)rig_count(frame, 0) / 32768;
}

static float of_b(int64_t frame)
{
    return (float)other(frame, 0) / 32768;
}

static struct clip_params followed_by(uint32_t medium, uint16_t clip, double gap_s)
{
    struct clip_params params = rig_params(medium);
    params.follow = FOLLOW_CLIP;
    params.follow_clip = clip;
    params.follow_gap_s = gap_s;
    return params;
}

/* Clip 0 of A frames, followed by clip 1 of B frames. */
static struct rig *open_pair(const uint32_t *periods, double gap_s)
{
    struct rig *rig = rig_open(48000, periods);
    rig_load(rig, 0, CLIPMEM_S16, 2, A, rig_count);
    rig_load(rig, 1, CLIPMEM_F32, 2, B, other);
    struct clip_params first = followed_by(0, 1, gap_s), second = rig_params(1);
    rig_install(rig, ENGINE_NOW, 0, &first);
    rig_install(rig, ENGINE_NOW, 1, &second);
    rig_press(rig, START, 0);
    return rig;
}

static void assert_sample(const struct rig *rig, int64_t frame, double want)
{
    assert_true(fabs(rig_sample(rig, 0, (uint64_t)frame, 0) - want) < 1e-6);
}

static void a_seamless_follower_begins_at_the_frame_after_the_last(void **state)
{
    (void)state;
    static const uint32_t periods[][3] = {{64}, {1}, {4096}, {7, 481}, {1000}};
    for (unsigned i = 0; i < sizeof periods / sizeof *periods; i++) {
        struct rig *rig = open_pair(periods[i], 0);
        rig_run(rig, END + B + 10);
        for (int64_t n = 48; n < A; n++)
            assert_true(rig_sample(rig, 0, (uint64_t)(START + n), 0) == of_a(n));
        for (int64_t n = 0; n < B - 48; n++)
            assert_true(rig_sample(rig, 0, (uint64_t)(END + n), 0) == of_b(n));
        assert_sample(rig, END + B - 24, of_b(B - 24) * 0.5);
        assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, END);
        assert_int_equal(rig_last_event(rig, EVENT_START, 1)->frame, END);
        assert_int_equal(rig_last_event(rig, EVENT_END, 1)->heard_frames, B);
        rig_close(rig);
    }
}

static void a_gap_is_exact_and_both_sides_of_it_fade(void **state)
{
    (void)state;
    static const uint32_t periods[][2] = {{64}, {1}, {4096}};
    enum { GAP = 12345 };
    for (unsigned i = 0; i < 3; i++) {
        struct rig *rig = open_pair(periods[i], GAP / 48000.0);
        rig_run(rig, END + 10);
        assert_int_equal(rig_shown(rig, STATE_VOICE_QUEUED), 1);
        assert_true(engine_sounding_rt(rig->engine));
        rig_run(rig, END + GAP + B);
        for (int64_t left = 1; left < 48; left++)
            assert_sample(rig, END - left, of_a(A - left) * (double)left / 48);
        for (int64_t n = 0; n < GAP; n++)
            assert_true(rig_sample(rig, 0, (uint64_t)(END + n), 0) == 0);
        for (int64_t n = 0; n < 100; n++)
            assert_sample(rig, END + GAP + n, of_b(n) * fmin(1, (double)n / 48));
        assert_int_equal(rig_last_event(rig, EVENT_START, 1)->frame, END + GAP);
        assert_int_equal(rig->shown.starts_late, 0);
        rig_close(rig);
    }
}

/* A fade of its own on either side, or another bus: both are protected as always, and the frame is the same. */
static void fades_of_their_own_stand(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        struct rig *rig = open_pair(NULL, 0);
        struct clip_params first = followed_by(0, 1, 0), second = rig_params(1);
        first.fade_end_s = which == 0 ? 0.01 : 0;
        second.fade_in_s = which == 1 ? 0.01 : 0;
        second.group = which == 2;
        rig_install(rig, ENGINE_NOW, 0, &first);
        rig_install(rig, ENGINE_NOW, 1, &second);
        rig_run(rig, END + B);
        int out = which == 0 ? 480 : 48, in = which == 1 ? 480 : 48;
        for (int64_t left = 1; left < out; left++)
            assert_sample(rig, END - left, of_a(A - left) * (double)left / out);
        for (int64_t n = 0; n < in; n++)
            assert_true(fabs(rig_sample(rig, which == 2, (uint64_t)(END + n), 0) - of_b(n) * (double)n / in) < 1e-6);
        rig_close(rig);
    }
}

enum how { STOPPED, FADED, PANICKED, CHOKED, RESTARTED, GONE, HOWS };

static void nothing_follows_what_was_told_to_end(void **state)
{
    (void)state;
    for (int how = 0; how < HOWS; how++) {
        struct rig *rig = open_pair(NULL, 0);
        struct clip_params params = rig_params(1);
        rig_group(rig, ENGINE_NOW, 0, how == CHOKED, 3);
        rig_install(rig, ENGINE_NOW, 2, &params);
        if (how == STOPPED)
            rig_stop(rig, END - 2000, TARGET_CLIP, 0);
        if (how == FADED)
            rig_fade(rig, END - 2000, TARGET_CLIP, 0, 0, 1);    /* still under way at its end */
        if (how == PANICKED)
            rig_do(rig, END - 2000, OP_PANIC, 0);
        if (how == CHOKED)
            rig_press(rig, END - 2000, 2);
        if (how == RESTARTED)
            rig_do(rig, END - 2000, OP_PLAY, 0);
        if (how == GONE)
            rig_install(rig, END - 2000, 0, NULL);
        rig_run(rig, how == RESTARTED ? END + 1000 : END + A);
        assert_int_equal(rig_count_events(rig, EVENT_START, 1), 0);
        rig_close(rig);
    }
}

static void a_cycle_goes_on_for_ever(void **state)
{
    (void)state;
    struct rig *rig = open_pair(NULL, 0);
    struct clip_params second = followed_by(1, 0, 0);
    rig_install(rig, ENGINE_NOW, 1, &second);
    rig_run(rig, START + 50 * (A + B));
    assert_true(engine_endless_rt(rig->engine));
    for (int64_t n = 48; n < 50 * (A + B); n++) {
        int64_t at = n % (A + B);
        assert_true(rig_sample(rig, 0, (uint64_t)(START + n), 0) == (at < A ? of_a(at) : of_b(at - A)));
    }
    assert_int_equal(rig_count_events(rig, EVENT_START, 0), 51);
    rig_stop(rig, ENGINE_NOW, TARGET_ALL, 0);
    rig_run(rig, START + 50 * (A + B) + 100);
    assert_false(engine_endless_rt(rig->engine));
    assert_false(engine_sounding_rt(rig->engine));
    rig_close(rig);
}

/* One frame is the shortest clip there is; it follows itself. */
static void one_frame_after_the_other(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 1, rig_half);
    struct clip_params params = followed_by(0, 0, 0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, START, 0);
    rig_run(rig, 30000);
    assert_int_equal(rig_count_events(rig, EVENT_START, 0), 30000 - START + 1);
    assert_int_equal(rig_count_events(rig, EVENT_END, 0), 30000 - START);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    rig_close(rig);
}

static void passes_and_a_release_end_by_themselves(void **state)
{
    (void)state;
    for (int released = 0; released < 2; released++) {
        struct rig *rig = open_pair(NULL, 0);
        struct clip_params first = followed_by(0, 1, 0);
        first.mode = CLIP_LOOP;
        first.loops = released ? 0 : 3;
        rig_install(rig, ENGINE_NOW, 0, &first);
        if (released)
            rig_do(rig, START + 2 * A + 100, OP_RELEASE, 0);
        rig_run(rig, START + 3 * A + B);
        for (int64_t n = 48; n < 3 * A; n++)
            assert_true(rig_sample(rig, 0, (uint64_t)(START + n), 0) == of_a(n % A));
        for (int64_t n = 0; n < B - 48; n++)
            assert_true(rig_sample(rig, 0, (uint64_t)(START + 3 * A + n), 0) == of_b(n));
        rig_close(rig);
    }
}

/* A pair of constant sound: clip 0 and 1 at 0.5 each. */
static struct rig *open_constant(void)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, LOUD, CLIPMEM_S16, 2, A, rig_half);
    struct clip_params first = followed_by(LOUD, 1, 0), second = rig_params(LOUD), third = rig_params(LOUD);
    third.stop_others = true;
    third.group = 1;
    rig_install(rig, ENGINE_NOW, 0, &first);
    rig_install(rig, ENGINE_NOW, 1, &second);
    rig_install(rig, ENGINE_NOW, 2, &third);
    rig_press(rig, START, 0);
    return rig;
}

/* No step beyond that of two protections at once. */
static void assert_no_click(const struct rig *rig, uint64_t from, uint64_t to)
{
    for (uint64_t n = from; n < to; n++)
        if (fabsf(rig_sample(rig, 0, n, 0) - rig_sample(rig, 0, n - 1, 0)) > 2 * 0.5f / 48)
            fail_msg("a step of %f at frame %llu", (double)(rig_sample(rig, 0, n, 0) - rig_sample(rig, 0, n - 1, 0)),
                     (unsigned long long)n);
}

static void interfere(struct rig *rig, uint64_t frame, int how)
{
    struct clip_params other_medium = rig_params(9);
    switch (how) {
    case 0: rig_stop(rig, frame, TARGET_CLIP, 0); break;
    case 1: rig_stop(rig, frame, TARGET_ALL, 0); break;
    case 2: rig_do(rig, frame, OP_SILENCE, 0); break;
    case 3: rig_press(rig, frame, 2); break;
    case 4: rig_install(rig, frame, 1, NULL); break;
    case 5: rig_install(rig, frame, 0, NULL); break;
    case 6: rig_install(rig, frame, 1, &other_medium); break;
    case 7: rig_mute(rig, frame, TARGET_CLIP, 0, true); break;
    case 8: rig_fade(rig, frame, TARGET_CLIP, 0, 0.1f, 0.02); break;
    case 9: rig_do(rig, frame, OP_PLAY, 0); break;
    case 10: rig_do(rig, frame, OP_PLAY, 1); break;
    case 11: rig_post(rig, (struct op){.type = OP_SEEK, .frame = frame, .entry = {.kind = ENTRY_FRAME, .frames = 100}}); break;
    default: break;
    }
}

/* Whatever happens in the last 2 ms before the seam and the first after it, nothing clicks. */
static void nothing_clicks_around_the_seam(void **state)
{
    (void)state;
    for (int how = 0; how < 12; how++) {
        for (uint64_t frame = END - 60; frame <= END + 50; frame++) {
            struct rig *rig = open_constant();
            interfere(rig, frame, how);
            rig_run(rig, END + 1000);
            assert_no_click(rig, END - 100, END + 1000);
            rig_close(rig);
        }
    }
}

static void told_to_stop_at_the_last_moment_it_does_not_follow(void **state)
{
    (void)state;
    struct rig *rig = open_constant();
    rig_stop(rig, END - 1, TARGET_CLIP, 0);
    rig_run(rig, END + 1000);
    assert_int_equal(rig_count_events(rig, EVENT_START, 1), 0);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_STOP);
    assert_true(rig_sample(rig, 0, END + 48, 0) == 0);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 1);      /* of what dies away nobody is told */
    rig_close(rig);
}

static void a_follower_whose_samples_are_not_there_comes_as_soon_as_they_are(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, A, rig_count);
    rig_load_nothing(rig, 1, CLIPMEM_S16, 2, B);
    struct clip_params first = followed_by(0, 1, 0), second = rig_params(1);
    rig_install(rig, ENGINE_NOW, 0, &first);
    rig_install(rig, ENGINE_NOW, 1, &second);
    rig_press(rig, START, 0);
    rig_run(rig, END - 2000);
    struct demand_picture picture;
    assert_true(demand_read(rig->demand, &picture));
    assert_int_equal(picture.count, 2);
    assert_int_equal(picture.voice[1].slot, 1);
    assert_int_equal(picture.voice[1].flags, DEMAND_QUEUED);
    rig_run(rig, END + 500);
    assert_sample(rig, END - 24, of_a(A - 24) * 0.5);
    assert_int_equal(rig_shown(rig, STATE_VOICE_QUEUED), 1);
    rig_load_block(rig, 1, CLIPMEM_S16, 2, 0, other);
    uint64_t from = engine_frame_rt(rig->engine);
    rig_run(rig, from + 64);
    assert_int_equal(rig_last_event(rig, EVENT_START, 1)->frame, from);
    assert_int_equal(rig->shown.starts_late, 1);
    rig_close(rig);
}

static void a_follower_that_is_refused_is_mentioned(void **state)
{
    (void)state;
    struct rig *rig = open_pair(NULL, 0);
    struct clip_params second = rig_params(1);
    second.group = 1;
    rig_group(rig, ENGINE_NOW, 1, false, 1);
    rig_install(rig, ENGINE_NOW, 1, &second);
    second.medium = 0;
    rig_install(rig, ENGINE_NOW, 2, &second);
    rig_press(rig, END - 100, 2);
    rig_run(rig, END + 100);
    const struct event *refused = rig_last_event(rig, EVENT_REFUSED, 1);
    assert_non_null(refused);
    assert_int_equal(refused->result, RESULT_GROUP_FULL);
    assert_int_equal(refused->value, 1);
    assert_sample(rig, END - 24, of_a(A - 24) * 0.5);
    rig_close(rig);
}

/* 24 stereo voices that end at once are followed by 24 others: the places of the ones are those of the others. */
static void a_full_pool_hands_over(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, LOUD, CLIPMEM_S16, 2, A, rig_half);
    for (uint16_t i = 0; i < 24; i++) {
        struct clip_params first = followed_by(LOUD, (uint16_t)(100 + i), 0), second = rig_params(LOUD);
        rig_install(rig, ENGINE_NOW, i, &first);
        rig_install(rig, ENGINE_NOW, (uint16_t)(100 + i), &second);
        rig_press(rig, START, i);
    }
    rig_run(rig, END + 100);
    assert_int_equal(rig_count_events(rig, EVENT_REFUSED, -1), 0);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 24);
    for (uint64_t n = END - 48; n < END + 100; n++)
        assert_true(rig_sample(rig, 0, n, 0) == 12);
    rig_close(rig);
}

/* It restarts, as `play` does it; what the leader leaves fades. */
static void a_follower_that_sounds_already_restarts(void **state)
{
    (void)state;
    struct rig *rig = open_constant();
    rig_press(rig, END - 1000, 1);
    rig_run(rig, END + 1000);
    assert_no_click(rig, END - 900, END + 900);
    assert_int_equal(rig_count_events(rig, EVENT_START, 1), 2);
    assert_int_equal(rig_last_event(rig, EVENT_END, 1)->cause, END_RESTART);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    rig_close(rig);
}

static void a_wait_is_ended(void **state)
{
    (void)state;
    for (int how = 0; how < 7; how++) {
        struct rig *rig = open_pair(NULL, 0.1);
        struct clip_params second = rig_params(1), third = rig_params(0);
        third.stop_others = true;
        rig_install(rig, ENGINE_NOW, 1, &second);
        rig_install(rig, ENGINE_NOW, 2, &third);
        uint64_t frame = END + 1000;
        switch (how) {
        case 0: rig_stop(rig, frame, TARGET_CLIP, 1); break;
        case 1: rig_stop(rig, frame, TARGET_GROUP, 0); break;
        case 2: rig_stop(rig, frame, TARGET_ALL, 0); break;
        case 3: rig_do(rig, frame, OP_PANIC, 0); break;
        case 4: rig_press(rig, frame, 1); break;
        case 5: rig_install(rig, frame, 1, NULL); break;
        default: rig_press(rig, frame, 2); break;
        }
        rig_run(rig, frame + 64);
        assert_int_equal(rig_shown(rig, STATE_VOICE_QUEUED), 0);
        rig_run(rig, END + 20000);
        assert_int_equal(rig_count_events(rig, EVENT_START, 1), 0);
        rig_close(rig);
    }
}

static void what_follows_is_what_stands_there_at_the_end(void **state)
{
    (void)state;
    struct rig *rig = open_pair(NULL, 0);
    struct clip_params none = rig_params(0), back = followed_by(0, 1, 0.001);
    rig_install(rig, 1000, 0, &none);
    rig_install(rig, 2000, 0, &back);
    rig_run(rig, END + 200);
    assert_int_equal(rig_count_events(rig, EVENT_START, 1), 1);
    assert_int_equal(rig_last_event(rig, EVENT_START, 1)->frame, END + 48);
    rig_close(rig);
}

static void an_audition_is_followed_by_nothing(void **state)
{
    (void)state;
    struct rig *rig = open_pair(NULL, 0);
    rig_stop(rig, START + 1, TARGET_ALL, 0);
    rig_do(rig, START + 100, OP_AUDITION, 0);
    rig_run(rig, END + 1000);
    assert_int_equal(rig_count_events(rig, EVENT_START, 1), 0);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_NATURAL);
    rig_close(rig);
}

/* Nobody takes events for so long that there is no room for more: it sounds on, and what is told of an end had a beginning. */
static void it_goes_on_when_nobody_listens(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    struct engine_output output;
    struct event event;
    unsigned starts = 0, ends = 0;
    rig_load(rig, 0, CLIPMEM_S16, 2, 1, rig_half);
    struct clip_params params = followed_by(0, 0, 0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    for (int i = 0; i < 400; i++)
        engine_process_rt(rig->engine, 64, &output);
    assert_true(fabsf(output.bus[0][2 * 63] - 0.5f) < 1e-6f);
    while (engine_take_event(rig->engine, &event)) {
        starts += event.type == EVENT_START;
        ends += event.type == EVENT_END;
    }
    assert_true(starts > 1000 && ends == starts);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seamless_follower_begins_at_the_frame_after_the_last),
        cmocka_unit_test(a_gap_is_exact_and_both_sides_of_it_fade), cmocka_unit_test(fades_of_their_own_stand),
        cmocka_unit_test(nothing_follows_what_was_told_to_end), cmocka_unit_test(a_cycle_goes_on_for_ever),
        cmocka_unit_test(one_frame_after_the_other), cmocka_unit_test(passes_and_a_release_end_by_themselves),
        cmocka_unit_test(nothing_clicks_around_the_seam), cmocka_unit_test(told_to_stop_at_the_last_moment_it_does_not_follow),
        cmocka_unit_test(a_follower_whose_samples_are_not_there_comes_as_soon_as_they_are),
        cmocka_unit_test(a_follower_that_is_refused_is_mentioned), cmocka_unit_test(a_full_pool_hands_over),
        cmocka_unit_test(a_follower_that_sounds_already_restarts), cmocka_unit_test(a_wait_is_ended),
        cmocka_unit_test(what_follows_is_what_stands_there_at_the_end), cmocka_unit_test(an_audition_is_followed_by_nothing),
        cmocka_unit_test(it_goes_on_when_nobody_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
