/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The technical log: every line is JSON whatever happened to be said, a cut one is taken off, and old files have an end. */
#include "config.h"

#include "../folder.h"

#include "base/strbuf.h"
#include "logbook/technical.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static const char *const folder = ".";
static const int64_t WALL_NS = 1764000000123000000;

static void path_of(char path[300], const char *name)
{
    snprintf(path, 300, "%s/log/%s", folder, name);
}

static void read_all(struct strbuf *text, const char *name)
{
    char path[300], bytes[4096];
    path_of(path, name);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, in)) > 0;)
        strbuf_add(text, bytes, got);
    fclose(in);
}

static void a_line_says_when_where_and_what(void **state)
{
    (void)state;
    struct err err;
    struct strbuf text = {0};
    struct technical *log = technical_open(folder, &err);
    assert_non_null(log);
    assert_int_equal(technical_write(log, WALL_NS, 12, 480, "play", "1/1/1 \"K\" \x1b[2J \xff\n", &err), 0);
    assert_int_equal(technical_write(log, WALL_NS, 0, 0, "store", "the store begins", &err), 0);
    technical_close(log);
    read_all(&text, "technical.jsonl");
    assert_string_equal(text.s,
        "{\"time\":\"2025-11-24T16:00:00.123Z\",\"number\":12,\"frame\":480,\"kind\":\"play\","
        "\"text\":\"1/1/1 \\\"K\\\" \\u001b[2J \xef\xbf\xbd\\u000a\"}\n"
        "{\"time\":\"2025-11-24T16:00:00.123Z\",\"kind\":\"store\",\"text\":\"the store begins\"}\n");
    strbuf_clear(&text);
}

static void what_a_kill_cut_short_is_taken_off(void **state)
{
    (void)state;
    struct err err;
    struct strbuf text = {0};
    char path[300];
    struct technical *log = technical_open(folder, &err);
    technical_write(log, WALL_NS, 0, 0, "store", "first", &err);
    technical_close(log);
    path_of(path, "technical.jsonl");
    FILE *out = fopen(path, "a");
    assert_non_null(out);
    fputs("{\"time\":\"2025-", out);
    fclose(out);
    log = technical_open(folder, &err);
    technical_write(log, WALL_NS, 0, 0, "store", "second", &err);
    technical_close(log);
    read_all(&text, "technical.jsonl");
    assert_string_equal(text.s, "{\"time\":\"2025-11-24T16:00:00.123Z\",\"kind\":\"store\",\"text\":\"first\"}\n"
                                "{\"time\":\"2025-11-24T16:00:00.123Z\",\"kind\":\"store\",\"text\":\"second\"}\n");
    strbuf_clear(&text);
}

static void old_files_have_an_end(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    char path[300], *text = calloc(1, 1 << 20);
    memset(text, 'x', (1 << 20) - 1);
    struct technical *log = technical_open(folder, &err);
    for (int i = 0; i < 5 * (TECHNICAL_KEPT + 4); i++)
        assert_int_equal(technical_write(log, WALL_NS, 0, 0, "store", text, &err), 0);
    technical_close(log);
    free(text);
    for (int age = 1; age <= TECHNICAL_KEPT + 1; age++) {
        char name[40];
        snprintf(name, sizeof name, "technical.%d.jsonl", age);
        path_of(path, name);
        assert_int_equal(stat(path, &st), age <= TECHNICAL_KEPT ? 0 : -1);
        assert_true(age > TECHNICAL_KEPT || st.st_size < TECHNICAL_BYTES_MAX + (2 << 20));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_says_when_where_and_what, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(what_a_kill_cut_short_is_taken_off, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(old_files_have_an_end, folder_enter, folder_leave),
    };
    return cmocka_run_group_tests_name("technical", tests, NULL, NULL);
}
