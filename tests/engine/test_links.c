/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clips do to others when they start and when they end by themselves (SPEC P7). */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LONG = 40000, SHORT = 3000, START = 101, DELAY = 777 };

static struct rig *open_rig(const uint32_t *periods)
{
    struct rig *rig = rig_open(48000, periods);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    rig_load(rig, 1, CLIPMEM_S16, 2, SHORT, rig_half);
    return rig;
}

static void install(struct rig *rig, uint16_t clip, uint32_t medium, const struct clip_link *link, unsigned links)
{
    struct clip_params params = rig_params(medium);
    params.group = (uint8_t)(clip % 4);
    params.link = link;
    params.links = links;
    rig_install(rig, ENGINE_NOW, clip, &params);
}

static struct clip_link to_clip(enum link_does does, uint16_t clip, bool at_end, int delay_frames)
{
    return (struct clip_link){.does = (uint8_t)does, .at_end = at_end, .target = {TARGET_CLIP, clip},
                              .delay_s = delay_frames / 48000.0};
}

static uint64_t started(const struct rig *rig, int clip)
{
    const struct event *start = rig_last_event(rig, EVENT_START, clip);
    return start ? start->frame : 0;
}

static void a_start_starts_others_on_their_frames(void **state)
{
    (void)state;
    static const uint32_t periods[][2] = {{64}, {1}, {4096}, {1000}};
    for (int i = 0; i < 4; i++) {
        struct rig *rig = open_rig(periods[i]);
        struct clip_link links[] = {to_clip(LINK_START, 1, false, 0), to_clip(LINK_START, 2, false, DELAY),
                                    to_clip(LINK_START, 3, true, 0), to_clip(LINK_START, 5, true, DELAY)};
        install(rig, 0, 1, links, 4);
        for (uint16_t clip = 1; clip < 6; clip++)
            install(rig, clip, 0, NULL, 0);
        rig_press(rig, START, 0);
        rig_run(rig, START + 64);
        assert_int_equal(rig_shown(rig, STATE_VOICE_QUEUED), 1);
        rig_run(rig, START + SHORT + 2 * DELAY);
        assert_int_equal(started(rig, 1), START);
        assert_int_equal(started(rig, 2), START + DELAY);
        assert_int_equal(started(rig, 3), START + SHORT);
        assert_int_equal(started(rig, 5), START + SHORT + DELAY);
        assert_int_equal(rig_count_events(rig, EVENT_START, 4), 0);
        rig_close(rig);
    }
}

static void a_start_stops_and_fades_others(void **state)
{
    (void)state;
    static const uint32_t periods[][2] = {{64}, {1}, {4096}};
    for (int i = 0; i < 3; i++) {
        struct rig *rig = open_rig(periods[i]);
        struct clip_link links[] = {to_clip(LINK_STOP, 1, false, 0), to_clip(LINK_STOP, 2, false, DELAY),
                                    to_clip(LINK_FADE, 3, true, DELAY)};
        links[2].level_lin = 0.25f;
        links[2].seconds = 0.01;
        install(rig, 0, 1, links, 3);
        for (uint16_t clip = 1; clip < 4; clip++) {
            install(rig, clip, 0, NULL, 0);
            rig_press(rig, 0, clip);
        }
        rig_press(rig, START, 0);
        rig_run(rig, START + SHORT + DELAY + 1000);
        assert_int_equal(rig_last_event(rig, EVENT_END, 1)->frame, START + 48);
        assert_int_equal(rig_last_event(rig, EVENT_END, 2)->frame, START + DELAY + 48);
        uint64_t fade = START + SHORT + DELAY;
        assert_true(rig_sample(rig, 3, fade, 0) == 0.5f);
        assert_true(fabs(rig_sample(rig, 3, fade + 240, 0) - 0.5 * 0.625) < 1e-6);
        assert_true(fabs(rig_sample(rig, 3, fade + 480, 0) - 0.125) < 1e-6);
        rig_close(rig);
    }
}

/* `stop all` of a link spares the clip itself and the Audition bus. */
static void links_act_on_others_only(void **state)
{
    (void)state;
    struct rig *rig = open_rig(NULL);
    struct clip_link link = {.does = LINK_STOP, .target = {TARGET_ALL, 0}};
    install(rig, 0, 0, &link, 1);
    install(rig, 1, 0, NULL, 0);
    rig_press(rig, 0, 1);
    rig_do(rig, 0, OP_AUDITION, 1);
    rig_press(rig, START, 0);
    rig_run(rig, 1000);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_AUDITIONING), 1);
    rig_do(rig, 2000, OP_AUDITION, 0);
    rig_press(rig, 2000, 1);
    rig_run(rig, 3000);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 2);      /* an audition has no links */
    rig_close(rig);
}

