/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Session text to a document: every key, every refusal with its line. */
#include "config.h"

#include "session/session.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define HEADER "format = \"ORP2026A\";\n"

static struct show *parse(const char *text, struct session_info *info)
{
    struct err err = {0};
    struct show *show = session_parse(text, strlen(text), "f.orp", info, &err);
    if (!show)
        fail_msg("%s", err.text);
    return show;
}

static void refuse(const char *text, const char *wanted)
{
    struct err err = {0};
    assert_null(session_parse(text, strlen(text), "f.orp", NULL, &err));
    if (strncmp(err.text, wanted, strlen(wanted)))
        fail_msg("%s\n  got    %s\n  wanted %s", text, err.text, wanted);
}

/* A clip on line 4 with these settings beside row and column. */
static void refuse_clip(const char *settings, const char *wanted)
{
    char text[1000];
    snprintf(text, sizeof text, HEADER "tabs = ( {\nclips = (\n{ row = 1; column = 1; %s } ); } );", settings);
    refuse(text, wanted);
}

static void clips_do_not_go_in_silence(void **state)
{
    (void)state;
    refuse(HEADER "tabs = ( {\nclicks = (\n{ row = 1; column = 1; file = \"a\"; } ); } );",
           "f.orp:3: clicks: is no setting, and there are clips in it; their list is called clips");
    show_free(parse(HEADER "tabs = ( { clicks = ( { row = 1; } ); } );", NULL));       /* something else, and kept */
}

static void the_header_comes_first(void **state)
{
    (void)state;
    refuse("", "f.orp:1: not a clipgrid session: format = \"ORP2026A\" is missing");
    refuse("nonsense = 1; tabs = 7;", "f.orp:1: not a clipgrid session: format = \"ORP2026A\" is missing");
    refuse("tabs = 7;\nformat = \"ORP2027A\";", "f.orp:2: written by a newer clipgrid (ORP2027A); this one reads up to ORP2026A");
    refuse("format = \"ORP2026B\";", "f.orp:1: written by a newer clipgrid (ORP2026B)");
    refuse("format = \"ORP2025Z\";", "f.orp:1: format ORP2025Z: no such format was ever written");
    refuse("format = 2026;", "f.orp:1: not a clipgrid session: format = \"ORP2026A\" is wanted");
    refuse("format = \"ORP2026\";", "f.orp:1: not a clipgrid session");
    refuse("format = \"ORP2O26A\";", "f.orp:1: not a clipgrid session");
    struct session_info info;
    show_free(parse(HEADER "tabs = ( { } ); # c", &info));
    assert_int_equal(info.version_year, 2026);
    assert_int_equal(info.version_letter, 'A');
    assert_true(info.commented);
}

static void a_small_show_has_defaults(void **state)
{
    (void)state;
    struct show *show = parse(HEADER "tabs = ( { clips = ( { row = 2; column = 3; file = \"a/b.wav\"; } ); } );", NULL);
    assert_int_equal(show_tabs(show), 1);
    assert_int_equal(show_tab(show, 0)->rows, 8);
    assert_int_equal(show_tab(show, 0)->columns, 10);
    const struct show_clip *clip = show_clip(show, show_slot_at(show, 0, 1, 2));
    assert_non_null(clip);
    assert_string_equal(clip->id, "c1");
    assert_null(clip->name);
    assert_true(clip->in == -1 && clip->out == -1 && clip->fade_in == SHOW_INHERIT_S && clip->fade_in_curve == SHOW_INHERIT);
    assert_false(show_dirty(show));
    assert_null(show_undo(show));
    show_free(show);
}

