/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two ends of the engine: every operation is answered once, in order, and no event is lost,
 * with two threads (also under ThreadSanitizer) and with a main that does not look for long.
 */
#include "config.h"

#include "bench_rig.h"
#include "base/xalloc.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <cmocka.h>

enum { CLIPS = 30, OPS = 20000 };

static struct rig *open_with(void)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 1, 3000, rig_half);
    struct clip_params params = rig_params(0);
    params.press = CLIP_PRESS_RESTART;
    for (uint16_t i = 0; i < CLIPS; i++)
        rig_install(rig, ENGINE_NOW, i, &params);
    rig_run(rig, 64);
    return rig;
}

struct tally {
    uint32_t posted, answered;          /* serials */
    unsigned started, ended, retired, installed;
};

static void take_all(struct rig *rig, struct tally *tally)
{
    struct event event;
    while (engine_take_event(rig->engine, &event)) {
        if (event.type == EVENT_RESULT)
            assert_int_equal(event.serial, ++tally->answered);
        tally->started += event.type == EVENT_START;
        tally->ended += event.type == EVENT_END;
        if (event.type == EVENT_RETIRED) {
            tally->retired++;
            free((void *)(uintptr_t)event.params);
        }
    }
}

static bool post_some(struct rig *rig, struct tally *tally)
{
    uint32_t n = tally->posted;
    struct op op = {.type = n % 3 ? OP_PRESS : OP_AUDITION, .frame = ENGINE_NOW, .serial = n + 1};
    op.clip = (uint16_t)(n * 7 % CLIPS);
    if (n % 5 == 0) {
        struct clip_params *params = xmalloc(sizeof *params);
        *params = rig_params(0);
        params->press = CLIP_PRESS_RESTART;
        op.type = OP_CLIP;
        op.params = params;
    }
    if (!engine_post(rig->engine, &op)) {
        free((void *)(uintptr_t)op.params);
        return false;
    }
    tally->installed += op.type == OP_CLIP;
    tally->posted++;
    return true;
}

static void no_more_than_its_room_is_unanswered(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    struct tally tally = {.posted = rig->posted, .answered = rig->posted};
    struct engine_output output;
    for (unsigned round = 0; round < 40; round++) {
        uint32_t before = tally.posted;
        while (post_some(rig, &tally))
            ;
        assert_int_equal(tally.posted - before, ENGINE_OPS);
        for (int i = 0; i < 100; i++)           /* main looks away */
            engine_process_rt(rig->engine, 64, &output);
        assert_false(post_some(rig, &tally));
        take_all(rig, &tally);
        assert_int_equal(tally.answered, tally.posted);
    }
    assert_true(tally.started > 10000);
    assert_int_equal(tally.ended, tally.started);
    assert_int_equal(tally.retired, tally.installed);
    rig_close(rig);
}

struct audio {
    struct rig *rig;
    _Atomic bool quit;
};

static void *run_audio(void *context)
{
    struct audio *audio = context;
    struct engine_output output;
    while (!atomic_load(&audio->quit)) {
        engine_process_rt(audio->rig->engine, 64, &output);
        sched_yield();
    }
    return NULL;
}

static void two_threads_lose_nothing(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    struct audio audio = {.rig = rig};
    struct tally tally = {.posted = rig->posted, .answered = rig->posted};
    struct state_live live;
    uint64_t frame = 0;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_audio, &audio), 0);
    while (tally.answered < OPS) {
        bool posted = tally.posted < OPS && post_some(rig, &tally);
        if (!posted || tally.posted % 64 == 0)
            take_all(rig, &tally);
        if (!posted)
            sched_yield();
        if (tally.posted % 64 == 0 && seqlock_read(&rig->lock, &rig->shown, &live, sizeof live)) {
            assert_true(live.frame >= frame);
            frame = live.frame;
        }
    }
    atomic_store(&audio.quit, true);
    pthread_join(thread, NULL);
    struct engine_output output;
    for (int i = 0; i < 100; i++)
        engine_process_rt(rig->engine, 64, &output);
    take_all(rig, &tally);
    assert_false(engine_sounding_rt(rig->engine));
    assert_int_equal(tally.ended, tally.started);
    assert_int_equal(tally.retired, tally.installed);
    rig_close(rig);
}

static void operations_are_done_in_order_of_frame_then_of_arrival(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    uint32_t late = rig_press(rig, 5000, 0), early = rig_press(rig, 3000, 1), same = rig_press(rig, 3000, 2);
    uint32_t now = rig_press(rig, ENGINE_NOW, 3), past = rig_press(rig, 10, 4);
    rig_run(rig, 6000);
    const uint32_t order[] = {now, past, early, same, late};
    const uint64_t frames[] = {64, 64, 3000, 3000, 5000};
    unsigned n = 0;
    for (unsigned i = 0; i < rig->events; i++) {
        if (rig->event[i].type != EVENT_RESULT || rig->event[i].serial < late)
            continue;
        assert_int_equal(rig->event[i].serial, order[n]);
        assert_int_equal(rig->event[i].frame, frames[n]);
        n++;
    }
    assert_int_equal(n, 5);
    rig_close(rig);
}

static void a_call_for_no_frames_does_what_is_due(void **state)
{
    (void)state;
    struct rig *rig = open_with();
    struct engine_output output;
    struct event event;
    uint32_t now = rig_press(rig, ENGINE_NOW, 0);
    rig_press(rig, 65, 1);
    engine_process_rt(rig->engine, 0, &output);
    assert_int_equal(engine_frame_rt(rig->engine), 64);
    assert_true(engine_take_event(rig->engine, &event) && event.type == EVENT_START && event.frame == 64);
    assert_true(engine_take_event(rig->engine, &event) && event.type == EVENT_RESULT && event.serial == now);
    assert_false(engine_take_event(rig->engine, &event));
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_than_its_room_is_unanswered), cmocka_unit_test(two_threads_lose_nothing),
        cmocka_unit_test(operations_are_done_in_order_of_frame_then_of_arrival),
        cmocka_unit_test(a_call_for_no_frames_does_what_is_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
