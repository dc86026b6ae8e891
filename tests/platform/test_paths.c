/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things stand: environment, owners, links. */
#include "config.h"

#include "platform/paths.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char base[PATH_MAX];             /* an empty folder, without links, that the test ends in */

static int enter(void **state)
{
    (void)state;
    char template[] = "/tmp/clipgrid-test-XXXXXX";
    return mkdtemp(template) && realpath(template, base) && chdir(base) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    char command[PATH_MAX + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static const char *below(const char *name)
{
    static char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static void a_path_becomes_absolute(void **state)
{
    (void)state;
    char got[PATH_MAX];
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(paths_absolute("sub/../new.orp", got, sizeof got, NULL), 0);
    assert_string_equal(got, below("new.orp"));
    assert_int_equal(symlink("sub", "link"), 0);
    assert_int_equal(paths_absolute("link/./x", got, sizeof got, NULL), 0);
    assert_string_equal(got, below("sub/x"));
    assert_int_equal(paths_absolute("/nothing-of-this-name", got, sizeof got, NULL), 0);
    assert_string_equal(got, "/nothing-of-this-name");
}

static void a_path_without_a_folder_is_an_error(void **state)
{
    (void)state;
    char got[PATH_MAX];
    struct err err;
    assert_int_equal(paths_absolute("no/such/file", got, sizeof got, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_non_null(strstr(err.text, "no/such"));
    assert_int_equal(paths_absolute("", got, sizeof got, &err), -1);
    char small[4];
    assert_int_equal(paths_absolute("/tmp", small, sizeof small, &err), -1);
    assert_int_equal(err.code, ERR_RANGE);
}

static void the_socket_is_given_or_in_the_environment(void **state)
{
    (void)state;
    char got[PATH_MAX];
    setenv("CLIPGRID_SOCKET", below("env"), 1);
    assert_int_equal(paths_socket("mine", got, sizeof got, NULL), 0);
    assert_string_equal(got, below("mine"));
    assert_int_equal(paths_socket(NULL, got, sizeof got, NULL), 0);
    assert_string_equal(got, below("env"));
    unsetenv("CLIPGRID_SOCKET");
}

static void configuration_follows_xdg(void **state)
{
    (void)state;
    char got[PATH_MAX];
    setenv("HOME", base, 1);
    unsetenv("XDG_CONFIG_HOME");
    assert_int_equal(paths_config(got, sizeof got, NULL), 0);
    assert_string_equal(got, below(".config/clipgrid/clipgrid.conf"));
    setenv("XDG_CONFIG_HOME", "relative", 1);
    assert_int_equal(paths_config(got, sizeof got, NULL), 0);
    assert_string_equal(got, below(".config/clipgrid/clipgrid.conf"));
    setenv("XDG_CONFIG_HOME", "/etc/xdg", 1);
    assert_int_equal(paths_config(got, sizeof got, NULL), 0);
    assert_string_equal(got, "/etc/xdg/clipgrid/clipgrid.conf");
}

static void the_state_folder_is_made(void **state)
{
    (void)state;
    char got[PATH_MAX];
    struct stat st;
    setenv("XDG_STATE_HOME", below("a/b"), 1);
    assert_int_equal(paths_state(got, sizeof got, NULL), 0);
    assert_string_equal(got, below("a/b/clipgrid"));
    assert_int_equal(stat(got, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(paths_state(got, sizeof got, NULL), 0);
    fclose(fopen("file", "w"));
    setenv("XDG_STATE_HOME", below("file"), 1);
    struct err err;
    assert_int_equal(paths_state(got, sizeof got, &err), -1);
    assert_int_equal(err.code, ERR_IO);
}

static void a_folder_is_the_part_before_the_name(void **state)
{
    (void)state;
    char got[64];
    assert_int_equal(paths_folder("name", got, sizeof got, NULL), 0);
    assert_string_equal(got, ".");
    assert_int_equal(paths_folder("/name", got, sizeof got, NULL), 0);
    assert_string_equal(got, "/");
    assert_int_equal(paths_folder("a/b/name", got, sizeof got, NULL), 0);
    assert_string_equal(got, "a/b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_becomes_absolute), cmocka_unit_test(a_path_without_a_folder_is_an_error),
        cmocka_unit_test(the_socket_is_given_or_in_the_environment), cmocka_unit_test(configuration_follows_xdg),
        cmocka_unit_test(the_state_folder_is_made), cmocka_unit_test(a_folder_is_the_part_before_the_name),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