static const char full[] =
    HEADER "name = \"Show\"; media = \"snd\"; guard = 1; fade_in = 0.5; fade_out = 2.5; fade_in_curve = \"log\";\n"
    "fade_out_curve = \"equal-power\"; dual = true; left = 2; right = 1; audition_output = [ 11, 12 ];\n"
    "groups = ( { }, { name = \"Beds\"; color = \"red\"; mode = \"choke\"; voices = 2; gain = \"-inf\"; mute = true;\n"
    "  fade_in = 1; fade_out = 3; fade_in_curve = \"linear\"; fade_out_curve = \"s-curve\"; output = [ 5, 6 ]; } );\n"
    "tabs = ( { name = \"One\"; rows = 4; columns = 5; clips = ( { row = 1; column = 2; id = \"x.1\"; name = \"X\"; file = \"x.wav\";\n"
    "  list = [ \"y.wav\", \"z/z.wav\" ]; list_order = \"shuffled\";\n"
    "  span = [ 2, 2 ]; group = \"B\"; gain = -6; pan = -0.25; mode = \"loop\"; loops = 3000000000L; press = \"layer\"; in = 10;\n"
    "  out = 5000000000L; fade_in = 0; fade_out = 0.25; fade_in_curve = \"exponential\"; fade_out_curve = \"linear\"; fade_end = 4.0;\n"
    "  seam = 7.5; markers = ( { name = \"m\"; at = 4000000000L; }, { at = 1; } ); choke = true; stop_others = true; pinned = true;\n"
    "  follow = \"c1\"; follow_gap = 1; links = ( { do = \"stop\"; target = \"c1\"; delay = 1; }, { target = \"all\"; do = \"fade\"; level = -6; } ); guard = 0.1; hotkey = \"F5\"; color = \"blue\"; notes = \"a\\nb\"; key = \"C#m\"; },\n"
    "  { row = 4; column = 5; file = \"y.wav\"; } ); }, { } );\n";

static void every_key_arrives(void **state)
{
    (void)state;
    struct show *show = parse(full, NULL);
    const struct show_head *head = show_head(show);
    assert_string_equal(head->name, "Show");
    assert_string_equal(head->media, "snd");
    assert_true(head->guard == 1 && head->fade_in == 0.5 && head->fade_out == 2.5 && head->dual);
    assert_true(head->fade_in_curve == SHOW_CURVE_LOG && head->fade_out_curve == SHOW_CURVE_EQUAL_POWER);
    assert_true(head->left == 2 && head->right == 1 && head->audition_output[0] == 11 && head->audition_output[1] == 12);
    const struct show_group *group = show_group(show, 1);
    assert_string_equal(group->name, "Beds");
    assert_string_equal(group->color, "red");
    assert_true(group->choke && group->voices == 2 && isinf(group->gain) && group->mute && group->output[0] == 5 &&
                group->output[1] == 6);
    assert_true(group->fade_in == 1 && group->fade_out == 3 && group->fade_in_curve == SHOW_CURVE_LINEAR);
    assert_int_equal(group->fade_out_curve, SHOW_CURVE_S);
    assert_string_equal(show_tab(show, 0)->name, "One");
    assert_true(show_tab(show, 0)->rows == 4 && show_tab(show, 0)->columns == 5 && show_tabs(show) == 2);
    show_free(show);
}

static void every_key_of_a_clip_arrives(void **state)
{
    (void)state;
    struct show *show = parse(full, NULL);
    int slot = show_slot_by_id(show, "x.1");
    assert_int_equal(slot, show_slot_at(show, 0, 1, 2));        /* under its span */
    const struct show_clip *clip = show_clip(show, slot);
    assert_true(clip->tab == 0 && clip->row == 0 && clip->column == 1 && clip->rows == 2 && clip->columns == 2 &&
                clip->group == 1);
    assert_string_equal(clip->name, "X");
    assert_string_equal(clip->file, "x.wav");
    assert_string_equal(clip->list, "[ \"y.wav\", \"z/z.wav\" ]");
    assert_true(clip->shuffled);
    assert_true(clip->gain == -6 && clip->pan == -0.25 && clip->mode == SHOW_MODE_LOOP && clip->loops == 3000000000);
    assert_true(clip->press == SHOW_PRESS_LAYER && clip->in == 10 && clip->out == 5000000000);
    assert_true(clip->fade_in == 0 && clip->fade_out == 0.25 && clip->fade_end == 4 && clip->seam == 7.5);
    assert_true(clip->fade_in_curve == SHOW_CURVE_EXPONENTIAL && clip->fade_out_curve == SHOW_CURVE_LINEAR);
    assert_true(clip->markers == 2 && clip->marker[0].at == 4000000000 && clip->marker[1].at == 1);
    assert_string_equal(clip->marker[0].name, "m");
    assert_string_equal(clip->marker[1].name, "");
    assert_true(clip->choke && clip->stop_others && clip->pinned && clip->follow_gap == 1 && clip->guard == 0.1);
    assert_string_equal(clip->follow, "c1");
    assert_string_equal(clip->links, "( { do = \"stop\"; target = \"c1\"; delay = 1.0; }, { do = \"fade\"; target = \"all\"; level = -6.0; } )");
    assert_string_equal(clip->hotkey, "F5");
    assert_string_equal(clip->color, "blue");
    assert_string_equal(clip->notes, "a\nb");
    assert_string_equal(clip->key, "C#m");
    assert_string_equal(show_clip(show, show_slot_at(show, 0, 3, 4))->id, "c1");
    show_free(show);
}

