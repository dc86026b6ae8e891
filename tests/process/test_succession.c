/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deaths of engines as the supervisor sees them: whom they charge, and when the show falls silent. */
#include "config.h"

#include "engine/resume.h"
#include "engine/resume_layout.h"
#include "platform/clock.h"
#include "platform/crash.h"
#include "platform/pidfd.h"
#include "process/succession.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

enum { CLIP = 7, CRASHED = LADDER_CRASHED << 8 /* a status of waitpid */ };

static struct succession succession;
static struct resume_segment *segment;   /* what engines write */

static int begin(void **state)
{
    struct err err;
    const int shared[SUCCESSION_SHARED] = {-1, -1, -1, -1};
    (void)state;
    assert_int_equal(succession_init(&succession, shared, &err), 0);
    segment = mmap(NULL, resume_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, succession.shared[SUCCESSION_SHARED], 0);
    assert_ptr_not_equal(segment, MAP_FAILED);
    return 0;
}

static int end(void **state)
{
    (void)state;
    munmap(segment, resume_bytes());
    resume_unmap(succession.resume);
    close(succession.shared[SUCCESSION_SHARED]);
    close(succession.shared[SUCCESSION_SHARED + 1]);
    return 0;
}

static void make_samples_of(uint32_t clip)
{
    atomic_store(&segment->rendering, clip + 1);
}

/* An engine of that number ends, the one that was there before being long gone. */
static void die(pid_t pid, int status)
{
    succession.engine.pid = pid;
    assert_true(succession_note_death(&succession, pid, status, true));
    assert_int_equal(succession.engine.pid, 0);
}

/* What it wrote of itself before. */
static void tell(pid_t pid, bool audio)
{
    segment->crash.pid = pid;
    segment->crash.audio = audio;
    atomic_store(&segment->crash.signal, SIGSEGV);
}

static void ten_thousand_kills_from_outside_charge_nobody(void **state)
{
    (void)state;
    static const int ends[] = {SIGKILL, SIGTERM, SIGHUP, SIGINT, SIGKILL, 0, 1 << 8, PIDFD_UNKNOWN};
    make_samples_of(CLIP);
    for (int i = 0; i < 10000; i++)
        die(1000 + i, ends[(size_t)i % (sizeof ends / sizeof *ends)]);
    assert_int_equal(succession.kept.quarantine.charges, 0);
    assert_int_equal(succession.kept.quarantine.clips, 0);
    assert_int_equal(succession.engine.ladder.deaths, 0);
    assert_false(succession.kept.silent);
}

static void two_faults_in_the_same_clip_put_it_away(void **state)
{
    (void)state;
    make_samples_of(CLIP);
    die(1000, SIGSEGV);
    assert_false(quarantine_has(&succession.kept.quarantine, CLIP));
    make_samples_of(CLIP + 1);
    die(1001, SIGSEGV);
    assert_int_equal(succession.kept.quarantine.clips, 0);
    make_samples_of(CLIP);
    die(1002, CRASHED);
    assert_true(quarantine_has(&succession.kept.quarantine, CLIP));
    assert_int_equal(succession.kept.quarantine.clips, 1);
}

static void a_fault_of_another_thread_charges_no_clip(void **state)
{
    (void)state;
    make_samples_of(CLIP);
    for (pid_t pid = 1000; pid < 1003; pid++) {
        tell(pid, false);
        die(pid, CRASHED);
    }
    assert_int_equal(succession.kept.quarantine.charges, 0);
    assert_int_equal(succession.engine.ladder.deaths, 3);
    tell(999, false);                   /* of another engine: the clip that was made is charged */
    die(1003, CRASHED);
    tell(1004, true);
    die(1004, CRASHED);
    assert_true(quarantine_has(&succession.kept.quarantine, CLIP));
}

static void between_clips_nobody_is_charged(void **state)
{
    (void)state;
    for (pid_t pid = 1000; pid < 1004; pid++)
        die(pid, SIGSEGV);
    assert_int_equal(succession.kept.quarantine.charges, 0);
}

static void the_sixth_fault_in_a_minute_silences_until_there_is_none_for_one(void **state)
{
    (void)state;
    for (pid_t pid = 1000; pid < 1005; pid++)
        die(pid, SIGABRT);
    assert_false(succession.kept.silent);
    die(1005, SIGABRT);
    assert_true(succession.kept.silent);
    die(1006, SIGKILL);
    assert_true(succession.kept.silent);
    succession.kept.silent_until_ns = clock_now_rt() - 1;
    die(1007, SIGKILL);
    assert_false(succession.kept.silent);
}

static void who_takes_over_goes_on_counting(void **state)
{
    (void)state;
    struct succession heir;
    make_samples_of(CLIP);
    die(1000, SIGSEGV);
    succession.engine.pid = 0;
    assert_int_equal(succession_inherit(&heir, succession.shared, &succession.kept, &succession.engine, &succession.standby), 0);
    resume_unmap(succession.resume);
    succession = heir;
    die(1001, SIGSEGV);
    assert_true(quarantine_has(&succession.kept.quarantine, CLIP));
    assert_int_equal(succession.engine.ladder.deaths, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ten_thousand_kills_from_outside_charge_nobody, begin, end),
        cmocka_unit_test_setup_teardown(two_faults_in_the_same_clip_put_it_away, begin, end),
        cmocka_unit_test_setup_teardown(a_fault_of_another_thread_charges_no_clip, begin, end),
        cmocka_unit_test_setup_teardown(between_clips_nobody_is_charged, begin, end),
        cmocka_unit_test_setup_teardown(the_sixth_fault_in_a_minute_silences_until_there_is_none_for_one, begin, end),
        cmocka_unit_test_setup_teardown(who_takes_over_goes_on_counting, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
