/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libconfig must never see, and what it may. */
#include "config.h"

#include "base/strbuf.h"
#include "session/prescan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void refuse_bytes(const char *text, size_t bytes, const char *wanted)
{
    struct err err = {0};
    assert_int_equal(prescan_text(text, bytes, "f", NULL, &err), -1);
    if (!strstr(err.text, wanted))
        fail_msg("%s: got \"%s\", wanted \"%s\"", text, err.text, wanted);
}

static void refuse(const char *text, const char *wanted)
{
    refuse_bytes(text, strlen(text), wanted);
}

static void allow(const char *text)
{
    struct err err = {0};
    if (prescan_text(text, strlen(text), "f", NULL, &err) < 0)
        fail_msg("%s: %s", text, err.text);
}

static void bytes_are_utf8_text(void **state)
{
    (void)state;
    refuse_bytes("a=1;\nb\0=2", 9, "f:2: a zero byte");
    refuse("a=1;\n\n#\xff", "f:3: byte 0xff is not UTF-8");
    refuse("a=\"\xe2\x82\"", "not UTF-8");
    refuse("a=\"\\x00\"", "zero bytes");
    allow("a=\"gr\xc3\xbc\xc3\x9f\"");
    allow("a=\"\xef\xbf\xbd\"");
    allow("");
}

static void integers_say_how_wide_they_are(void **state)
{
    (void)state;
    refuse("a=1;\nin = 3000000000;", "f:2: 3000000000: wants an L");
    refuse("a=-2147483649", "wants an L");
    refuse("a=0x80000000", "0x80000000: wants an L");
    refuse("a=9223372036854775808L", "too big");
    refuse("a=99999999999999999999999999", "too big");
    refuse("a=0xFFFFFFFFFFFFFFFFL", "too big");
    refuse("a=(1,+4294967296)", "wants an L");
    allow("a=2147483647;b=-2147483648;c=0x7fffffff;d=3000000000L;e=0x80000000LL;f=9223372036854775807L;g=-9223372036854775808L");
    allow("a=3000000000.0;b=3000000000e0;c=.5;d=-1.e3;e=a3000000000;f=\"3000000000\";#3000000000\n//3000000000\n/*3000000000*/");
}

static void includes_are_refused_where_they_would_act(void **state)
{
    (void)state;
    refuse("a=1;\n  @include \"/etc/passwd\"", "f:2: @include is refused");
    refuse("a=1; @include", "@include");
    refuse("/* \" */ @include \"x\"", "@include");
    refuse("a=\"\\\\\" @include \"x\"", "@include");
    allow("a=\"@include\"; # @include \"x\"\n");
    allow("a=\"\\\"\n@include \\\"x\\\"\"");
}

static void what_opens_must_close(void **state)
{
    (void)state;
    refuse("a={\nb=(1,\n2;\n}", "f:4: a } where the ( of line 2 wants its )");
    refuse("a={\nb=1;", "f:1: the { of this line is never closed");
    refuse("\n)", "f:2: a ) that closes nothing");
    refuse("a=1;\n/* x\n\n", "f:2: a comment begins here");
    refuse("\na=\"x\n", "f:2: a text begins here");
    refuse("a=\"x\\\"", "f:1: a text begins here");
    allow("a={b=(1,{c=[1]})}");
}

static void a_name_stands_once(void **state)
{
    (void)state;
    refuse("a=1;\nb={c=1;\nab=1;\nc=2}", "f:4: c stands in this group already, on line 2");
    allow("a={a={a=1;b=1};b=1};b=({a=1},{a=1});aa=1;A=1");
    struct strbuf text = {0};
    for (int i = 0; i < 30; i++) {
        for (int k = 0; k < 200000; k++)
            strbuf_addc(&text, 'n');
        strbuf_addf(&text, "%d=1;\n", i);
    }
    refuse(text.s, "too many names that begin alike");
    strbuf_clear(&text);
}

static void depth_and_counts_have_a_limit(void **state)
{
    (void)state;
    struct strbuf text = {0};
    strbuf_adds(&text, "a=((((((((((((((((1))))))))))))))))");
    allow(text.s);
    strbuf_reset(&text);
    strbuf_adds(&text, "a=(((((((((((((((((1)))))))))))))))))");
    refuse(text.s, "deeper than 16");
    strbuf_reset(&text);
    for (int i = 0; i < PRESCAN_NAMES; i++)
        strbuf_addf(&text, "n%d={x=1;y=true}\n", i);
    allow(text.s);
    strbuf_adds(&text, "last=1");
    refuse(text.s, "f:201: more than 200 settings");
    strbuf_reset(&text);
    strbuf_adds(&text, "a=[0");
    for (int i = 0; i < PRESCAN_VALUES; i++)
        strbuf_adds(&text, ",1");
    strbuf_adds(&text, "]");
    refuse(text.s, "more than 750000 values");
    strbuf_reset(&text);
    strbuf_adds(&text, "a=\"");
    for (int i = 0; i < PRESCAN_TEXT_BYTES; i++)
        strbuf_addc(&text, 'x');
    strbuf_adds(&text, "\"");
    refuse(text.s, "longer than 65536");
    strbuf_clear(&text);
}

static bool commented(const char *text)
{
    bool seen;
    assert_int_equal(prescan_text(text, strlen(text), "f", &seen, NULL), 0);
    return seen;
}

static void comments_are_seen(void **state)
{
    (void)state;
    assert_false(commented("a=\"# // /* */\";"));
    assert_true(commented("a=1; # x"));
    assert_true(commented("a=1; // x"));
    assert_true(commented("/**/a=1;"));
}

/* Not one byte past the end is looked at, whatever stands there. */
static void any_cut_is_judged_by_itself(void **state)
{
    (void)state;
    static const char text[] = "a=0x1L /*c*/ b=-1.5e+3 //x\n c=\"q\\\"\\\\\" d=[1L,2L] e=({f=TRUE}) @ 1.e +";
    for (size_t cut = 0; cut < sizeof text; cut++) {
        char copy[sizeof text];
        memset(copy, '0', sizeof copy);
        memcpy(copy, text, cut);
        struct err err = {0};
        int result = prescan_text(copy, cut, "f", NULL, &err);
        char *exact = cut ? memcpy(test_malloc(cut), text, cut) : test_malloc(1);
        assert_int_equal(prescan_text(exact, cut, "f", NULL, NULL), result);
        assert_int_equal(result < 0, err.text[0] != '\0');
        test_free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_utf8_text), cmocka_unit_test(integers_say_how_wide_they_are),
        cmocka_unit_test(includes_are_refused_where_they_would_act), cmocka_unit_test(what_opens_must_close),
        cmocka_unit_test(a_name_stands_once),
        cmocka_unit_test(depth_and_counts_have_a_limit), cmocka_unit_test(comments_are_seen),
        cmocka_unit_test(any_cut_is_judged_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
