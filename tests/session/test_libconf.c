/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libconfig text to nodes and back. */
#include "config.h"

#include "base/strbuf.h"
#include "session/libconf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void values_keep_kind_and_line(void **state)
{
    (void)state;
    static const char text[] = "yes = TRUE;\nsmall = 1;\nwide = 1L;\nhex = 0x1F;\nreal = .5;\ntext = \"a\" \"b\";\n"
                               "list = (\n  { x = 1; },\n  { y = 2; } );\narray = [ 1, 2 ]; # end";
    static const enum tree_kind kinds[] = {TREE_BOOL, TREE_INT, TREE_INT64, TREE_INT, TREE_FLOAT, TREE_TEXT, TREE_LIST,
                                           TREE_ARRAY};
    static const int lines[] = {1, 2, 3, 4, 5, 6, 7, 10};
    struct tree_doc doc;
    assert_int_equal(libconf_parse(&doc, text, strlen(text), "f", NULL), 0);
    assert_true(doc.commented);
    int i = 0;
    for (const struct tree *node = doc.root->first; node; node = node->next, i++) {
        assert_int_equal(node->kind, kinds[i]);
        assert_int_equal(node->line, lines[i]);
    }
    assert_int_equal(i, 8);
    assert_string_equal(tree_find(doc.root, "text")->text, "ab");
    assert_int_equal(tree_find(doc.root, "hex")->integer, 31);
    const struct tree *second = tree_find(doc.root, "list")->first->next;
    assert_int_equal(second->line, 9);
    assert_int_equal(tree_find(second, "y")->integer, 2);
    assert_null(tree_find(second, "x"));
    assert_null(second->next);
    tree_doc_clear(&doc);
}

static void refuse(const char *text, const char *wanted)
{
    struct tree_doc doc;
    struct err err = {0};
    assert_int_equal(libconf_parse(&doc, text, strlen(text), "f", &err), -1);
    assert_int_equal(err.code, ERR_REFUSED);
    assert_null(doc.root);
    if (!strstr(err.text, wanted))
        fail_msg("%s: got \"%s\", wanted \"%s\"", text, err.text, wanted);
}

static void errors_name_line_and_what_is_allowed(void **state)
{
    (void)state;
    refuse("a=1;\nb=;", "f:2: not understood");
    refuse("a=1;\na=2;", "f:2: a stands in this group already");
    refuse("\na=[1,\"x\"];", "f:2: an array [ ] holds values of one kind");
    refuse("a=1e999;", "f:1: a number too big");
    refuse("a=\"\\xff\";", "f:1: the \\x bytes of this text");
    refuse("\n\n@include \"/etc/hostname\"\n", "f:3: @include is refused");
    refuse("hello, world", "f:1: not understood");
}

static void a_byte_order_mark_and_crlf_are_fine(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf" "a = 1;\r\nb = \"x\"; // c\r\n";
    struct tree_doc doc;
    assert_int_equal(libconf_parse(&doc, text, strlen(text), "f", NULL), 0);
    assert_int_equal(doc.root->count, 2);
    assert_int_equal(tree_find(doc.root, "b")->line, 2);
    tree_doc_clear(&doc);
}

/* Written once, read, written again: the same text, so the same values and kinds. */
static void what_is_written_reads_back(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "a = true;\n", "a = -7;\n", "a = 3000000000L;\n", "a = 7L;\n", "a = 0xFF;\n", "a = 0x7FFFFFFFFFL;\n",
        "a = -9223372036854775808L;\n",
        "a = 0.1;\n", "a = 1.0;\n", "a = 1.0e+300;\n", "a = -1.5e-07;\n", "a = \"\";\n",
        "a = \"q\\\"b\\\\n\\n t\\x09 e\\x1B d\\x7F\";\n",
        "a = \"gr\xc3\xbc\xc3\x9f // # /*\";\n", "a = [ 1, 2, 3 ];\n", "a = [];\n", "a = ();\n", "a = {};\n",
        "a = { b = 1; c = ( 1, 2.5, \"x\", { d = [ \"p\", \"q\" ]; }, () ); e-f = { *g = false; }; };\n",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct tree_doc doc;
        struct err err = {0};
        if (libconf_parse(&doc, settings[i], strlen(settings[i]), "f", &err) < 0)
            fail_msg("%s%s", settings[i], err.text);
        struct strbuf out = {0};
        tree_fmt_setting(&out, doc.root->first);
        assert_string_equal(out.s, settings[i]);
        strbuf_clear(&out);
        tree_doc_clear(&doc);
    }
}

static void every_byte_of_a_text_survives(void **state)
{
    (void)state;
    char text[130];
    for (int i = 1; i < 128; i++)
        text[i - 1] = (char)i;
    memcpy(text + 127, "\xc2\x85", 3);
    struct strbuf out = {0};
    strbuf_adds(&out, "a = ");
    tree_fmt_text(&out, text);
    for (const char *p = out.s; *p; p++)
        assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
    struct tree_doc doc;
    assert_int_equal(libconf_parse(&doc, out.s, out.len, "f", NULL), 0);
    assert_string_equal(doc.root->first->text, text);
    tree_doc_clear(&doc);
    strbuf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_keep_kind_and_line), cmocka_unit_test(errors_name_line_and_what_is_allowed),
        cmocka_unit_test(a_byte_order_mark_and_crlf_are_fine), cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(every_byte_of_a_text_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
