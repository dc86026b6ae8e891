/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deaths, counted: five in a minute are borne, two of one clip in ten minutes put it away, kills from outside charge nobody. */
#include "config.h"

#include "process/ladder.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define SECOND UINT64_C(1000000000)

static void the_sixth_death_in_a_minute_is_too_many(void **state)
{
    (void)state;
    struct ladder ladder = {0};
    for (uint64_t i = 1; i <= 5; i++)
        assert_false(ladder_note(&ladder, i * SECOND));
    assert_true(ladder_note(&ladder, 6 * SECOND));
    struct ladder slow = {0};
    for (uint64_t i = 1; i <= 100; i++)
        assert_false(ladder_note(&slow, i * 13 * SECOND));
}

static void two_deaths_of_a_clip_in_ten_minutes_put_it_away(void **state)
{
    (void)state;
    struct quarantine quarantine = {0};
    assert_false(quarantine_charge(&quarantine, 7, SECOND));
    assert_false(quarantine_charge(&quarantine, 8, 2 * SECOND));
    assert_false(quarantine_has(&quarantine, 7));
    assert_true(quarantine_charge(&quarantine, 7, 600 * SECOND));
    assert_true(quarantine_has(&quarantine, 7));
    assert_false(quarantine_has(&quarantine, 8));
    assert_false(quarantine_charge(&quarantine, 8, 602 * SECOND));      /* its first is ten minutes old */
    assert_false(quarantine_charge(&quarantine, 7, 603 * SECOND));      /* it is there already */
}

static void a_clip_that_is_another_one_begins_anew(void **state)
{
    (void)state;
    struct quarantine quarantine = {0};
    for (uint32_t clip = 6; clip <= 8; clip++) {
        quarantine_charge(&quarantine, clip, SECOND);
        assert_true(quarantine_charge(&quarantine, clip, 2 * SECOND));
    }
    quarantine_pardon(&quarantine, 7);
    assert_true(quarantine_has(&quarantine, 6) && !quarantine_has(&quarantine, 7) && quarantine_has(&quarantine, 8));
    assert_false(quarantine_charge(&quarantine, 7, 3 * SECOND));        /* its first */
    assert_true(quarantine_charge(&quarantine, 7, 4 * SECOND));
    quarantine_pardon(&quarantine, 99);
    assert_int_equal(quarantine.clips, 3);
}

static void only_faults_of_its_own_count(void **state)
{
    (void)state;
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS}, others[] = {SIGKILL, SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        assert_true(ladder_own_fault(faults[i]));       /* a status of waitpid: the signal */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(ladder_own_fault(others[i]));
    assert_false(ladder_own_fault(0));
    assert_false(ladder_own_fault(1 << 8));
    assert_true(ladder_own_fault(LADDER_CRASHED << 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sixth_death_in_a_minute_is_too_many),
        cmocka_unit_test(two_deaths_of_a_clip_in_ten_minutes_put_it_away),
        cmocka_unit_test(a_clip_that_is_another_one_begins_anew),
        cmocka_unit_test(only_faults_of_its_own_count),
    };
    return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
