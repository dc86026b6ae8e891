/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another device, or other choices, while the show plays: it keeps its place, and what does not work changes nothing. */
#include "config.h"

#include "base/err.h"
#include "fake_engine.h"
#include "faulty_card.h"
#include "platform/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TRIES = 4, PLACE_FRAMES = 24, ANSWER_MS = 20000 };

/* Return: what came of it. */
static struct err change(struct run *run, const struct device_request *request)
{
    struct err err = {.code = ERR_BUSY};
    assert_true(audio_change(run->audio, request));
    assert_false(audio_change(run->audio, request));            /* one at a time */
    for (int ms = 0; !audio_take_change(run->audio, &err) && ms < ANSWER_MS; ms += 5)
        clock_sleep_ms(5);
    audio_get_status(run->audio, &run->status);
    return err;
}

/* Twice the period: what is written in time is heard later by what the larger buffer holds more. Return: whether all pieces of
 * sound are in their place. */
static bool keeps_its_place(void)
{
    struct device_request request = card_request("fault");
    struct run run = run_begin("", &request);
    run_for_ms(&run, 150);
    request.period = 2 * PERIOD;
    struct err err = change(&run, &request);
    assert_int_equal(err.code, ERR_NONE);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_int_equal(run.status.format.period, 2 * PERIOD);
    run_for_ms(&run, 150);
    run_end(&run);
    struct capture *capture = capture_read();
    assert_true(capture->segments >= 2);
    bool placed = capture_displaced(capture, 0, 0) <= PERIODS * PERIOD + PLACE_FRAMES;
    capture_free(capture);
    return placed;
}

static void another_period_keeps_the_place(void **state)
{
    (void)state;
    for (int tries = 0; tries < TRIES; tries++)
        if (keeps_its_place())
            return;
    fail_msg("out of place %d times", TRIES);
}

static void what_is_not_there_is_refused_and_nothing_stops(void **state)
{
    (void)state;
    struct device_request request = card_request("fault"), kept;
    struct run run = run_begin("", &request);
    run_for_ms(&run, 100);
    snprintf(request.name, sizeof request.name, "nosuch");
    struct err err = change(&run, &request);
    assert_string_equal(err.text, "nosuch: there is no such sound device");
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_string_equal(run.status.name, "fault");
    audio_get_request(run.audio, &kept);
    assert_string_equal(kept.name, "fault");
    run_end(&run);
}

static void choices_that_the_card_has_not_are_taken_back(void **state)
{
    (void)state;
    setenv("FAULTPCM_FORMAT", "S16_LE", 1);
    struct device_request request = card_request("faultformat");
    struct run run = run_begin("", &request);
    run_for_ms(&run, 100);
    snprintf(request.format, sizeof request.format, "S32_LE");
    struct err err = change(&run, &request);
    assert_int_not_equal(err.code, ERR_NONE);
    assert_true(run_until_running(&run));
    assert_string_equal(run.status.format.format, "S16_LE");
    run_end(&run);
}

static void the_clock_and_back(void **state)
{
    (void)state;
    struct device_request clock = {.name = "clock", .period = PERIOD}, card = card_request("fault");
    struct run run = run_begin("", &clock);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_int_equal(change(&run, &card).code, ERR_NONE);
    assert_string_equal(run.status.name, "fault");
    assert_int_equal(change(&run, &clock).code, ERR_NONE);
    assert_string_equal(run.status.name, "clock");
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    run_end(&run);
}

static void a_fall_back_plays_until_the_card_is_there(void **state)
{
    (void)state;
    struct device_request request = card_request("fault");
    snprintf(request.fallback[0], sizeof request.fallback[0], "nosuch");
    snprintf(request.fallback[1], sizeof request.fallback[1], "null");
    struct run run = run_begin("0 busy 700", &request);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_string_equal(run.status.name, "null");
    assert_string_equal(run.status.wanted, "fault");
    assert_string_equal(run.status.note, "fault is not there; null plays");
    for (int ms = 0; ms < ANSWER_MS && strcmp(run.status.name, "fault") != 0; ms += 10)
        run_for_ms(&run, 10);
    assert_string_equal(run.status.name, "fault");
    assert_string_equal(run.status.note, "");
    run_end(&run);
}

int main(void)
{
    if (card_is_missing())
        return card_is_missing();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_period_keeps_the_place),
        cmocka_unit_test(what_is_not_there_is_refused_and_nothing_stops),
        cmocka_unit_test(choices_that_the_card_has_not_are_taken_back), cmocka_unit_test(the_clock_and_back),
        cmocka_unit_test(a_fall_back_plays_until_the_card_is_there),
    };
    return cmocka_run_group_tests(tests, card_set_up, card_tear_down);
}