static void automatic_ids_leave_given_ones_alone(void **state)
{
    (void)state;
    struct show *show = parse(HEADER "tabs = ( { clips = ( { row = 1; column = 1; file = \"a\"; }, { row = 1; column = 2; id = \"c1\"; file = \"b\"; },"
                              "{ row = 1; column = 3; file = \"c\"; } ); } );", NULL);
    assert_string_equal(show_clip(show, 0)->id, "c2");
    assert_string_equal(show_clip(show, 1)->id, "c1");
    assert_string_equal(show_clip(show, 2)->id, "c3");
    show_free(show);
}

static void wrong_kinds_say_what_is_allowed(void **state)
{
    (void)state;
    refuse(HEADER "name = 5;", "f.orp:2: name: wants text; this is a whole number");
    refuse(HEADER "\ndual = 1;", "f.orp:3: dual: wants true or false; this is a whole number");
    refuse(HEADER "left = 1.0;", "f.orp:2: left: wants a whole number from 1 to 8; this is a number with a point");
    refuse(HEADER "guard = \"1\";", "f.orp:2: guard: wants a number from 0 to 5 s; this is text in quotes");
    refuse(HEADER "audition_output = 9;", "f.orp:2: audition_output: wants two device channels");
    refuse(HEADER "audition_output = [ 1, 2, 3 ];", "f.orp:2: audition_output: wants two device channels");
    refuse(HEADER "audition_output = [ \"1\", \"2\" ];", "f.orp:2: audition_output: wants two device channels");
    refuse(HEADER "groups = 1;", "f.orp:2: groups: wants a list");
    refuse(HEADER "tabs = { };", "f.orp:2: tabs: wants a list");
    refuse(HEADER "tabs = ( 1 );", "f.orp:2: tabs: wants a list");
    refuse(HEADER "tabs = ( { clips = [ ]; } );", "f.orp:2: clips: wants a list");
    refuse_clip("file = \"a\"; markers = 5;", "f.orp:4: markers: wants up to 4");
    refuse_clip("file = \"a\"; in = 1.5;", "f.orp:4: in: wants a whole number");
    refuse_clip("file = \"a\"; gain = \"loud\";", "f.orp:4: gain loud: a number from -60 to 12 dB, or -inf");
}

static void wrong_values_say_what_is_allowed(void **state)
{
    (void)state;
    refuse(HEADER "guard = 5.5;", "f.orp:2: guard 5.5: a number from 0 to 5 s");
    refuse(HEADER "groups = ( { }, { mode = \"both\"; } );", "f.orp:2: mode both: free or choke");
    refuse(HEADER "groups = (\n{ voices = 5;\nmode = \"choke\"; } );", "f.orp:4: mode: a choke group has 1 to 4 voices");
    refuse(HEADER "groups = ( {}, {}, {}, {}, {} );", "f.orp:2: groups: wants a list ( { ... }, ... ) of at most 4 groups");
    refuse(HEADER "tabs = ( { rows = 33; } );", "f.orp:2: rows 33: a whole number from 1 to 32");
    refuse(HEADER "tabs = ( {}, {}, {}, {}, {}, {}, {}, {}, {} );",
           "f.orp:2: tabs: wants a list ( { ... }, ... ) of 1 to 8 tabs");
    refuse(HEADER "tabs = ( );", "f.orp:2: tabs: there is none");
    refuse(HEADER, "f.orp:1: tabs: there is none");
    refuse_clip("file = \"a\"; gain = 12.5;", "f.orp:4: gain 12.5: a number from -60 to 12 dB, or -inf");
    refuse_clip("file = \"a\"; in = 3000000000;", "f.orp:4: 3000000000: wants an L");
    refuse_clip("file = \"a\"; in = -1;", "f.orp:4: in -1: a whole number");
    refuse_clip("file = \"../a\";", "f.orp:4: file ../a: a path that stays in the media folder");
    refuse_clip("file = \"/a\";", "f.orp:4: file /a: a path relative to the media folder");
    refuse_clip("file = \"a\"; id = \"1x\";", "f.orp:4: id 1x: a letter");
    refuse_clip("file = \"a\"; id = \"stop\";", "f.orp:4: id stop: a letter");
    refuse_clip("file = \"a\"; span = [ 3, 1 ];", "f.orp:4: span [ 3, 1 ]: [rows, columns] of");
    refuse_clip("file = \"a\";\nin = 5;\nout = 5;", "f.orp:6: in 5, out 5: in must be before out");
    refuse_clip("file = \"a\"; markers = ( { at = 1; }, { at = 1; }, { at = 1; },\n{ at = 1; },\n{ at = 1; } );",
                "f.orp:6: markers: more than 4");
    refuse_clip("file = \"a\"; markers = ( { name = \"x\"; } );", "f.orp:4: markers: at is missing");
    refuse_clip("file = \"a\"; markers = ( { at = -1; } );", "f.orp:4: markers: at wants");
}

