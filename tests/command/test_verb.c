/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every verb: what it asks to be done (actions), or what it does to the document and how that is undone. */
#include "config.h"

#include "desk.h"
#include "show/property.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static int make_desk(void **state)
{
    static const char *const lines[] = {
        "load rain.wav 1/1/1", "load deep/thunder.flac 1/1/2", "set c2 id thunder", "set tab:2 rows 4", "load bell.wav 2/1/1",
    };
    struct desk *desk = calloc(1, sizeof *desk);
    desk_open(desk);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_string_equal(desk_say(desk, lines[i]), "ok");
    show_forget_undo(desk->context.show);
    *state = desk;
    return 0;
}

static int drop_desk(void **state)
{
    desk_close(*state);
    free(*state);
    return 0;
}

static const struct action *act(struct desk *desk, const char *line, enum action_type type)
{
    assert_string_equal(desk_say(desk, line), "ok");
    assert_int_equal(desk->reply.actions, 1);
    assert_int_equal(desk->reply.action[0].type, type);
    assert_false(desk->reply.edited);
    return &desk->reply.action[0];
}

static void get_is(struct desk *desk, const char *what, const char *value)
{
    char line[128], expected[512];
    snprintf(line, sizeof line, "get %s", what);
    snprintf(expected, sizeof expected, *value ? "ok %s" : "ok", value);
    assert_string_equal(desk_say(desk, line), expected);
}

/* The line is an edit; afterwards `get what` is value; undo and redo go there and back. */
static void edit_is(struct desk *desk, const char *line, const char *what, const char *value)
{
    struct strbuf before = {0}, after = {0}, again = {0};
    flat_write(desk->context.show, &before);
    assert_string_equal(desk_say(desk, line), "ok");
    assert_true(desk->reply.edited);
    assert_int_equal(desk->reply.actions, 0);
    get_is(desk, what, value);
    flat_write(desk->context.show, &after);
    assert_string_equal(desk_say(desk, "undo"), "ok");
    assert_true(desk->reply.edited);
    flat_write(desk->context.show, &again);
    assert_string_equal(again.s, before.s);
    strbuf_reset(&again);
    assert_string_equal(desk_say(desk, "redo"), "ok");
    flat_write(desk->context.show, &again);
    assert_string_equal(again.s, after.s);
    strbuf_clear(&before);
    strbuf_clear(&after);
    strbuf_clear(&again);
}

static void firing_names_the_slot(void **state)
{
    struct desk *desk = *state;
    int rain = show_slot_by_id(desk->context.show, "c1"), thunder = show_slot_by_id(desk->context.show, "thunder");
    assert_int_equal(act(desk, "press 1/1/1", ACTION_PRESS)->slot, rain);
    assert_int_equal(act(desk, "press thunder", ACTION_PRESS)->slot, thunder);
    assert_int_equal(act(desk, "press thunder", ACTION_PRESS)->edge, EDGE_BOTH);
    assert_int_equal(act(desk, "press c1 down", ACTION_PRESS)->edge, EDGE_DOWN);
    assert_int_equal(act(desk, "press c1 up", ACTION_PRESS)->edge, EDGE_UP);
    assert_int_equal(act(desk, "play 1/1/2", ACTION_PLAY)->slot, thunder);
    assert_int_equal(act(desk, "release thunder", ACTION_RELEASE)->slot, thunder);
    assert_int_equal(act(desk, "audition \"thunder\"", ACTION_AUDITION)->slot, thunder);
}

static void targets_have_every_form(void **state)
{
    static const struct { const char *word; enum target_object object; int index; } forms[] = {
        {"all", TARGET_OBJECT_ALL, 0}, {"group:A", TARGET_OBJECT_GROUP, 0}, {"group:D", TARGET_OBJECT_GROUP, 3},
        {"tab:2", TARGET_OBJECT_TAB, 1}, {"bus:A", TARGET_OBJECT_BUS, 0}, {"bus:D", TARGET_OBJECT_BUS, 3},
        {"bus:audition", TARGET_OBJECT_BUS, 4}, {"c1", TARGET_OBJECT_CLIP, 0}, {"1/1/2", TARGET_OBJECT_CLIP, 1},
    };
    struct desk *desk = *state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char line[64];
        snprintf(line, sizeof line, "stop %s", forms[i].word);
        const struct action *action = act(desk, line, ACTION_STOP);
        assert_int_equal(action->target.object, forms[i].object);
        assert_int_equal(action->target.index, forms[i].index);
        snprintf(line, sizeof line, "mute %s on", forms[i].word);
        action = act(desk, line, ACTION_MUTE);
        assert_true(action->on);
        assert_int_equal(action->target.object, forms[i].object);
    }
    assert_false(act(desk, "solo group:B off", ACTION_SOLO)->on);
    assert_int_equal(desk->reply.action[0].target.index, 1);
}

