/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong inside a document. */
#include "config.h"

#include "base/strbuf.h"
#include "session/check.h"
#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void add(void *context, enum session_check_level level, const char *clip, const char *text)
{
    strbuf_addf(context, "%d %s%s%s\n", (int)level, clip, *clip ? " " : "", text);
}

/* The findings of a session with these tabs (and what else), one a line. */
static void finds(const char *settings, enum session_check_level worst, const char *wanted)
{
    struct err err = {0};
    struct strbuf text = {0}, found = {0};
    strbuf_addf(&text, "format = \"ORP2026A\";\n%s", settings);
    struct show *show = session_parse(text.s, text.len, "f", NULL, &err);
    if (!show)
        fail_msg("%s", err.text);
    assert_int_equal(session_check_document(show, add, &found), worst);
    assert_string_equal(found.s ? found.s : "", wanted);
    strbuf_clear(&text);
    strbuf_clear(&found);
    show_free(show);
}

#define CLIP "row = 1; column = 1; file = \"a\"; "
#define TABS(clips) "tabs = ( { clips = ( " clips " ); } );"

static void a_good_show_fits(void **state)
{
    (void)state;
    finds(TABS("{ " CLIP "hotkey = \"F5\"; loops = 2; mode = \"loop\"; }, { row = 1; column = 2; file = \"b\"; hotkey = \"F6\"; }"),
          SESSION_CHECK_FIT, "");
}

static void the_show_and_its_tabs(void **state)
{
    (void)state;
    finds("tabs = ( { }, { } );", SESSION_CHECK_WARNING, "1 the show has no clips\n");
    finds("dual = true; tabs = ( { clips = ( { " CLIP "} ); }, { } );", SESSION_CHECK_WARNING, "1 tab 2: has no clips\n");
    finds("dual = true; " TABS("{ " CLIP "}"), SESSION_CHECK_ERROR, "2 dual page shows tabs 1 and 2; there are 1\n");
    finds("dual = true; right = 1; " TABS("{ " CLIP "}"), SESSION_CHECK_WARNING, "1 dual page shows tab 1 twice\n");
    finds("audition_output = [9, 9]; " TABS("{ " CLIP "}"), SESSION_CHECK_WARNING,
          "1 audition_output: left and right both go to channel 9\n");
}

static void groups_with_clips(void **state)
{
    (void)state;
    finds("groups = ( { mute = true; gain = \"-inf\"; output = [3, 3]; }, { mute = true; } );" TABS("{ " CLIP "}"),
          SESSION_CHECK_WARNING,
          "1 group A: left and right both go to channel 3\n1 group A: muted; none of its 1 clips is heard\n"
          "1 group A: gain is -inf; none of its 1 clips is heard\n");
    finds("groups = ( { mode = \"choke\"; voices = 1; } );" TABS("{ " CLIP "press = \"layer\"; }"), SESSION_CHECK_WARNING,
          "1 group A: voices is 1; a clip that starts cuts the one before in 5 ms, without its fade-out\n"
          "1 1/1/1 press is layer in choke group A: a new layer fades out the one before\n");
}

static void clips_that_do_not_do_what_they_say(void **state)
{
    (void)state;
    finds(TABS("{ " CLIP "follow = \"gone\"; }"), SESSION_CHECK_ERROR,
          "2 1/1/1 follow: there is no clip gone\n");
    finds(TABS("{ " CLIP "links = ( { do = \"stop\"; target = \"gone\"; }, { do = \"stop\"; target = \"all\"; } ); }"),
          SESSION_CHECK_ERROR, "2 1/1/1 links: there is no clip gone\n");
    finds(TABS("{ " CLIP "id = \"x\"; mode = \"loop\"; follow = \"x\"; }"), SESSION_CHECK_WARNING,
          "1 1/1/1 follow x is not reached unless the loop is released: it loops for ever\n");
    finds(TABS("{ " CLIP "gain = \"-inf\"; loops = 3; follow = \"stop\"; }"), SESSION_CHECK_WARNING,
          "1 1/1/1 gain is -inf; it is not heard\n1 1/1/1 loops is 3 and mode is once; it plays once\n");
}

static void a_hotkey_has_one_clip(void **state)
{
    (void)state;
    finds(TABS("{ row = 2; column = 1; file = \"b\"; hotkey = \"F5\"; }, { " CLIP "hotkey = \"F5\"; }, { row = 1; column = 2; file = \"c\"; hotkey = \"F4\"; }"),
          SESSION_CHECK_ERROR, "2 1/2/1 hotkey F5 is taken by the clip at 1/1/1\n");
}

static void settings_that_nobody_knows(void **state)
{
    (void)state;
    finds("tempi = 1; a = { b = 1; }; groups = ( { gian = 1; } ); tabs = ( { row = 1; clips = ( { " CLIP "fade_otu = 2;"
          "markers = ( { at = 1; }, { at = 2; nme = \"x\"; } ); } ); } );", SESSION_CHECK_WARNING,
          "1 unknown setting tempi is kept and does nothing\n1 unknown setting a is kept and does nothing\n"
          "1 group A: unknown setting gian is kept and does nothing\n1 tab 1: unknown setting row is kept and does nothing\n"
          "1 1/1/1 unknown setting fade_otu is kept and does nothing\n"
          "1 1/1/1 marker 2: unknown setting nme is kept and does nothing\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_show_fits), cmocka_unit_test(the_show_and_its_tabs), cmocka_unit_test(groups_with_clips),
        cmocka_unit_test(clips_that_do_not_do_what_they_say), cmocka_unit_test(a_hotkey_has_one_clip),
        cmocka_unit_test(settings_that_nobody_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
