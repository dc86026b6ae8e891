/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Session files on disk: bad ones of every kind, saves, what a first save keeps. */
#include "config.h"

#include "../folder.h"

#include "base/strbuf.h"
#include "session/session.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void refuse(const char *path, enum err_code code, const char *wanted)
{
    struct err err = {0};
    assert_null(session_load(path, NULL, &err));
    if (err.code != code || strncmp(err.text, wanted, strlen(wanted)))
        fail_msg("%s: got %s \"%s\", wanted \"%s\"", path, err_word(err.code), err.text, wanted);
}

static void what_is_no_session_is_said_in_one_line(void **state)
{
    (void)state;
    refuse("absent.orp", ERR_UNKNOWN, "absent.orp: no such show");
    refuse("/dev/zero", ERR_REFUSED, "/dev/zero: is not a file of bytes; a show is a regular file");
    refuse(".", ERR_REFUSED, ".: is a folder; a show is a regular file");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    refuse("fifo", ERR_REFUSED, "fifo: is not a file of bytes");
    folder_write("empty", "");
    refuse("empty", ERR_REFUSED, "empty:1: not a clipgrid session: format = \"ORP2026A\" is missing");
    folder_write_bytes("binary", "\x7f" "ELF\2\1\1\0\0\0", 10);
    refuse("binary", ERR_REFUSED, "binary:1: a zero byte");
    folder_write("huge", "");
    assert_int_equal(truncate("huge", SESSION_BYTES_MAX + 1), 0);
    refuse("huge", ERR_REFUSED, "huge: 16777217 bytes; a show has at most 16777216");
    folder_write("include", "format = \"ORP2026A\";\n@include \"empty\"\n");
    refuse("include", ERR_REFUSED, "include:2: @include is refused");
}

static struct show *load(const char *path)
{
    struct err err = {0};
    struct show *show = session_load(path, NULL, &err);
    if (!show)
        fail_msg("%s", err.text);
    return show;
}

#define PLAIN "format = \"ORP2026A\";\nname = \"One\";\ntabs = (\n    {\n    }\n);\n"

static void a_save_loads_again(void **state)
{
    (void)state;
    folder_write("a.orp", PLAIN);
    struct show *show = load("a.orp");
    struct err err;
    assert_int_equal(session_save("b.orp", show, &err), 0);
    folder_holds("b.orp", PLAIN);
    assert_int_equal(session_save("a.orp", show, &err), 0);
    assert_int_equal(access("a.orp.orig", F_OK), -1);           /* it had no comments to lose */
    show_free(show);
    assert_int_equal(session_save("no/folder/x.orp", show = load("b.orp"), &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    show_free(show);
}

static void the_first_save_keeps_what_was_commented(void **state)
{
    (void)state;
    struct err err;
    folder_write("a.orp", "# mine\n" PLAIN);
    struct show *show = load("a.orp");
    assert_int_equal(session_save("a.orp", show, &err), 0);
    folder_holds("a.orp", PLAIN);
    folder_holds("a.orp.orig", "# mine\n" PLAIN);
    folder_write("a.orp", "# again\n" PLAIN);
    assert_int_equal(session_save("a.orp", show, &err), 0);
    folder_holds("a.orp", PLAIN);
    folder_holds("a.orp.orig", "# mine\n" PLAIN);
    show_free(show);
}

static void a_save_that_cannot_keep_comments_is_none(void **state)
{
    (void)state;
    struct err err;
    folder_write("a.orp", "# mine\n" PLAIN);
    struct show *show = load("a.orp");
    assert_int_equal(mkdir(".a.orp.orig.saving", 0700), 0);     /* nothing can be made of that name */
    assert_int_equal(session_save("a.orp", show, &err), -1);
    assert_non_null(strstr(err.text, "a.orp.orig: not saved"));
    folder_holds("a.orp", "# mine\n" PLAIN);
    show_free(show);
}

/* A list of 40,000 elements, a group of 40,000 names: refused or read, neither in quadratic time. */
static void hostile_sizes_are_refused_early(void **state)
{
    (void)state;
    struct strbuf text = {0};
    strbuf_adds(&text, "format = \"ORP2026A\";\n");
    for (int i = 0; i < 40000; i++)
        strbuf_addf(&text, "key%d = %d;\n", i, i);
    folder_write_bytes("names", text.s, text.len);
    refuse("names", ERR_REFUSED, "names:201: more than 200 settings in one group");
    strbuf_reset(&text);
    for (int i = 0; i < 100000; i++)
        strbuf_adds(&text, "a={");
    folder_write_bytes("deep", text.s, text.len);
    refuse("deep", ERR_REFUSED, "deep:1: brackets nested deeper than 16");
    strbuf_reset(&text);
    strbuf_adds(&text, "format = \"ORP2026A\";\nlist = ( 0");
    for (int i = 0; i < 40000; i++)
        strbuf_adds(&text, ", 1");
    strbuf_adds(&text, " );\ntabs = ( {} );");
    folder_write_bytes("list", text.s, text.len);
    show_free(load("list"));
    strbuf_clear(&text);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_enter, folder_leave)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_is_no_session_is_said_in_one_line), IN_FOLDER(a_save_loads_again),
        IN_FOLDER(the_first_save_keeps_what_was_commented), IN_FOLDER(a_save_that_cannot_keep_comments_is_none),
        IN_FOLDER(hostile_sizes_are_refused_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