static void a_fade_has_level_time_and_curve(void **state)
{
    struct desk *desk = *state;
    const struct action *action = act(desk, "fade group:B -6.5 2.25 s-curve", ACTION_FADE);
    assert_true(action->number == -6.5 && action->seconds == 2.25);
    assert_int_equal(action->curve, SHOW_CURVE_S);
    action = act(desk, "fade all -inf 0", ACTION_FADE);
    assert_true(action->number == -INFINITY && action->seconds == 0);
    assert_int_equal(action->curve, SHOW_CURVE_LINEAR);
}

static void the_desk_is_asked(void **state)
{
    struct desk *desk = *state;
    act(desk, "panic", ACTION_PANIC);
    act(desk, "emergency", ACTION_EMERGENCY);
    assert_null(act(desk, "save", ACTION_SAVE)->text);
    assert_string_equal(act(desk, "save \"a b.orp\"", ACTION_SAVE)->text, "a b.orp");
    assert_false(desk->reply.action[0].force);
    assert_true(act(desk, "save! x.orp", ACTION_SAVE)->force);
    assert_string_equal(act(desk, "open x.orp", ACTION_OPEN)->text, "x.orp");
    assert_true(act(desk, "open! x.orp", ACTION_OPEN)->force);
    assert_int_equal(act(desk, "tab 2", ACTION_TAB)->target.index, 1);
    act(desk, "detach", ACTION_DETACH);
    assert_true(act(desk, "lock on", ACTION_LOCK)->on);
    assert_false(act(desk, "lock off", ACTION_LOCK)->on);
    assert_false(act(desk, "status", ACTION_STATUS)->on);
    assert_true(act(desk, "status --json", ACTION_STATUS)->on);
    assert_true(act(desk, "check --json", ACTION_CHECK)->on);
    act(desk, "idle", ACTION_IDLE);
    act(desk, "quit", ACTION_QUIT);
}

static void gains_go_where_the_target_says(void **state)
{
    struct desk *desk = *state;
    edit_is(desk, "gain c1 -6", "c1 gain", "-6.0");
    edit_is(desk, "gain 1/1/1 -inf", "c1 gain", "-inf");
    edit_is(desk, "gain group:B 3.5", "group:B gain", "3.5");
    edit_is(desk, "gain bus:C -1", "group:C gain", "-1.0");
    edit_is(desk, "gain tab:1 2", "thunder gain", "2.0");
    get_is(desk, "2/1/1 gain", "0.0");
    edit_is(desk, "gain all -60", "2/1/1 gain", "-60.0");
    get_is(desk, "c1 gain", "-60.0");
    edit_is(desk, "pan c1 -0.25", "c1 pan", "-0.25");
}

static void set_takes_every_kind(void **state)
{
    struct desk *desk = *state;
    edit_is(desk, "set c1 name Rain on glass", "c1 name", "Rain on glass");
    edit_is(desk, "set c1 name \"default\"", "c1 name", "default");
    edit_is(desk, "set c1 name default", "c1 name", "rain");
    edit_is(desk, "set c1 notes \"say \\\"go\\\" \\\\ twice\"", "c1 notes", "say \"go\" \\\\ twice");
    edit_is(desk, "set c1 mode loop", "c1 mode", "loop");
    edit_is(desk, "set c1 loops 4", "c1 loops", "4");
    edit_is(desk, "set c1 choke yes", "c1 choke", "true");
    edit_is(desk, "set c1 in 100", "c1 in", "100");
    edit_is(desk, "set c1 out 4294967297", "c1 out", "4294967297");
    edit_is(desk, "set c1 in default", "c1 in", "0");
    edit_is(desk, "set c1 span [2, 1]", "c1 span", "[2, 1]");
    edit_is(desk, "set c1 span 1 1", "c1 span", "[1, 1]");
    edit_is(desk, "set c1 markers ( { name = \"a b\"; at = 5; }, { at = 7; } )", "c1 markers",
            "( { name = \"a b\"; at = 5; }, { name = \"\"; at = 7; } )");
    edit_is(desk, "set c1 markers verse 48000 \"the end\" 96000", "c1 markers",
            "( { name = \"verse\"; at = 48000; }, { name = \"the end\"; at = 96000; } )");
    edit_is(desk, "set c1 sequence 2,1, 2", "c1 sequence", "[2, 1, 2]");
    edit_is(desk, "set c1 sequence default", "c1 sequence", "[]");
    edit_is(desk, "set c1 markers ()", "c1 markers", "()");
    edit_is(desk, "set c1 file b/rain.wav", "c1 file", "b/rain.wav");
    edit_is(desk, "set group:A output [5,6]", "group:A output", "[5, 6]");
    edit_is(desk, "set group:A mode choke", "group:A voices", "3");
    edit_is(desk, "set group:A fade_out 1.5", "c1 fade_out", "1.5");
    edit_is(desk, "set show fade_in 0.5", "c1 fade_in", "0.5");
    edit_is(desk, "set show dual on", "show dual", "true");
    edit_is(desk, "set tab:1 name Act one", "tab:1 name", "Act one");
    edit_is(desk, "set tab:3 columns 12", "tab:3 columns", "12");
    edit_is(desk, "set tab:1 rows 1", "tab:1 rows", "1");
}

