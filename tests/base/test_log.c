/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The debug log is one line a call, without escapes, and holds nobody up. */
#include "config.h"

#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int saved = -1, out = -1;

static int begin(void **state)
{
    int fds[2];
    (void)state;
    if (pipe(fds) < 0)
        return -1;
    saved = dup(STDERR_FILENO);
    dup2(fds[1], STDERR_FILENO);
    close(fds[1]);
    out = fds[0];
    return 0;
}

static int end(void **state)
{
    (void)state;
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(out);
    return 0;
}

static void a_line_is_one_write_and_has_no_escapes(void **state)
{
    char line[200];
    (void)state;
    log_line(LOG_WARN, "%s", "one\033[31m\ntwo");
    log_line(LOG_DEBUG, "%s", "not asked for");
    ssize_t got = read(out, line, sizeof line - 1);
    assert_true(got > 0);
    line[got] = '\0';
    assert_null(strchr(line, '\033'));
    assert_ptr_equal(strchr(line, '\n'), line + got - 1);
    assert_null(strstr(line, "not asked for"));
}

/* A terminal that is held looks the same. */
static void a_pipe_that_nobody_reads_holds_nobody_up(void **state)
{
    static char full[1 << 16];
    (void)state;
    assert_int_equal(fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK), 0);
    while (write(STDERR_FILENO, full, sizeof full) > 0)
        ;
    assert_int_equal(fcntl(STDERR_FILENO, F_SETFL, 0), 0);
    alarm(10);
    log_line(LOG_WARN, "%s", "lost");
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_one_write_and_has_no_escapes, begin, end),
        cmocka_unit_test_setup_teardown(a_pipe_that_nobody_reads_holds_nobody_up, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
