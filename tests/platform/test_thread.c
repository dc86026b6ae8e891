/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads: a start is synchronous, and the audio thread's core is its own where there are more than two. */
#include "config.h"

#include "platform/thread.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static cpu_set_t before, after;
static int core;

static void *take_core(void *context)
{
    (void)context;
    sched_getaffinity(0, sizeof before, &before);
    core = thread_take_core();
    sched_getaffinity(0, sizeof after, &after);
    return NULL;
}

static void a_core_of_its_own_where_there_are_more_than_two(void **state)
{
    (void)state;
    struct thread thread;
    cpu_set_t main_before, main_after;
    sched_getaffinity(0, sizeof main_before, &main_before);
    assert_int_equal(thread_start(&thread, "core", THREAD_PRIORITY_NONE, take_core, NULL, NULL, 0), 0);
    thread_join(&thread);
    if (CPU_COUNT(&before) > 2) {
        assert_int_equal(CPU_COUNT(&after), 1);
        assert_true(CPU_ISSET(core, &after) && CPU_ISSET(core, &before));
    } else {
        assert_int_equal(core, -1);
        assert_true(CPU_EQUAL(&before, &after));
    }
    sched_getaffinity(0, sizeof main_after, &main_after);
    assert_true(CPU_EQUAL(&main_before, &main_after));
}

static void *add_one(void *context)
{
    ++*(int *)context;
    return NULL;
}

static void a_thread_without_its_priority_runs_and_says_why(void **state)
{
    (void)state;
    int count = 0;
    char note[160] = "as it was";
    struct thread thread;
    assert_int_equal(thread_start(&thread, "audio", THREAD_PRIORITY_AUDIO, add_one, &count, note, sizeof note), 0);
    thread_join(&thread);
    thread_join(&thread);       /* a second time does nothing */
    assert_int_equal(count, 1);
    assert_true(note[0] == '\0' || (note[0] == 'n' && note[1] == 'o'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_core_of_its_own_where_there_are_more_than_two),
        cmocka_unit_test(a_thread_without_its_priority_runs_and_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