static void an_id_takes_its_references_along(void **state)
{
    struct desk *desk = *state;
    edit_is(desk, "set c1 follow thunder", "c1 follow", "thunder");
    edit_is(desk, "set thunder follow thunder", "thunder follow", "thunder");
    edit_is(desk, "set thunder id boom", "c1 follow", "boom");
    get_is(desk, "1/1/2 follow", "boom");
    assert_string_equal(desk_say(desk, "press thunder"), "error unknown thunder: no clip has this id");
    edit_is(desk, "set boom id boom", "1/1/2 id", "boom");
}

static void get_tells_what_holds(void **state)
{
    struct desk *desk = *state;
    get_is(desk, "c1 name", "rain");
    get_is(desk, "thunder name", "thunder");
    get_is(desk, "c1 fade_out_curve", "exponential");
    get_is(desk, "c1 out", "");
    get_is(desk, "c1 follow", "none");
    get_is(desk, "c1 row", "1");
    get_is(desk, "group:A voices", "24");
    get_is(desk, "group:B name", "B");
    get_is(desk, "group:C output", "[5, 6]");
    get_is(desk, "tab:2 name", "Tab 2");
    get_is(desk, "show media", "media");
    get_is(desk, "show audition_output", "[9, 10]");
    get_is(desk, "tab:2", "rows = 4\\ncolumns = 10");
    assert_string_equal(desk_say(desk, "get 2/1/1"),
                        "ok row = 1\\ncolumn = 1\\nid = c2\\nfile = bell.wav\\nlist_order = ordered\\nspan = [1, 1]\\ngroup = A\\ngain = 0.0\\npan = 0.0"
                        "\\nmode = once\\nloops = 0\\npress = stop\\nfade_end = 0.0\\nseam = 0.0\\nchoke = false"
                        "\\nstop_others = false\\npinned = false\\nfollow_gap = 0.0");
}

static void clips_come_go_and_change_places(void **state)
{
    struct desk *desk = *state;
    edit_is(desk, "load new.wav 1/3/3", "1/3/3 id", "c3");
    edit_is(desk, "set c3 gain -4", "c3 gain", "-4.0");
    edit_is(desk, "load other.wav c3", "c3 file", "other.wav");
    get_is(desk, "c3 gain", "-4.0");
    edit_is(desk, "copy c3 2/2/2", "2/2/2 id", "c4");
    get_is(desk, "c4 gain", "-4.0");
    int slot = show_slot_by_id(desk->context.show, "c3");
    edit_is(desk, "move c3 2/3/3", "2/3/3 id", "c3");
    assert_int_equal(show_slot_by_id(desk->context.show, "c3"), slot);
    assert_string_equal(desk_say(desk, "press 1/3/3"), "error unknown 1/3/3: no clip there");
    edit_is(desk, "swap c3 1/1/1", "1/1/1 id", "c3");
    get_is(desk, "2/3/3 id", "c1");
    assert_int_equal(show_slot_at(desk->context.show, 0, 0, 0), slot);
    edit_is(desk, "clear c3", "2/3/3 id", "c1");
    assert_string_equal(desk_say(desk, "get c3"), "error unknown c3: no clip has this id");
    edit_is(desk, "load again.wav 1/1/1", "1/1/1 id", "c3");
}

static void a_screen_hears_what_was_undone(void **state)
{
    struct desk *desk = *state;
    desk->context.source = COMMAND_FROM_SCREEN;
    desk_say(desk, "  gain c1 -3 ");
    assert_string_equal(desk_say(desk, "undo"), "ok gain c1 -3 ");
    assert_string_equal(desk_say(desk, "redo"), "ok gain c1 -3 ");
    assert_string_equal(desk_say(desk, "redo"), "error refused redo: there is nothing to redo");
}

static void an_edit_that_changes_nothing_is_a_step_too(void **state)
{
    struct desk *desk = *state;
    desk_say(desk, "gain c1 -3");
    desk_say(desk, "gain c1 -3");
    desk_say(desk, "undo");
    get_is(desk, "c1 gain", "-3.0");
    desk_say(desk, "undo");
    get_is(desk, "c1 gain", "0.0");
}

int main(void)
{
#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, make_desk, drop_desk)
    const struct CMUnitTest tests[] = {
        DESK_TEST(firing_names_the_slot), DESK_TEST(targets_have_every_form), DESK_TEST(a_fade_has_level_time_and_curve),
        DESK_TEST(the_desk_is_asked), DESK_TEST(gains_go_where_the_target_says), DESK_TEST(set_takes_every_kind),
        DESK_TEST(an_id_takes_its_references_along), DESK_TEST(get_tells_what_holds), DESK_TEST(clips_come_go_and_change_places),
        DESK_TEST(a_screen_hears_what_was_undone), DESK_TEST(an_edit_that_changes_nothing_is_a_step_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
