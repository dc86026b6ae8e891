/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads: a start is synchronous, the audio thread's core is its own where there are more than two, and locks lend priority. */
#include "config.h"

#include "platform/thread.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
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

/* What the kernel goes by (proc_stat(5), field 18): below 0 is realtime, lent or its own. */
static long priority_now(void)
{
    char text[1024];
    FILE *file = fopen("/proc/thread-self/stat", "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    char *at = strrchr(text, ')') + 2;          /* behind the name: field 3 */
    for (int field = 3; field < 18; field++)
        at = strchr(at, ' ') + 1;
    return strtol(at, NULL, 10);
}

struct waiter {
    pthread_mutex_t lock;
    _Atomic int tid;
};

static void *wait_for_lock(void *context)
{
    struct waiter *waiter = context;
    waiter->tid = gettid();
    pthread_mutex_lock(&waiter->lock);
    pthread_mutex_unlock(&waiter->lock);
    return NULL;
}

static void a_lock_lends_its_holder_the_priority_of_who_waits(void **state)
{
    (void)state;
    static struct waiter waiter;
    char note[160] = "";
    struct thread thread;
    long own = priority_now();
    thread_lock_init(&waiter.lock);
    pthread_mutex_lock(&waiter.lock);
    assert_int_equal(thread_start(&thread, "waits", THREAD_PRIORITY_CAPTURE, wait_for_lock, &waiter, note, sizeof note), 0);
    while (!waiter.tid || !thread_is_asleep(waiter.tid))
        sched_yield();
    long lent = priority_now();
    pthread_mutex_unlock(&waiter.lock);
    thread_join(&thread);
    pthread_mutex_destroy(&waiter.lock);
    assert_true(note[0] ? lent == own : lent < 0);       /* without realtime there is nothing to lend */
    assert_int_equal(priority_now(), own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_core_of_its_own_where_there_are_more_than_two),
        cmocka_unit_test(a_thread_without_its_priority_runs_and_says_why),
        cmocka_unit_test(a_lock_lends_its_holder_the_priority_of_who_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