/* Two that start each other, and a ring of them: each starts once on a frame. */
static void a_ring_of_starts_ends(void **state)
{
    (void)state;
    struct rig *rig = open_rig(NULL);
    struct clip_link link[10];
    for (uint16_t i = 0; i < 10; i++) {
        link[i] = to_clip(LINK_START, (uint16_t)((i + 1) % 10), false, 0);
        install(rig, i, 0, &link[i], 1);
    }
    rig_press(rig, START, 3);
    rig_run(rig, 1000);
    assert_int_equal(rig_count_events(rig, EVENT_START, -1), 10);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 0);
    assert_false(engine_endless_rt(rig->engine));
    rig_press(rig, 2000, 5);                                        /* told to stop: nothing is linked to that */
    rig_run(rig, 3000);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 1);
    rig_close(rig);
}

/* Two that choke and start each other cannot both start on one frame for ever. */
static void a_ring_in_a_choke_group_ends(void **state)
{
    (void)state;
    struct rig *rig = open_rig(NULL);
    struct clip_link to_four = to_clip(LINK_START, 4, false, 0), to_zero = to_clip(LINK_START, 0, false, 0);
    rig_group(rig, ENGINE_NOW, 0, true, 3);
    install(rig, 0, 0, &to_four, 1);
    install(rig, 4, 0, &to_zero, 1);
    rig_press(rig, START, 0);
    rig_run(rig, 1000);
    assert_true(rig_shown(rig, STATE_VOICE_PLAYING) == 1);
    assert_true(rig_count_events(rig, EVENT_START, -1) <= 66);
    rig_close(rig);
}

static void a_ring_that_takes_time_has_no_end(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        struct rig *rig = open_rig(NULL);
        struct clip_link there = to_clip(LINK_START, 1, which == 1, which == 2 ? DELAY : 0),
            back = to_clip(LINK_START, 0, which > 0, 0);
        install(rig, 0, 1, &there, 1);
        install(rig, 1, 1, &back, 1);
        rig_press(rig, START, 0);
        rig_run(rig, 1000);
        assert_int_equal(engine_endless_rt(rig->engine), which > 0);
        rig_close(rig);
    }
}

static void what_comes_later_is_forgotten_in_a_panic(void **state)
{
    (void)state;
    for (int how = 0; how < 4; how++) {
        struct rig *rig = open_rig(NULL);
        struct clip_link links[] = {to_clip(LINK_STOP, 1, false, DELAY), to_clip(LINK_START, 2, false, DELAY)};
        install(rig, 0, 0, links, 2);
        install(rig, 1, 0, NULL, 0);
        install(rig, 2, 0, NULL, 0);
        rig_press(rig, START, 0);
        if (how == 1)
            rig_stop(rig, START + 100, TARGET_ALL, 0);
        if (how == 2)
            rig_do(rig, START + 100, OP_PANIC, 0);
        if (how == 3)
            rig_do(rig, START + 100, OP_SILENCE, 0);
        rig_press(rig, START + 200, 1);
        rig_run(rig, START + 2 * DELAY);
        assert_int_equal(rig_count_events(rig, EVENT_START, 2), how == 0);
        assert_int_equal(rig_count_events(rig, EVENT_END, 1), how == 0);
        rig_close(rig);
    }
}

/* follow = stop ends what came of the same press. */
static void stop_ends_the_line(void **state)
{
    (void)state;
    struct rig *rig = open_rig(NULL);
    struct clip_link link = to_clip(LINK_START, 1, false, 0);
    struct clip_params first = rig_params(1), second = rig_params(1);
    first.follow = FOLLOW_CLIP;
    first.follow_clip = 4;
    first.link = &link;
    first.links = 1;
    second.follow = FOLLOW_STOP;
    rig_install(rig, ENGINE_NOW, 0, &first);
    rig_install(rig, ENGINE_NOW, 4, &second);
    install(rig, 1, 0, NULL, 0);
    install(rig, 2, 0, NULL, 0);
    rig_press(rig, START, 0);
    rig_press(rig, START, 2);
    rig_run(rig, START + 2 * SHORT + 100);
    assert_int_equal(rig_last_event(rig, EVENT_END, 1)->frame, START + 2 * SHORT + 48);
    assert_int_equal(rig_last_event(rig, EVENT_END, 1)->cause, END_STOP);
    assert_int_equal(rig_count_events(rig, EVENT_END, 2), 0);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_starts_others_on_their_frames), cmocka_unit_test(a_start_stops_and_fades_others),
        cmocka_unit_test(links_act_on_others_only), cmocka_unit_test(a_ring_of_starts_ends),
        cmocka_unit_test(a_ring_in_a_choke_group_ends), cmocka_unit_test(a_ring_that_takes_time_has_no_end),
        cmocka_unit_test(what_comes_later_is_forgotten_in_a_panic), cmocka_unit_test(stop_ends_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
