/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load of the machine, as far as a test can know it. */
#include "config.h"

#include "platform/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* Uses the processor until this process has used so much more of it. */
static void burn(uint64_t ns)
{
    uint64_t until = load_process_ns(getpid()) + ns;
    while (load_process_ns(getpid()) < until)
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
        cmocka_unit_test(processes_have_used_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
