/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files below a folder in the order of people, and copies that can be trusted. */
#include "config.h"

#include "../folder.h"

#include "library/copy.h"
#include "library/progress.h"
#include "library/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void order_is_that_of_people(void **state)
{
    static const char *const names[] = {"1", "2", "02", "10", "a1b2", "a1b10", "A2", "b", "take 2.wav", "take 10.wav",
                                        "take 010b"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            int order = walk_compare(names[i], names[j]), back = walk_compare(names[j], names[i]);
            assert_int_equal(order > 0, back < 0);
            assert_int_equal(order == 0, i == j);
        }
    assert_true(walk_compare("2", "10") < 0);
    assert_true(walk_compare("take 2.wav", "take 10.wav") < 0);
    assert_true(walk_compare("a1b2", "a1b10") < 0);
    assert_true(walk_compare("B", "a") > 0);
    assert_true(walk_compare("99999999999999999999999999998", "99999999999999999999999999999") < 0);
}

static void a_folder_is_walked_in_that_order(void **state)
{
    static const char *const wanted[] = {"f/2.wav", "f/10.wav", "f/deep/1", "f/z"};
    struct walk walk = {0};
    struct err err;
    (void)state;
    assert_int_equal(mkdir("f", 0700) | mkdir("f/deep", 0700) | mkdir("f/.hidden", 0700), 0);
    static const char *const files[] = {"f/10.wav", "f/z", "f/deep/1", "f/2.wav", "f/.dot", "f/.hidden/x"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        folder_write(files[i], "x");
    assert_int_equal(symlink("..", "f/deep/up") | mkfifo("f/pipe", 0600), 0);
    assert_int_equal(walk_folder(&walk, "f", &err), 0);
    assert_int_equal(walk.count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < walk.count; i++)
        assert_string_equal(walk.path[i], wanted[i]);
    walk_clear(&walk);
    assert_int_equal(walk_folder(&walk, "absent", &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
}

static void copied_as(const char *from, const char *name, const char *wanted)
{
    struct err err;
    char *copied;
    assert_int_equal(copy_file(from, "to", name, &copied, NULL, &err), 0);
    assert_string_equal(copied, wanted);
    free(copied);
}

static void a_copy_is_made_once_and_over_nothing(void **state)
{
    (void)state;
    folder_write("a", "first");
    folder_write("b", "other");
    folder_write("c", "longer than the others");
    copied_as("a", "deep/a.wav", "deep/a.wav");
    copied_as("a", "deep/a.wav", "deep/a.wav");
    copied_as("b", "deep/a.wav", "deep/a-2.wav");
    copied_as("c", "deep/a.wav", "deep/a-3.wav");
    copied_as("b", "deep/a.wav", "deep/a-2.wav");
    copied_as("a", ".a", ".a");
    copied_as("b", ".a", ".a-2");
    folder_holds("to/deep/a.wav", "first");
    folder_holds("to/deep/a-2.wav", "other");
    folder_holds("to/deep/a-3.wav", "longer than the others");
    assert_int_equal(symlink("/dev/null", "to/link"), 0);
    copied_as("a", "link", "link-2");           /* a link is another file, and is not followed */
    folder_write("to/.late.copying", "what a killed copier left");
    copied_as("a", "late", "late");
    assert_int_equal(access("to/.late.copying", F_OK), -1);
}

static void what_is_no_file_is_not_copied(void **state)
{
    struct err err;
    char *copied;
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(copy_file("pipe", "to", "x", &copied, NULL, &err), -1);
    assert_int_equal(copy_file("absent", "to", "x", &copied, NULL, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_int_equal(access("to/x", F_OK), -1);
    assert_int_equal(copy_check_room("to/there/is/no/such", 1, &err), 0);
    assert_int_equal(copy_check_room("to", UINT64_C(1) << 60, &err), -1);
}

static void told(void *context, const char *text)
{
    snprintf(context, 120, "%s", text);
}

static void progress_is_a_share(void **state)
{
    char text[120] = "";
    struct progress progress = {.told = told, .context = text};
    (void)state;
    progress_begin(&progress, "copying", 200);
    assert_string_equal(text, "copying: 0 %");
    progress.told_ns = 0;
    progress_add(&progress, 90);
    assert_string_equal(text, "copying: 45 %");
    progress.told_ns = 0;
    progress.began_ns -= UINT64_C(9000000000);
    progress_add(&progress, 10);
    assert_string_equal(text, "copying: 50 %, 0:09 left");
    progress.told_ns = 0;
    progress_add(&progress, 1000);              /* more than was said */
    assert_string_equal(text, "copying: 100 %, 0:00 left");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_that_of_people),
        cmocka_unit_test_setup_teardown(a_folder_is_walked_in_that_order, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(a_copy_is_made_once_and_over_nothing, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_not_copied, folder_enter, folder_leave),
        cmocka_unit_test(progress_is_a_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
