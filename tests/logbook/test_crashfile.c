/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crashes, kept: the newest under its name, seven old ones, and never through a link. */
#include "config.h"

#include "../folder.h"

#include "base/strbuf.h"
#include "logbook/crashfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static int keep(const char *words)
{
    struct strbuf text = {0};
    struct err err;
    char path[200];
    strbuf_adds(&text, words);
    int result = crashfile_write(".", &text, path, sizeof path, &err);
    strbuf_clear(&text);
    if (result == 0)
        folder_holds(path, words);
    return result;
}

static void the_newest_and_seven_old_ones_are_kept(void **state)
{
    (void)state;
    char words[20], path[40];
    mkdir("log", 0700);
    for (int i = 1; i <= 20; i++) {
        snprintf(words, sizeof words, "crash %d", i);
        assert_int_equal(keep(words), 0);
    }
    folder_holds("log/crash.txt", "crash 20");
    for (int age = 1; age <= CRASHFILE_KEPT; age++) {
        snprintf(path, sizeof path, "log/crash.%d.txt", age);
        snprintf(words, sizeof words, "crash %d", 20 - age);
        folder_holds(path, words);
    }
    assert_int_equal(access("log/crash.8.txt", F_OK), -1);
}

static void without_a_folder_it_is_told(void **state)
{
    (void)state;
    assert_int_equal(keep("nowhere"), -1);
}

static void a_link_is_not_followed(void **state)
{
    (void)state;
    mkdir("log", 0700);
    folder_write("mine", "kept");
    assert_int_equal(symlink("../mine", "log/crash.txt"), 0);
    assert_int_equal(keep("new"), 0);
    folder_holds("mine", "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_and_seven_old_ones_are_kept, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(without_a_folder_it_is_told, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(a_link_is_not_followed, folder_enter, folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
