/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The show's time on a card: a simulated card with its own clock, stops and stalls; no real time passes. */
#include "config.h"

#include "engine/card_time.h"
#include "engine/pace.h"
#include "platform/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

enum { RATE = 48000, CHUNK = 128, BUFFER = 384, LEAD_IN = 128 };
#define BEGIN (100 * CLOCK_SECOND_NS)
#define MS UINT64_C(1000000)

static struct card_time fresh(uint64_t due_ns)
{
    struct card_time time = {.rate = RATE, .chunk = CHUNK, .buffer = BUFFER};
    card_time_begin_rt(&time, due_ns, BEGIN);
    return time;
}

/* What was due before the stream can play it is lost; it goes on with the frame that belongs there. */
static void a_start_too_late_loses_frames(void **state)
{
    (void)state;
    struct card_time time = fresh(BEGIN - 100 * MS);
    uint64_t quiet;
    uint64_t lost = card_time_restart_rt(&time, BEGIN, LEAD_IN, &quiet);
    assert_int_equal(quiet, 0);
    /* the next frame sounds after LEAD_IN; a frame sounds BUFFER - CHUNK after it is due */
    assert_in_range(lost, 4800 + LEAD_IN + CHUNK - BUFFER - 1, 4800 + LEAD_IN + CHUNK - BUFFER);
}

static void a_start_too_early_is_filled_with_silence(void **state)
{
    (void)state;
    struct card_time time = fresh(BEGIN + 10 * MS);
    uint64_t quiet;
    assert_int_equal(card_time_restart_rt(&time, BEGIN, LEAD_IN, &quiet), 0);
    assert_in_range(quiet, 480 - LEAD_IN - CHUNK + BUFFER - 1, 480 - LEAD_IN - CHUNK + BUFFER);
    assert_int_equal(time.next_ns, BEGIN + 10 * MS);
}

/* Plays chunks on a card that runs at `rate` and wakes us late by up to `late` ns; *now goes on. Return: frames lost. */
static uint64_t play(struct card_time *time, uint64_t *now, double rate, unsigned late, int chunks)
{
    uint64_t lost = 0;
    for (int i = 0; i < chunks; i++) {
        *now += (uint64_t)(CHUNK / rate * 1e9);
        uint64_t behind = late ? (uint64_t)rand() % late : 0;
        lost += card_time_follow_rt(time, CHUNK + pace_frames_rt(behind, RATE), *now + behind);
        card_time_give_rt(time);
    }
    return lost;
}

static void due_times_follow_the_card(void **state)
{
    (void)state;
    static const double rates[] = {48000, 48010, 47990};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct card_time time = fresh(BEGIN);
        uint64_t now = BEGIN - (uint64_t)(CHUNK / rates[i] * 1e9);
        assert_int_equal(play(&time, &now, rates[i], 500000, 375 * 60), 0);
        /* a minute later a card that is 200 ppm off has drifted by 12 ms; the due times went with it */
        assert_in_range(time.next_ns, now + CHUNK * CLOCK_SECOND_NS / RATE - 100000,
                        now + CHUNK * CLOCK_SECOND_NS / RATE + 100000);
    }
}

static void one_late_wakeup_moves_nothing(void **state)
{
    (void)state;
    struct card_time time = fresh(BEGIN);
    uint64_t now = BEGIN - CHUNK * CLOCK_SECOND_NS / RATE;
    play(&time, &now, RATE, 0, 100);
    uint64_t due = time.next_ns;
    assert_int_equal(card_time_follow_rt(&time, CHUNK, due + 16 * MS), 0);
    assert_in_range(card_time_give_rt(&time), due - 1000, due + 1000);
    due = time.next_ns;
    assert_int_equal(card_time_follow_rt(&time, CHUNK, due + 500 * MS), 0);
    assert_int_equal(card_time_give_rt(&time), due);
}

/* A thousand starts at moments of any fraction of a frame, on a card that tells its place up to 8 ms late: the show's line is
 * moved by none of them, and every start finds its frame to half a frame. */