static void clips_stand_in_their_tab_once(void **state)
{
    (void)state;
    refuse_clip("", "f.orp:4: clip: file is missing");
    refuse(HEADER "tabs = ( { clips = (\n{ column = 1; file = \"a\"; } ); } );", "f.orp:3: clip: row is missing");
    refuse(HEADER "tabs = ( { clips = (\n{\nrow = 9; column = 1; file = \"a\"; } ); } );", "f.orp:4: 1/9/1: outside of tab 1");
    refuse(HEADER "tabs = ( { clips = (\n{ row = 0; column = 1; file = \"a\"; } ); } );",
           "f.orp:3: row 0: a whole number from 1 to 32");
    refuse(HEADER "tabs = ( { clips = ( { row = 1; column = 1; file = \"a\"; span = [ 2, 1 ]; },\n{ row = 2; column = 1; file = \"a\"; } ); } );",
           "f.orp:3: 1/2/1: taken by c1");
    refuse(HEADER "tabs = ( { clips = ( { row = 1; column = 1; file = \"a\"; id = \"x\"; } ); },\n{ clips = ( { row = 1; column = 1; file = \"a\";\n"
           "id = \"x\"; } ); } );", "f.orp:4: id x: taken by the clip at 1/1/1");
}

static void unknown_settings_are_kept_at_every_level(void **state)
{
    (void)state;
    struct show *show = parse(HEADER "tempo = 120.0; big = 5L;\ngroups = ( { sub = { a = ( 1, \"x\", [ 1L ] ); }; } );\n"
                              "tabs = ( { tint = \"red\"; clips = ( { row = 1; column = 1; file = \"a\"; warp = 0x10;\n"
                              "markers = ( { at = 1; jump = true; to = \"b\"; } ); } ); } );", NULL);
    assert_string_equal(show_head(show)->extra, "tempo = 120.0;\nbig = 5L;\n");
    assert_string_equal(show_group(show, 0)->extra, "sub = { a = ( 1, \"x\", [ 1L ] ); };\n");
    assert_string_equal(show_tab(show, 0)->extra, "tint = \"red\";\n");
    assert_string_equal(show_clip(show, 0)->extra, "warp = 0x10;\n");
    assert_string_equal(show_clip(show, 0)->marker[0].extra, "jump = true; to = \"b\";");
    show_free(show);
}

/* A show that lost its end must not pass for a smaller show. */
static void no_cut_is_taken_for_a_whole_show(void **state)
{
    (void)state;
    size_t whole = strlen(full) - 3;            /* up to the last ) */
    for (size_t cut = 0; cut < whole; cut++) {
        struct err err = {0};
        char *copy = malloc(cut + 1);
        memcpy(copy, full, cut);
        struct show *show = session_parse(copy, cut, "f.orp", NULL, &err);
        free(copy);
        if (show)
            fail_msg("%zu of %zu bytes make a show", cut, whole);
        assert_true(!strncmp(err.text, "f.orp:", 6));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_comes_first), cmocka_unit_test(clips_do_not_go_in_silence), cmocka_unit_test(a_small_show_has_defaults),
        cmocka_unit_test(every_key_arrives),
        cmocka_unit_test(every_key_of_a_clip_arrives), cmocka_unit_test(automatic_ids_leave_given_ones_alone),
        cmocka_unit_test(wrong_kinds_say_what_is_allowed), cmocka_unit_test(wrong_values_say_what_is_allowed),
        cmocka_unit_test(clips_stand_in_their_tab_once), cmocka_unit_test(unknown_settings_are_kept_at_every_level),
        cmocka_unit_test(no_cut_is_taken_for_a_whole_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
