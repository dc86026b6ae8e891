/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Render scripts: times to frames, and one plain line for what is malformed. */
#include "config.h"

#include "process/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char path[] = "/tmp/clipgrid-script-XXXXXX";
static struct script script;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static int read_text(const char *text, size_t bytes)
{
    FILE *file = fopen(path, "w");
    fwrite(text, 1, bytes, file);
    fclose(file);
    return script_read(&script, path, 48000, &err);
}

static void times_are_seconds_or_frames(void **state)
{
    (void)state;
    static const char text[] = "# a comment\n\n0 press 1/1/1\r\n  0.5\tstop all\n24001f panic\n1.00001 panic\n48000.4f";
    assert_int_equal(read_text(text, sizeof text - 10), 0);
    assert_int_equal(script.lines, 4);
    assert_int_equal(script.line[1].frame, 24000);
    assert_int_equal(script.line[2].frame, 24001);
    assert_int_equal(script.line[3].frame, 48000);
    assert_string_equal(script.line[0].command, "press 1/1/1");
    assert_string_equal(script.line[1].time, "0.5");
    assert_int_equal(script.line[3].number, 6);
    script_clear(&script);
}

static void a_malformed_line_names_file_and_line(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "0 press 1/1/1\nx panic\n", "0 press 1/1/1\n-1 panic\n", "0 press 1/1/1\n1\n", "1 panic\n0.5 panic\n",
        "0 panic\n1e99 panic\n",
        "0 panic\n1 nonsense\n", "0 panic\n1 press\n", "0 panic\n1 panic now\n", "0 panic\n1 get \"show\n",
        "0 panic\n0x1 panic\n", "0 panic\n1.5f panic\n", "0 panic\n1 press \xff\n", "0 panic\nnan panic\n",
    };
    char where[64];
    snprintf(where, sizeof where, "%s:2: ", path);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_text(bad[i], strlen(bad[i])), -1);
        assert_int_equal(err.code, ERR_USAGE);
        assert_memory_equal(err.text, where, strlen(where));
    }
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(script_read(&script, "/tmp", 48000, &err), -1);
    assert_int_equal(script_read(&script, "/nonexistent/script", 48000, &err), -1);
    assert_int_equal(script_read(&script, "/dev/zero", 48000, &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_seconds_or_frames), cmocka_unit_test(a_malformed_line_names_file_and_line),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
