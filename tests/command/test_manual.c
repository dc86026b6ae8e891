/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made from the command table: help, completion, the manual's list; and that its names cannot be ids. */
#include "config.h"

#include "command/manual.h"
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static void every_row_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < command_count; i++) {
        const struct command_row *row = &command_table[i];
        assert_ptr_equal(command_find(row->name), row);
        assert_true(row->run && row->least >= 0 && (row->most < 0 || row->most >= row->least));
        assert_true(strlen(row->help) > 5 && row->help[strlen(row->help) - 1] == '.');
        assert_false(show_id_valid(row->name));
    }
    assert_null(command_find("dance"));
}

static void reserved_words_are_sorted(void **state)
{
    (void)state;
    for (int i = 1; show_reserved_words[i]; i++)
        assert_true(strcmp(show_reserved_words[i - 1], show_reserved_words[i]) < 0);
    static const char *const targets[] = {"all", "group", "tab", "bus", "show", "next", "stop", "none", "default", "marker",
        "at", "on", "off"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        assert_false(show_id_valid(targets[i]));
}

static void help_lists_what_works(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    const char *list = desk_say(&desk, "help");
    for (int i = 0; i < command_count; i++) {
        const struct command_row *row = &command_table[i];
        assert_non_null(strstr(list, row->help));
    }
    assert_non_null(strstr(list, "\\nfade TARGET DB SECONDS [CURVE]              Fade what"));
    assert_string_equal(desk_say(&desk, "help press"),
                        "ok press CLIP [down|up]\\nWhat the clip's key does: start it, or what its press property says.\\n"
                        "Live: it changes what sounds, not the show. Role: control. Also under the show lock.");
    desk_close(&desk);
}

static void the_manual_has_every_command(void **state)
{
    (void)state;
    struct strbuf out = {0};
    manual_fmt_mdoc(&out);
    assert_non_null(strstr(out.s, ".It Ic press Ar CLIP Op Cm down | Cm up\nWhat the"));
    assert_non_null(strstr(out.s, ".It Ic set Ar CLIP | Cm group:A | Cm tab:N | Cm show Ar PROPERTY Ar VALUE\n"));
    assert_non_null(strstr(out.s, ".It Ic panic\n"));
    assert_non_null(strstr(out.s, ".It Ic page Cm single | Cm dual Op Ar LEFT Ar RIGHT\n"));
    strbuf_clear(&out);
}

static void completion_offers(struct desk *desk, const char *line, const char *words)
{
    struct strbuf out = {0};
    command_complete(desk->context.show, line, &out);
    assert_string_equal(out.s ? out.s : "", words);
    strbuf_clear(&out);
}

static void completion_follows_the_table(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_say(&desk, "load a.wav 1/1/1");
    desk_say(&desk, "load b.wav 1/2/1");
    desk_say(&desk, "set 1/2/1 id bell");
    completion_offers(&desk, "pa", "pause\npanic\npan\npack\npage\n");
    completion_offers(&desk, "  un", "undo\nunpack\n");
    completion_offers(&desk, "press ", "c1\nbell\n");
    completion_offers(&desk, "press 1/", "1/1/1\n1/2/1\n");
    completion_offers(&desk, "press bell ", "down\nup\n");
    completion_offers(&desk, "press bell up ", "");
    completion_offers(&desk, "stop b", "bell\nbus:A\nbus:B\nbus:C\nbus:D\nbus:audition\n");
    completion_offers(&desk, "stop tab", "tab:1\n");
    completion_offers(&desk, "mute all o", "on\noff\n");
    completion_offers(&desk, "fade all -6 1 e", "exponential\nequal-power\n");
    completion_offers(&desk, "set s", "show\n");
    completion_offers(&desk, "set show f", "fade_in\nfade_out\nfade_in_curve\nfade_out_curve\n");
    completion_offers(&desk, "set bell fol", "follow\nfollow_gap\n");
    completion_offers(&desk, "set bell mode ", "once\nloop\ngate\ndefault\n");
    completion_offers(&desk, "set bell choke t", "true\n");
    completion_offers(&desk, "set bell row ", "");
    completion_offers(&desk, "solo group:", "group:A\ngroup:B\ngroup:C\ngroup:D\n");
    completion_offers(&desk, "tab ", "1\n");
    completion_offers(&desk, "status -", "--json\n");
    completion_offers(&desk, "help und", "undo\n");
    completion_offers(&desk, "resume t", "tab:1\n");
    completion_offers(&desk, "dance ", "");
    completion_offers(&desk, "press \"", "");
    desk_close(&desk);
}

static void completion_without_a_document(void **state)
{
    (void)state;
    struct desk none = {0};
    completion_offers(&none, "press ", "");
    completion_offers(&none, "tab ", "");
    completion_offers(&none, "stop a", "all\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole), cmocka_unit_test(reserved_words_are_sorted),
        cmocka_unit_test(help_lists_what_works),
        cmocka_unit_test(the_manual_has_every_command), cmocka_unit_test(completion_follows_the_table),
        cmocka_unit_test(completion_without_a_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
