/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The `:` line: editing, history, completion. */
#include "config.h"

#include "screen/keys.h"
#include "screen/prompt.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct prompt prompt;

static enum prompt_end press(const char *name)
{
    struct key key;
    assert_true(keys_parse(name, &key));
    return prompt_key(&prompt, key);
}

static int start(void **state)
{
    (void)state;
    prompt_init(&prompt);
    prompt_start(&prompt, "");
    return 0;
}

static int end(void **state)
{
    (void)state;
    prompt_clear(&prompt);
    return 0;
}

static void enter_line(const char *line)
{
    prompt_start(&prompt, line);
    assert_int_equal(press("Enter"), PROMPT_DONE);
    assert_string_equal(prompt.text, line);
}

static void text_is_edited_by_character(void **state)
{
    (void)state;
    prompt_insert(&prompt, "göe\xcc\x81日x");
    press("Backspace");
    press("Backspace");
    assert_string_equal(prompt.text, "göe\xcc\x81");
    press("Backspace");
    assert_string_equal(prompt.text, "gö");
    press("Left");
    press("ä");
    press("Delete");
    assert_string_equal(prompt.text, "gä");
    press("Home");
    press("a");
    press("End");
    press("z");
    assert_string_equal(prompt.text, "agäz");
    press("^A");
    press("Delete");
    press("^K");
    assert_string_equal(prompt.text, "");
}

static void words_and_ends_can_be_killed(void **state)
{
    (void)state;
    prompt_insert(&prompt, "gain c1  -3");
    press("^W");
    assert_string_equal(prompt.text, "gain c1  ");
    press("^W");
    assert_string_equal(prompt.text, "gain ");
    press("^U");
    assert_string_equal(prompt.text, "");
    assert_int_equal(press("Backspace"), PROMPT_LEFT);
    assert_false(prompt.open);
}

static void no_control_character_gets_in(void **state)
{
    (void)state;
    prompt_insert(&prompt, "a\nb\x1b[31mc\xff\xc2\x9b");
    assert_string_equal(prompt.text, "a b [31mc ");
    assert_int_equal(press("M-q"), PROMPT_OPEN);
    assert_int_equal(press("F5"), PROMPT_OPEN);
    assert_string_equal(prompt.text, "a b [31mc ");
}

static void a_full_line_takes_no_more(void **state)
{
    (void)state;
    for (int i = 0; i < PROMPT_BYTES + 10; i++)
        press("x");
    assert_int_equal(strlen(prompt.text), PROMPT_BYTES - 1);
    press("é");
    assert_int_equal(strlen(prompt.text), PROMPT_BYTES - 1);
}

static void history_recalls_lines_that_begin_alike(void **state)
{
    (void)state;
    enter_line("press c1");
    enter_line("gain c1 -3");
    enter_line("gain c1 -3");
    enter_line("press c2");
    assert_int_equal(prompt.histories, 3);
    prompt_start(&prompt, "");
    press("p");
    press("Up");
    assert_string_equal(prompt.text, "press c2");
    press("Up");
    assert_string_equal(prompt.text, "press c1");
    press("Up");
    assert_string_equal(prompt.text, "press c1");
    press("Down");
    press("Down");
    assert_string_equal(prompt.text, "p");
    press("^U");
    press("Up");
    press("Up");
    assert_string_equal(prompt.text, "gain c1 -3");
}

static void history_is_bounded(void **state)
{
    (void)state;
    char line[16] = "press aa";
    for (int i = 0; i < PROMPT_HISTORY + 50; i++) {
        line[6] = (char)('a' + i % 26);
        line[7] = (char)('a' + i / 26);
        enter_line(line);
    }
    assert_int_equal(prompt.histories, PROMPT_HISTORY);
    assert_string_equal(prompt.history[PROMPT_HISTORY - 1], line);
}

static void completion_inserts_what_is_common(void **state)
{
    (void)state;
    static const char verbs[] = "panic\npause\nplay\npress\n";
    prompt_insert(&prompt, "p");
    prompt_complete(&prompt, verbs);
    assert_string_equal(prompt.text, "p");
    assert_string_equal(prompt.candidates.s, "panic\npause\nplay\npress\n");
    press("a");
    prompt_complete(&prompt, verbs);
    assert_string_equal(prompt.candidates.s, "panic\npause\n");
    press("n");
    prompt_complete(&prompt, verbs);
    assert_string_equal(prompt.text, "panic ");
    assert_int_equal(prompt.candidates.len, 0);
    prompt_start(&prompt, "press thunder");
    prompt_complete(&prompt, "thunder-one\nthunder-two\nrain\n");
    assert_string_equal(prompt.text, "press thunder-");
    prompt_complete(&prompt, "nothing\nlike it\n");
    assert_string_equal(prompt.text, "press thunder-");
    prompt_complete(&prompt, "");
    assert_string_equal(prompt.text, "press thunder-");
}

static void completion_works_inside_a_line(void **state)
{
    (void)state;
    prompt_insert(&prompt, "pre c1");
    press("Home");
    press("Right");
    press("Right");
    press("Right");
    prompt_complete(&prompt, "press\nplay\n");
    assert_string_equal(prompt.text, "press c1");
    assert_int_equal(prompt.at, 5);
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 77;
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        TEST(text_is_edited_by_character), TEST(words_and_ends_can_be_killed), TEST(no_control_character_gets_in),
        TEST(a_full_line_takes_no_more), TEST(history_recalls_lines_that_begin_alike), TEST(history_is_bounded),
        TEST(completion_inserts_what_is_common), TEST(completion_works_inside_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
