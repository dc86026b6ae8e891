/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of a terminal become keys; what is cut short or not known becomes nothing. */
#include "config.h"

#include "screen/input.h"
#include "screen/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MS UINT64_C(1000000)

static struct input input;

/* The keys waiting, by name, parted by blanks. */
static const char *names(void)
{
    static char all[1024];
    char name[KEYS_NAME];
    struct key key;
    all[0] = '\0';
    while (input_next(&input, &key)) {
        keys_fmt(key, name);
        strcat(strcat(all, all[0] ? " " : ""), key.code == KEY_CODE_PASTE ? "paste" : name);
    }
    return all;
}

static const char *keys_of(const char *bytes)
{
    input_init(&input);
    input_feed(&input, bytes, strlen(bytes), MS);
    input_expire(&input, 500 * MS);
    return names();
}

static void sequences_of_all_terminals_are_known(void **state)
{
    (void)state;
    assert_string_equal(keys_of("qQ1;/ "), "q Q 1 ; / Space");
    assert_string_equal(keys_of("\r\t\x7f\b\x18\x03"), "Enter Tab Backspace Backspace ^X ^C");
    assert_string_equal(keys_of("\x1b[A\x1bOB\x1b[H\x1b[1~\x1b[7~\x1bOF\x1b[5~\x1b[6~\x1b[2~\x1b[3~"),
                        "Up Down Home Home Home End PgUp PgDn Insert Delete");
    assert_string_equal(keys_of("\x1bOP\x1b[11~\x1b[[A\x1b[15~\x1b[17~\x1b[21~\x1b[23~\x1b[24~"), "F1 F1 F1 F5 F6 F10 F11 F12");
    assert_string_equal(keys_of("\x1b[1;2A\x1b[1;3C\x1b[1;5D\x1b[3;2~\x1b[Z\x1b[1;2P"),
                        "S-Up M-Right C-Left S-Delete S-Tab S-F1");
    assert_string_equal(keys_of("\x1b[113;3u\x1b[27;5;120~\x1b[13u"), "M-q ^X Enter");
}

static void alt_is_an_escape_before_a_key(void **state)
{
    (void)state;
    assert_string_equal(keys_of("\x1bq\x1b;\x1b\r"), "M-q M-; M-Enter");
    assert_string_equal(keys_of("\x1b\x1b[A"), "M-Up");
    assert_string_equal(keys_of("\x1b"), "Esc");
}

static void sequences_cut_short_fire_nothing(void **state)
{
    (void)state;
    static const char *const cut[] = {"\x1b[", "\x1b[1", "\x1b[1;", "\x1b[24", "\x1bO", "\x1b[[", "\x1b[<0;1", "\xe2\x82",
                                      "\xc3"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++)
        assert_string_equal(keys_of(cut[i]), "");
    /* What comes next is a key of its own again. */
    input_feed(&input, "q", 1, 600 * MS);
    assert_string_equal(names(), "q");
}

static void unknown_sequences_fire_nothing(void **state)
{
    (void)state;
    assert_string_equal(keys_of("\x1b[99~\x1b[?1;2c\x1b[>0;1c\x1b[M\x1b[12;40R\x1bOx\x1b[<0;10;10M"), "");
    assert_string_equal(keys_of("\x1b[1\x1b[A"), "Up");
    assert_string_equal(keys_of("\x1b[12\x18"), "^X");      /* panic goes through */
    char longer[200];
    memset(longer, '1', sizeof longer);
    memcpy(longer, "\x1b[", 2);
    longer[198] = 'A';
    longer[199] = '\0';
    assert_string_equal(keys_of(longer), "");
}

static void an_escape_waits_25_ms(void **state)
{
    (void)state;
    input_init(&input);
    input_feed(&input, "\x1b", 1, 100 * MS);
    assert_true(input_patience_ns(&input, 110 * MS) == 15 * MS);
    input_expire(&input, 124 * MS);
    assert_string_equal(names(), "");
    input_expire(&input, 125 * MS);
    assert_string_equal(names(), "Esc");
    assert_true(input_patience_ns(&input, 200 * MS) == UINT64_MAX);
}

static void the_late_rest_of_a_sequence_is_thrown_away(void **state)
{
    (void)state;
    input_init(&input);
    input_feed(&input, "\x1b", 1, 0);
    input_expire(&input, 30 * MS);
    input_feed(&input, "[15~q", 5, 40 * MS);
    assert_string_equal(names(), "Esc q");
    input_feed(&input, "\x1b", 1, 100 * MS);
    input_expire(&input, 130 * MS);
    input_feed(&input, "q", 1, 140 * MS);
    assert_string_equal(names(), "Esc q");
}

static void sequences_may_come_in_pieces(void **state)
{
    (void)state;
    static const char bytes[] = "\x1b[1;3D\xe2\x82\xac\x1bOS\x1bw";
    input_init(&input);
    for (size_t i = 0; i < sizeof bytes - 1; i++)
        input_feed(&input, bytes + i, 1, i * MS);
    assert_string_equal(names(), "M-Left U+20AC F4 M-w");
}

static void pasted_text_is_one_event(void **state)
{
    (void)state;
    assert_string_equal(keys_of("a\x1b[200~qwer\rty\x1b[Au\x1b[201~b"), "a paste b");
    assert_string_equal(input_pasted(&input), "qwer\rty\x1b[Au");
    input_init(&input);
    char many[3 * INPUT_PASTE];
    memset(many, 'q', sizeof many);
    input_feed(&input, "\x1b[200~", 6, 0);
    input_feed(&input, many, sizeof many, 0);
    input_feed(&input, "\x1b[201~x", 7, 0);
    assert_string_equal(names(), "paste x");
}

static void no_bytes_at_all_hurt(void **state)
{
    (void)state;
    unsigned seed = 7;
    input_init(&input);
    for (int i = 0; i < 200000; i++) {
        char byte = (char)(seed >> 16);
        seed = seed * 1103515245u + 12345u;
        input_feed(&input, &byte, 1, (uint64_t)i * MS / 10);
        if (i % 100 == 0) {
            struct key key;
            while (input_next(&input, &key))
                assert_true(key.code != 0 && key.code <= KEY_CODE_PASTE);
            input_expire(&input, (uint64_t)i * MS / 10 + 200 * MS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequences_of_all_terminals_are_known),
        cmocka_unit_test(alt_is_an_escape_before_a_key),
        cmocka_unit_test(sequences_cut_short_fire_nothing),
        cmocka_unit_test(unknown_sequences_fire_nothing),
        cmocka_unit_test(an_escape_waits_25_ms),
        cmocka_unit_test(the_late_rest_of_a_sequence_is_thrown_away),
        cmocka_unit_test(sequences_may_come_in_pieces),
        cmocka_unit_test(pasted_text_is_one_event),
        cmocka_unit_test(no_bytes_at_all_hurt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