static void no_start_moves_the_show(void **state)
{
    (void)state;
    struct card_time time = fresh(BEGIN);
    uint64_t frame = 0;                         /* the show's frame that is written next: due at BEGIN + frame / RATE */
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t quiet, started = time.next_ns + (uint64_t)rand() % (30 * MS);
        uint64_t lost = card_time_restart_rt(&time, started, LEAD_IN, &quiet);
        frame += lost;
        uint64_t written = LEAD_IN + quiet + CHUNK;
        uint64_t room_ns = started + pace_ns_rt(written, RATE) - pace_ns_rt(BUFFER, RATE);
        int64_t off_ns = (int64_t)(room_ns - BEGIN - pace_ns_rt(frame, RATE));
        assert_true(llabs(off_ns) <= 10417 + 1000);     /* half a frame */
        for (int chunks = 0; chunks < 40; chunks++, frame += CHUNK, written += CHUNK) {
            room_ns = started + pace_ns_rt(written, RATE) - pace_ns_rt(BUFFER, RATE);
            assert_int_equal(card_time_follow_rt(&time, CHUNK, room_ns + i % 8 * MS), 0);
            card_time_give_rt(&time);
        }
    }
}

static void a_card_that_stood_still_loses_that_time(void **state)
{
    (void)state;
    struct card_time time = fresh(BEGIN);
    uint64_t now = BEGIN - CHUNK * CLOCK_SECOND_NS / RATE;
    assert_int_equal(play(&time, &now, RATE, 0, 100), 0);
    now += 50 * MS;
    assert_int_equal(play(&time, &now, RATE, 0, 7), 0);
    assert_in_range(play(&time, &now, RATE, 0, 1), 2398, 2400);
    assert_int_equal(play(&time, &now, RATE, 0, 100), 0);
}

static void a_card_without_a_clock_is_not_followed(void **state)
{
    (void)state;
    struct card_time time = fresh(BEGIN);
    for (int i = 0; i < 8; i++) {               /* always empty, whatever it is given: 20 ms ahead at most */
        assert_false(card_time_is_early_rt(&time, BUFFER, BEGIN + 6 * MS));
        card_time_follow_rt(&time, BUFFER, BEGIN + 6 * MS);
        card_time_give_rt(&time);
    }
    for (int i = 0; i < 8; i++)
        card_time_give_rt(&time);
    assert_true(card_time_is_early_rt(&time, BUFFER, BEGIN + 6 * MS));
}

/* Looks every 10 ms at a card that does not move. Return: after how many ms it is overdue. */
static unsigned overdue_after_ms(struct card_time *time, uint64_t begin_ns)
{
    for (unsigned ms = 0;; ms += 10)
        if (!card_time_look_rt(time, time->buffer, 10, begin_ns + ms * MS))
            return ms;
}

static void no_progress_is_overdue(void **state)
{
    (void)state;
    struct card_time time = fresh(BEGIN);
    assert_int_equal(overdue_after_ms(&time, BEGIN), 80);
    assert_true(card_time_look_rt(&time, BUFFER + 5, 6, BEGIN + 120 * MS));     /* it moved by one */
    struct card_time slow = {.rate = RATE, .chunk = 4096, .buffer = 16384};
    card_time_begin_rt(&slow, BEGIN, BEGIN);
    assert_int_equal(overdue_after_ms(&slow, BEGIN), 1370);                     /* four buffers */
}

static void time_nobody_looked_does_not_count(void **state)
{
    (void)state;
    struct card_time time = fresh(BEGIN);
    for (uint64_t i = 1; i < 4; i++)            /* this thread was stopped for half a second, three times */
        assert_true(card_time_look_in_vain_rt(&time, BEGIN + i * 500 * MS));
    assert_true(card_time_look_rt(&time, BUFFER, 10, BEGIN + 2000 * MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_too_late_loses_frames), cmocka_unit_test(a_start_too_early_is_filled_with_silence),
        cmocka_unit_test(due_times_follow_the_card), cmocka_unit_test(one_late_wakeup_moves_nothing),
        cmocka_unit_test(a_card_that_stood_still_loses_that_time), cmocka_unit_test(a_card_without_a_clock_is_not_followed),
        cmocka_unit_test(no_progress_is_overdue), cmocka_unit_test(no_start_moves_the_show),
        cmocka_unit_test(time_nobody_looked_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
