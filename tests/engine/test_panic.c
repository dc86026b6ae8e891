/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panic, silence and Audition (SPEC P8, P12). */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LONG = 300000 };

static struct rig *open_with(double fade_out_s)
{
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, LONG, rig_half);
    struct clip_params params = rig_params(0);
    params.fade_out_s = fade_out_s;
    for (unsigned i = 0; i < 30; i++) {
        params.group = (uint8_t)(i % 4);
        rig_install(rig, ENGINE_NOW, (uint16_t)i, &params);
    }
    return rig;
}

static void the_first_panic_fades_in_a_second(void **state)
{
    (void)state;
    struct rig *rig = open_with(10);
    struct clip_params params = rig_params(0);
    params.fade_out_curve = FADE_EXPONENTIAL;
    params.group = 1;
    rig_install(rig, ENGINE_NOW, 1, &params);
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    rig_press(rig, 0, 2);
    rig_press(rig, 2000, 2);                    /* a long tail: taken over from where it is */
    rig_do(rig, 0, OP_AUDITION, 3);
    rig_do(rig, 5000, OP_PANIC, 0);
    rig_run(rig, 60000);
    double tail = 0.5 * (1 - 3000.0 / 480000);
    for (int n = 0; n < 48000; n += 13) {
        double x = n / 48000.0;
        assert_true(fabs(rig_sample(rig, 0, 5000 + (uint64_t)n, 0) - 0.5 * (1 - x)) < 1e-6);
        assert_true(fabs(rig_sample(rig, 1, 5000 + (uint64_t)n, 0) - 0.5 * (pow(10, 1 - x) - 1) / 9) < 1e-6);
        assert_true(fabs(rig_sample(rig, 2, 5000 + (uint64_t)n, 0) - tail * (1 - x)) < 1e-6);
        assert_true(fabs(rig_sample(rig, 4, 5000 + (uint64_t)n, 0) - 0.5 * (1 - x)) < 1e-6);
    }
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(rig_last_event(rig, EVENT_END, (int)i)->frame, 53000);
        assert_int_equal(rig_last_event(rig, EVENT_END, (int)i)->cause, END_PANIC);
    }
    rig_close(rig);
}

static void a_shorter_fade_under_way_goes_on(void **state)
{
    (void)state;
    struct rig *rig = open_with(0.5);
    rig_press(rig, 0, 0);
    rig_press(rig, 1000, 0);
    rig_do(rig, 2000, OP_PANIC, 0);
    rig_run(rig, 30000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 25000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->cause, END_STOP);
    rig_close(rig);
}

static void the_second_panic_cuts_in_5_ms(void **state)
{
    (void)state;
    struct rig *rig = open_with(0.8);
    for (uint16_t i = 0; i < 24; i++)
        rig_press(rig, 0, i);
    rig_press(rig, 900, 23);                    /* its own tail is shorter than panic's, and is cut too */
    rig_do(rig, 0, OP_AUDITION, 25);
    rig_do(rig, 1000, OP_PANIC, 0);
    uint32_t between = rig_press(rig, 1500, 28);
    rig_do(rig, 2000, OP_PANIC, 0);
    uint32_t after = rig_press(rig, 2001, 0);
    rig_run(rig, 2300);
    assert_int_equal(rig_result(rig, between, NULL), RESULT_OK);        /* the oldest tail gave way */
    assert_int_equal(rig_result(rig, after, NULL), RESULT_OK);
    assert_int_equal(rig_count_events(rig, EVENT_START, -1), 27);
    assert_int_equal(rig_count_events(rig, EVENT_END, -1), 26);
    for (unsigned i = 0; i < rig->events; i++)
        if (rig->event[i].type == EVENT_END)
            assert_true(rig->event[i].frame <= 2240);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    rig_close(rig);
}

static void panic_cancels_what_waits(void **state)
{
    (void)state;
    struct rig *rig = open_with(0);
    struct clip_params params = rig_params(1);
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_do(rig, 100, OP_PANIC, 0);
    rig_run(rig, 200);
    assert_false(engine_sounding_rt(rig->engine));
    rig_close(rig);
}

