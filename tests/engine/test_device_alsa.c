/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ALSA driver on a card that fails: the show keeps its place in time, and odd wakeups cost little. */
#include "config.h"

#include "base/err.h"
#include "fake_engine.h"
#include "faulty_card.h"
#include "platform/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
    PLACE_FRAMES = 24,                  /* how far a piece of sound may be out of its place: half a millisecond */
    ODD_FRAMES = RATE / 10,             /* fades after up to twenty xruns of a busy machine's own */
    TRIES = 4,
};

struct fault {
    const char *script;                 /* of the card's failures */
    double from_s, to_s;                /* the card's seconds in which it may not sound right */
    unsigned ms;                        /* how long the show plays, from its start or from the card's return */
    bool lost;                          /* the card is given up meanwhile */
    const char *card;                   /* NULL: "fault" */
};

/* One try. Return: false if something was out of place: on a machine that stops us for some milliseconds it may happen once. */
static bool survives(const struct fault *fault)
{
    struct device_request request = card_request(fault->card ? fault->card : "fault");
    struct run run = run_begin(fault->script, &request);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_int_equal(run.status.format.channels, 10);
    if (fault->lost) {
        while (run.status.state == AUDIO_RUNNING && engine_frame_rt(run.engine) < 2 * RATE)
            run_for_ms(&run, 5);
        assert_int_equal(run.status.state, AUDIO_SILENT);
        assert_true(run.status.note[0] != '\0');
        while (engine_frame_rt(run.engine) < fault->to_s * RATE)
            run_for_ms(&run, 5);
        assert_true(run_until_running(&run));
    }
    run_for_ms(&run, fault->ms);
    uint64_t frames = engine_frame_rt(run.engine);
    run_end(&run);
    struct capture *capture = capture_read();
    double end_s = (double)frames / RATE;
    bool before = fault->from_s < 0.1 || capture_sound_between(capture, 0, fault->from_s) > 0.5 * fault->from_s * RATE;
    bool after = capture_sound_between(capture, fault->to_s, end_s) > 0.05 * RATE;
    bool placed = capture_displaced(capture, fault->from_s, fault->to_s) <= PLACE_FRAMES;
    bool whole = capture->odd <= ODD_FRAMES + (int64_t)((fault->to_s - fault->from_s) * RATE);
    capture_free(capture);
    return before && after && placed && whole;
}

static void survive(const struct fault fault)
{
    for (int tries = 0; tries < TRIES; tries++)
        if (survives(&fault))
            return;
    fail_msg("\"%s\": out of place %d times", fault.script, TRIES);
}

static void nothing_fails(void **state)
{
    (void)state;
    survive((struct fault){"", 0, 0, 300, false, NULL});
}

static void an_xrun_is_passed_over(void **state)
{
    (void)state;
    survive((struct fault){"0.15 xrun", 0.14, 0.20, 350, false, NULL});
}

static void a_suspended_card_is_resumed(void **state)
{
    (void)state;
    survive((struct fault){"0.15 suspend", 0.14, 0.20, 350, false, NULL});
}

static void a_card_that_cannot_resume_is_prepared(void **state)
{
    (void)state;
    survive((struct fault){"0 noresume, 0.15 suspend", 0.14, 0.22, 350, false, NULL});
}

static void a_short_stall_is_made_up_for(void **state)
{
    (void)state;
    survive((struct fault){"0.15 stall 50", 0.14, 0.32, 500, false, NULL});
}

static void a_stalled_card_is_given_up_and_taken_again(void **state)
{
    (void)state;
    survive((struct fault){"0.15 stall 400", 0.14, 0.60, 200, true, NULL});
}

static void a_card_that_vanishes_is_taken_when_it_returns(void **state)
{
    (void)state;
    survive((struct fault){"0.15 nodev 300", 0.14, 0.46, 200, true, NULL});
}

static void short_writes_lose_nothing(void **state)
{
    (void)state;
    survive((struct fault){"0.1 short 7 200", 0, 0, 350, false, NULL});
}

static void a_pointer_that_lies_is_not_believed(void **state)
{
    (void)state;
    survive((struct fault){"0.1 jump 1000, 0.15 jump -1000, 0.2 jump 1000 40, 0.3 jump -1000 40", 0, 0, 450, false, NULL});
}

static void a_lie_that_is_believed_is_recovered_from(void **state)
{
    (void)state;
    survive((struct fault){"0.15 jump 100 30, 0.2 jump -100 30", 0.14, 0.26, 400, false, NULL});
}

static void cards_without_mmap_are_the_same(void **state)
{
    (void)state;
    survive((struct fault){"", 0, 0, 200, false, "faultrw"});
    survive((struct fault){"0.15 xrun", 0.14, 0.20, 350, false, "faultrw"});
    survive((struct fault){"0.15 nodev 100", 0.14, 0.26, 200, true, "faultrw"});
}

/* --- wakeups --- */

static void wakeups_at_odd_times_cost_little(void **state)
{
    (void)state;
    static const char *const scripts[] = {"0 pollearly 2 600", "0 polllate 5 600", "0 pollnever 600"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        survive((struct fault){scripts[i], 0, 0, 200, false, NULL});
        struct device_request request = card_request("fault");
        struct run run = run_begin(scripts[i], &request);
        double before = cpu_seconds();
        run_for_ms(&run, 500);
        assert_true(cpu_seconds() - before < CPU_SHARE * 0.5);  /* going round for nothing would take all of it */
        run_end(&run);
    }
}

int main(void)
{
    if (card_is_missing())
        return card_is_missing();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_fails), cmocka_unit_test(an_xrun_is_passed_over),
        cmocka_unit_test(a_suspended_card_is_resumed), cmocka_unit_test(a_card_that_cannot_resume_is_prepared),
        cmocka_unit_test(a_short_stall_is_made_up_for), cmocka_unit_test(a_stalled_card_is_given_up_and_taken_again),
        cmocka_unit_test(a_card_that_vanishes_is_taken_when_it_returns), cmocka_unit_test(short_writes_lose_nothing),
        cmocka_unit_test(a_pointer_that_lies_is_not_believed), cmocka_unit_test(a_lie_that_is_believed_is_recovered_from),
        cmocka_unit_test(cards_without_mmap_are_the_same), cmocka_unit_test(wakeups_at_odd_times_cost_little),
    };
    return cmocka_run_group_tests(tests, card_set_up, card_tear_down);
}
