/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as people give it: numbers, words, UTF-8. */
#include "config.h"

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void numbers_are_whole_or_nothing(void **state)
{
    (void)state;
    int64_t i;
    double d;
    assert_true(text_parse_i64("-9223372036854775808", &i));
    assert_false(text_parse_i64("9223372036854775808", &i));
    assert_false(text_parse_i64("12 ", &i));
    assert_false(text_parse_i64("", &i));
    assert_true(text_parse_double("-6.5e-1", &d) && d == -0.65);
    assert_false(text_parse_double("inf", &d));
    assert_false(text_parse_double("0x10", &d));
    assert_false(text_parse_double("1,5", &d));
    assert_false(text_parse_double("1e999", &d));
}

static void doubles_print_shortest(void **state)
{
    (void)state;
    struct strbuf out = {0};
    text_fmt_double(&out, 0.1);
    strbuf_addc(&out, ' ');
    text_fmt_double(&out, -6);
    strbuf_addc(&out, ' ');
    text_fmt_double(&out, 1e300);
    strbuf_addc(&out, ' ');
    text_fmt_double(&out, -120);
    strbuf_addc(&out, ' ');
    text_fmt_double(&out, 0.00012);
    assert_string_equal(out.s, "0.1 -6.0 1e+300 -120.0 0.00012");
    strbuf_clear(&out);
}

static void words_have_quotes(void **state)
{
    (void)state;
    struct words words;
    struct err err;
    assert_int_equal(words_split(&words, " load \"a \\\"b\\\\\" 1/1/1\t", &err), 0);
    assert_int_equal(words.count, 3);
    assert_string_equal(words.word[1], "a \"b\\");
    assert_true(words.quoted[1] && !words.quoted[2]);
    words_clear(&words);
    assert_int_equal(words_split(&words, "load \"open", &err), -1);
    assert_int_equal(err.code, ERR_USAGE);
    words_clear(&words);
}

static void a_word_reads_back(void **state)
{
    (void)state;
    static const char *const samples[] = {"", "plain", "two words", "q\"uote", "back\\slash", "both \\ \"", "tab\tin"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct strbuf out = {0};
        struct words words;
        text_fmt_word(&out, samples[i]);
        assert_int_equal(words_split(&words, out.s, NULL), 0);
        assert_int_equal(words.count, 1);
        assert_string_equal(words.word[0], samples[i]);
        words_clear(&words);
        strbuf_clear(&out);
    }
}

static void escapes_read_back(void **state)
{
    (void)state;
    struct strbuf out = {0};
    text_fmt_escaped(&out, "a\nb\\nc\\");
    assert_string_equal(out.s, "a\\nb\\\\nc\\\\");
    text_unescape(out.s);
    assert_string_equal(out.s, "a\nb\\nc\\");
    strbuf_clear(&out);
}

static void utf8_is_strict(void **state)
{
    (void)state;
    assert_true(utf8_valid("gr\xc3\xbc\xc3\x9f", 6));
    assert_false(utf8_valid("\xc0\xaf", 2));
    assert_false(utf8_valid("\xed\xa0\x80", 3));
    assert_false(utf8_valid("\xf4\x90\x80\x80", 4));
    assert_false(utf8_valid("\xe2\x82", 2));
    assert_true(text_has_control("a\x1b[2J"));
    assert_true(text_has_control("a\xe2\x80\xae" "b"));
    assert_false(text_has_control("gr\xc3\xbc\xc3\x9f"));
    char cut[5];
    assert_string_equal(text_copy(cut, sizeof cut, "abc\xc3\xbc"), "abc");
}

static void json_has_no_raw_control(void **state)
{
    (void)state;
    struct strbuf out = {0};
    text_fmt_json(&out, "a\"\\\n\xff");
    assert_string_equal(out.s, "\"a\\\"\\\\\\u000a\xef\xbf\xbd\"");
    strbuf_clear(&out);
}

static void clean_text_does_nothing_to_a_terminal(void **unused)
{
    (void)unused;
    struct strbuf out = {0};
    text_fmt_clean(&out, "a\033[31mb\n\xc2\x9b\xe2\x80\xae\xff\xc3\xa9", false);
    assert_string_equal(out.s, "a\xef\xbf\xbd[31mb\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9");
    strbuf_reset(&out);
    text_fmt_clean(&out, "a\nb\t", true);
    assert_string_equal(out.s, "a\nb\xef\xbf\xbd");
    strbuf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole_or_nothing), cmocka_unit_test(doubles_print_shortest),
        cmocka_unit_test(words_have_quotes), cmocka_unit_test(a_word_reads_back), cmocka_unit_test(escapes_read_back),
        cmocka_unit_test(utf8_is_strict), cmocka_unit_test(json_has_no_raw_control),
        cmocka_unit_test(clean_text_does_nothing_to_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