static void silence_ends_all_in_5_ms(void **state)
{
    (void)state;
    struct rig *rig = open_with(10);
    for (uint16_t i = 0; i < 24; i++)
        rig_press(rig, 0, i);
    rig_do(rig, 0, OP_AUDITION, 25);
    rig_do(rig, 1000, OP_SILENCE, 0);
    rig_run(rig, 2000);
    for (uint64_t n = 0; n < 240; n++)
        assert_true(fabs(rig_sample(rig, 1, 1000 + n, 0) - 3 * (1 - (double)n / 240)) < 1e-5);
    assert_true(rig_sample(rig, 1, 1240, 0) == 0);
    assert_false(engine_sounding_rt(rig->engine));
    rig_close(rig);
}

static void audition_has_a_voice_of_its_own(void **state)
{
    (void)state;
    struct rig *rig = open_with(0.1), *plain = open_with(0.1);
    rig_group(rig, ENGINE_NOW, 0, true, 1);
    rig_group(plain, ENGINE_NOW, 0, true, 1);
    struct clip_params params = rig_params(0);
    params.choke = params.stop_others = true;
    rig_install(rig, ENGINE_NOW, 29, &params);
    rig_install(plain, ENGINE_NOW, 29, &params);
    for (uint16_t i = 0; i < 24; i++) {
        rig_press(rig, 0, i);
        rig_press(plain, 0, i);
    }
    uint32_t first = rig_do(rig, 1000, OP_AUDITION, 29), other = rig_do(rig, 3000, OP_AUDITION, 4);
    rig_do(rig, 6000, OP_AUDITION, 4);
    rig_press(rig, 1500, 25);
    rig_press(plain, 1500, 25);
    rig_run(rig, 20000);
    rig_run(plain, 20000);
    assert_int_equal(rig_result(rig, first, NULL), RESULT_OK);
    assert_int_equal(rig_result(rig, other, NULL), RESULT_OK);
    for (unsigned b = 0; b < 4; b++)
        assert_memory_equal(rig->bus[b], plain->bus[b], 20000 * 2 * sizeof(float));
    assert_true(rig_sample(rig, 4, 2000, 0) == 0.5f);
    for (uint64_t n = 48; n < 240; n++)         /* the new one at full, the old one a ghost */
        assert_true(fabs(rig_sample(rig, 4, 3000 + n, 0) - 0.5 * (2 - (double)n / 240)) < 1e-6);
    for (uint64_t n = 0; n < 4800; n++)         /* auditioning it again stops it, with its own fade-out */
        assert_true(fabs(rig_sample(rig, 4, 6000 + n, 0) - 0.5 * (1 - (double)n / 4800)) < 1e-6);
    assert_int_equal(rig_last_event(rig, EVENT_START, 29)->bus, ENGINE_BUS_AUDITION);
    rig_close(rig);
    rig_close(plain);
}

static void a_clip_plays_and_auditions_at_once(void **state)
{
    (void)state;
    struct rig *rig = open_with(0);
    rig_do(rig, 0, OP_AUDITION, 0);
    uint32_t press = rig_press(rig, 100, 0);
    rig_run(rig, 1000);
    assert_int_equal(rig_result(rig, press, NULL), RESULT_OK);
    assert_int_equal(rig_shown(rig, STATE_VOICE_PLAYING), 1);
    assert_int_equal(rig_shown(rig, STATE_VOICE_AUDITIONING), 1);
    assert_int_equal(rig->shown.voices_used, 2);
    rig_press(rig, 2000, 0);                    /* stops the one in the pool alone */
    rig_run(rig, 3000);
    assert_int_equal(rig_shown(rig, STATE_VOICE_AUDITIONING), 1);
    rig_stop(rig, 4000, TARGET_BUS, ENGINE_BUS_AUDITION);
    rig_run(rig, 5000);
    assert_false(engine_sounding_rt(rig->engine));
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_panic_fades_in_a_second), cmocka_unit_test(a_shorter_fade_under_way_goes_on),
        cmocka_unit_test(the_second_panic_cuts_in_5_ms), cmocka_unit_test(panic_cancels_what_waits),
        cmocka_unit_test(silence_ends_all_in_5_ms), cmocka_unit_test(audition_has_a_voice_of_its_own),
        cmocka_unit_test(a_clip_plays_and_auditions_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
