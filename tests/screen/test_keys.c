/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key table: no key twice, none on a play key, bindings go first, names read back. */
#include "config.h"

#include "screen/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct keys keys;

static const char *command_of(const char *name)
{
    struct key key;
    assert_true(keys_parse(name, &key));
    return keys_command(&keys, key);
}

static void every_row_names_a_key_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < keys_count; i++) {
        struct key a, b;
        assert_true(keys_parse(keys_table[i].key, &a));
        for (int j = 0; j < i; j++) {
            assert_true(keys_parse(keys_table[j].key, &b));
            if (a.code == b.code && a.mods == b.mods)
                fail_msg("%s stands twice", keys_table[i].key);
        }
        for (int row = 0; row < KEYS_PLAY_ROWS; row++)
            for (int column = 0; column < KEYS_PLAY_COLUMNS; column++)
                if (a.code == (uint32_t)keys_play(row, column) && !(a.mods & KEY_CTRL))
                    fail_msg("%s is a play key", keys_table[i].key);
    }
    assert_non_null(keys_table[0].help);
}

static void names_read_back(void **state)
{
    (void)state;
    static const char *const good[] = {"a", ";", "^X", "M-q", "M-Enter", "S-Up", "C-Left", "F1", "F12", "Space", "Esc", "^",
                                       "-", "M--"};
    static const char *const bad[] = {"", "F0", "F13", "Foo", "ab", "M-", "^^^", "\x01"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct key key;
        char name[KEYS_NAME];
        assert_true(keys_parse(good[i], &key));
        keys_fmt(key, name);
        assert_string_equal(name, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct key key;
        assert_false(keys_parse(bad[i], &key));
    }
}

static void play_keys_fire_the_window(void **state)
{
    (void)state;
    assert_int_equal(keys_init(&keys, NULL, 0), 0);
    assert_string_equal(command_of("1"), "fire 1 1");
    assert_string_equal(command_of("0"), "fire 1 10");
    assert_string_equal(command_of("p"), "fire 2 10");
    assert_string_equal(command_of(";"), "fire 3 10");
    assert_string_equal(command_of("/"), "fire 4 10");
    assert_string_equal(command_of("M-z"), "preview 4 1");
    assert_string_equal(command_of("Enter"), "press @");
    assert_string_equal(command_of("F12"), "panic");
    assert_string_equal(command_of("^X"), "panic");
}

/* A wrong key must never make a sound. */
static void other_keys_do_nothing(void **state)
{
    (void)state;
    static const char *const none[] = {"Q", "Space", "!", "'", "[", "M-Q", "^Y", "S-F1", "M-Up", "C-Up", "é", "^1"};
    keys_init(&keys, NULL, 0);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(command_of(none[i]));
}

static void bindings_go_first_and_the_last_of_them_wins(void **state)
{
    (void)state;
    static const struct keys_binding mine[] = {{"q", "stop all"}, {"F5", "press rain"}, {"F5", "press wind"},
                                               {"nokey", "panic"}, {"ö", "fire 3 10"}};
    assert_int_equal(keys_init(&keys, mine, 5), 1);
    assert_string_equal(command_of("q"), "stop all");
    assert_string_equal(command_of("F5"), "press wind");
    assert_string_equal(command_of("ö"), "fire 3 10");
    assert_string_equal(command_of("w"), "fire 2 2");
    assert_null(keys_command(&keys, (struct key){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_names_a_key_of_its_own),
        cmocka_unit_test(names_read_back),
        cmocka_unit_test(play_keys_fire_the_window),
        cmocka_unit_test(other_keys_do_nothing),
        cmocka_unit_test(bindings_go_first_and_the_last_of_them_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
