/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load of the machine, as far as a test can know it. */
#include "config.h"

#include "platform/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* Uses the processor until this process has used so much more of it. The kernel's own work is niced for nobody, so it is asked
 * seldom. */
static void burn(uint64_t ns)
{
    uint64_t until = load_process_ns(getpid()) + ns;
    while (load_process_ns(getpid()) < until)
        for (volatile int i = 0; i < 100000; i++)
            ;
}

static void the_load_is_a_share(void **state)
{
    (void)state;
    struct load_meter meter = {0};
    assert_true(load_meter_read(&meter, 0) == 0);
    assert_true(meter.total_ns > 0);
    burn(100000000);
    double load = load_meter_read(&meter, 0);
    assert_true(load > 0 && load <= 1);
}

static void own_work_is_no_load(void **state)
{
    (void)state;
    struct load_meter meter = {0};
    load_meter_read(&meter, 0);
    burn(100000000);
    assert_true(load_meter_read(&meter, UINT64_C(1) << 62) == 0);
    burn(100000000);
    assert_true(load_meter_read(&meter, 0) > 0);        /* other workers now, which have used less */
}

/* Until a child of lowest priority has used so much. */
static void burn_niced(uint64_t ns)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (nice(19) == -1)
            _exit(1);
        burn(ns);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void what_gives_way_is_counted_apart(void **state)
{
    (void)state;
    struct load_meter meter = {0};
    assert_true(load_meter_read_urgent(&meter, 0) == 0);
    uint64_t before = meter.nice_ns;
    burn_niced(200000000);
    double urgent = load_meter_read_urgent(&meter, 0);
    assert_true(meter.nice_ns >= before + 100000000);   /* the kernel counts in ticks of 10 ms */
    assert_true(urgent >= 0 && urgent <= 1);
    burn(100000000);
    assert_true(load_meter_read_urgent(&meter, 0) > 0);
}

static void a_forced_load_is_for_debug_builds(void **state)
{
    (void)state;
    uint32_t sound = 1, all = 2;
    assert_int_equal(unsetenv("CLIPGRID_LOAD"), 0);
    load_forced(&sound, &all);
    assert_true(sound == 1 && all == 2);
}

static void processes_have_used_time(void **state)
{
    (void)state;
    pid_t gone = fork();
    assert_true(gone >= 0);
    if (gone == 0)
        _exit(0);
    assert_int_equal(waitpid(gone, NULL, 0), gone);
    assert_true(load_process_ns(gone) == 0);
    uint64_t before = load_process_ns(getpid());
    burn(1000000);
    assert_true(load_process_ns(getpid()) >= before + 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_load_is_a_share),
        cmocka_unit_test(own_work_is_no_load),
        cmocka_unit_test(what_gives_way_is_counted_apart),
        cmocka_unit_test(a_forced_load_is_for_debug_builds),
        cmocka_unit_test(processes_have_used_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
