/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files written beside their names: one writer at a time, never into what has its name already, never through links or pipes. */
#include "config.h"

#include "../folder.h"

#include "platform/fd.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void one_writer_at_a_time(void **state)
{
    (void)state;
    folder_write("x.making", "what a killed writer left");
    int first = fd_open_beside("x.making", 0600);
    assert_true(first >= 0);
    folder_holds("x.making", "");
    assert_int_equal(fd_open_beside("x.making", 0600), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(fd_write_all(first, "whole", 5), 0);
    folder_holds("x.making", "whole");
    assert_int_equal(rename("x.making", "x"), 0);
    int second = fd_open_beside("x.making", 0600);
    assert_true(second >= 0);
    assert_int_equal(fd_write_all(second, "new", 3), 0);
    folder_holds("x", "whole");
    close(first);
    close(second);
}

static void only_regular_files_are_opened(void **state)
{
    (void)state;
    folder_write("letter", "kept");
    assert_int_equal(symlink("letter", "link"), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(fd_open_beside("link", 0600), -1);
    assert_int_equal(fd_open_beside("pipe", 0600), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(fd_open_beside(".", 0600), -1);
    assert_int_equal(fd_open_beside("nowhere/x", 0600), -1);
    assert_int_equal(errno, ENOENT);
    folder_holds("letter", "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_writer_at_a_time, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(only_regular_files_are_opened, folder_enter, folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
