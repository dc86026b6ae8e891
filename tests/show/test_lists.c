/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists as people type them, as sessions have them, and as they are kept. */
#include "config.h"

#include "base/err.h"
#include "show/lists.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef int parser(const char *text, char **kept, struct err *err);

static void keeps(parser *parse, const char *text, const char *wanted)
{
    struct err err;
    char *kept, *again;
    if (parse(text, &kept, &err))
        fail_msg("%s: %s", text, err.text);
    if (!wanted) {
        assert_null(kept);
        return;
    }
    assert_string_equal(kept, wanted);
    assert_int_equal(parse(kept, &again, &err), 0);     /* what is kept is kept */
    assert_string_equal(again, wanted);
    free(kept);
    free(again);
}

static void refuses(parser *parse, const char *text)
{
    struct err err = {0};
    char *kept = NULL;
    if (!parse(text, &kept, &err))
        fail_msg("%s is taken", text);
    assert_int_not_equal(err.code, ERR_NONE);
    assert_null(kept);
}

static void links_are_kept_in_one_form(void **state)
{
    (void)state;
    keeps(links_parse, "", NULL);
    keeps(links_parse, "()", NULL);
    keeps(links_parse, "{do=start;target=b}", "( { do = \"start\"; target = \"b\"; } )");
    keeps(links_parse, "( { target = \"tab:8\", do = \"stop\"; at = \"start\"; delay = 0 }, )",
          "( { do = \"stop\"; target = \"tab:8\"; } )");
    keeps(links_parse, "{ do : fade; target : group:D; at : end; delay : 1; level : -inf; seconds : 0.00001; curve : s-curve }",
          "( { do = \"fade\"; target = \"group:D\"; at = \"end\"; delay = 1.0; seconds = 1.0e-05; curve = \"s-curve\"; } )");
    keeps(links_parse, "{ do = stop; target = all; } { do = fade; target = bus:A; level = 12; }",
          "( { do = \"stop\"; target = \"all\"; }, { do = \"fade\"; target = \"bus:A\"; level = 12.0; } )");
}

static void what_is_no_link_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "x", "{", "{}", "{ do = start; }", "{ target = a; }", "{ do = play; target = a; }", "{ do = start; target = 1/1/1; }",
        "{ do = start; target = all; }", "{ do = start; target = group:A; }", "{ do = stop; target = bus:audition; }",
        "{ do = stop; target = tab:9; }", "{ do = stop; target = group:E; }", "{ do = stop; target = stop; }",
        "{ do = stop; target = a; at = middle; }", "{ do = stop; target = a; delay = -1; }",
        "{ do = stop; target = a; delay = 3601; }",
        "{ do = fade; target = a; level = 13; }", "{ do = fade; target = a; curve = round; }",
        "{ do = stop; target = a; more = 1; }",
        "( { do = stop; target = a; }", "{ do = stop; target = a; } x", "{ do = stop; target = \"a }",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        refuses(links_parse, texts[i]);
    char nine[400] = "";
    for (int i = 0; i < 9; i++)
        strcat(nine, "{ do = stop; target = a; }");
    refuses(links_parse, nine);
}

static void links_are_read(void **state)
{
    (void)state;
    struct show_link link[SHOW_LINKS];
    assert_int_equal(links_read(NULL, link), 0);
    assert_int_equal(links_read("( { do = \"stop\"; target = \"b\"; at = \"end\"; }, { do = \"fade\"; target = \"c\"; } )", link),
                     2);
    assert_int_equal(link[0].does, SHOW_LINK_STOP);
    assert_true(link[0].at_end && !link[1].at_end);
    assert_string_equal(link[1].target, "c");
    assert_true(isinf(link[1].level) && link[1].seconds == 0 && link[1].delay == 0);
}

static void files_are_kept_in_one_form(void **state)
{
    (void)state;
    keeps(files_parse, "", NULL);
    keeps(files_parse, "[]", NULL);
    keeps(files_parse, "a b.wav, c.wav", "[ \"a b.wav\", \"c.wav\" ]");
    keeps(files_parse, "( \"x/\\\"q\\\".wav\", y.wav )", "[ \"x/\\\"q\\\".wav\", \"y.wav\" ]");
    static const char *const bad[] = {"/etc/passwd", "[ \"../x\" ]", "[ \"a\"", "[ a ] b", "[ \"a ]", "a,,b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuses(files_parse, bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_kept_in_one_form), cmocka_unit_test(what_is_no_link_is_refused),
        cmocka_unit_test(links_are_read), cmocka_unit_test(files_are_kept_in_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
