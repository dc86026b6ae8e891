/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The property table against the session file's table of keys: all are there, in order, with their defaults and ranges. */
#include "config.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "show/property.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define CURVES "linear, log, exponential, s-curve or equal-power"
#define SENDS "up to 8 of (LEFT, RIGHT, DB): device channels from 1, or 0 for nowhere, and a gain from -60 to 12 dB"

/* key, default (NULL: required), what is allowed */
struct expected { enum property_scope scope; const char *key, *fallback, *allowed; };
static const struct expected table[] = {
    {PROPERTY_SHOW, "name", "none", "text"},
    {PROPERTY_SHOW, "media", "media", "text"},
    {PROPERTY_SHOW, "guard", "0.0", "a number from 0 to 5 s"},
    {PROPERTY_SHOW, "fade_in", "0.0", "a number from 0 to 60 s"},
    {PROPERTY_SHOW, "fade_out", "0.0", "a number from 0 to 60 s"},
    {PROPERTY_SHOW, "fade_in_curve", "linear", CURVES},
    {PROPERTY_SHOW, "fade_out_curve", "exponential", CURVES},
    {PROPERTY_SHOW, "dual", "false", "true or false"},
    {PROPERTY_SHOW, "left", "1", "a whole number from 1 to 8"},
    {PROPERTY_SHOW, "right", "2", "a whole number from 1 to 8"},
    {PROPERTY_SHOW, "audition_mono", "false", "true or false"},
    {PROPERTY_SHOW, "audition_limiter", "false", "true or false"},
    {PROPERTY_SHOW, "audition_output", "[9, 10]", "two device channels from 1, like [3, 4]"},
    {PROPERTY_SHOW, "audition_output_gain", "0.0", "a number from -60 to 12 dB, or -inf"},
    {PROPERTY_SHOW, "audition_sends", "none", SENDS},
    {PROPERTY_SHOW, "limiters", "none", "numbers from 1 to 32, like [1, 3]"},
    {PROPERTY_GROUP, "name", "the letter", "text"},
    {PROPERTY_GROUP, "color", "by letter", "text"},
    {PROPERTY_GROUP, "mode", "free", "free or choke"},
    {PROPERTY_GROUP, "voices", "3 choke, 24 free", "a whole number from 1 to 24, in a choke group to 4"},
    {PROPERTY_GROUP, "gain", "0.0", "a number from -60 to 12 dB, or -inf"},
    {PROPERTY_GROUP, "mute", "false", "true or false"},
    {PROPERTY_GROUP, "fade_in", "the show's", "a number from 0 to 60 s"},
    {PROPERTY_GROUP, "fade_out", "the show's", "a number from 0 to 60 s"},
    {PROPERTY_GROUP, "fade_in_curve", "the show's", CURVES},
    {PROPERTY_GROUP, "fade_out_curve", "the show's", CURVES},
    {PROPERTY_GROUP, "mono", "false", "true or false"},
    {PROPERTY_GROUP, "limiter", "false", "true or false"},
    {PROPERTY_GROUP, "output", "[1, 2] to [7, 8] by letter", "two device channels from 1, like [3, 4]"},
    {PROPERTY_GROUP, "output_gain", "0.0", "a number from -60 to 12 dB, or -inf"},
    {PROPERTY_GROUP, "sends", "none", SENDS},
    {PROPERTY_TAB, "name", "Tab N", "text"},
    {PROPERTY_TAB, "rows", "8", "a whole number from 1 to 32"},
    {PROPERTY_TAB, "columns", "10", "a whole number from 1 to 40"},
    {PROPERTY_CLIP, "row", NULL, "a whole number from 1 to 32"},
    {PROPERTY_CLIP, "column", NULL, "a whole number from 1 to 40"},
    {PROPERTY_CLIP, "id", NULL, "a letter and up to 62 letters, digits, _ . or -, and no word of the commands"},
    {PROPERTY_CLIP, "name", "the file's stem", "text"},
    {PROPERTY_CLIP, "file", NULL, "a path below the media folder"},
    {PROPERTY_CLIP, "list", "none", "up to 32 paths below the media folder, like [ \"a.wav\", \"b.wav\" ]"},
    {PROPERTY_CLIP, "list_order", "ordered", "ordered or shuffled"},
    {PROPERTY_CLIP, "span", "[1, 1]", "[rows, columns] of [1, 1], [1, 2], [2, 1], [2, 2], [1, 4] or [4, 1]"},
    {PROPERTY_CLIP, "group", "A", "A, B, C or D"},
    {PROPERTY_CLIP, "gain", "0.0", "a number from -60 to 12 dB, or -inf"},
    {PROPERTY_CLIP, "pan", "0.0", "a number from -1 to 1"},
    {PROPERTY_CLIP, "mode", "once", "once, loop or gate"},
    {PROPERTY_CLIP, "loops", "0", "a whole number from 0 to 4294967295"},
    {PROPERTY_CLIP, "press", "stop", "stop, restart, layer, ignore or pause"},
    {PROPERTY_CLIP, "in", "the file's first", "a whole number of frames from 0 up"},
    {PROPERTY_CLIP, "out", "the file's end", "a whole number of frames from 0 up"},
    {PROPERTY_CLIP, "fade_in", "the group's", "a number from 0 to 60 s"},
    {PROPERTY_CLIP, "fade_out", "the group's", "a number from 0 to 60 s"},
    {PROPERTY_CLIP, "fade_in_curve", "the group's", CURVES},
    {PROPERTY_CLIP, "fade_out_curve", "the group's", CURVES},
    {PROPERTY_CLIP, "fade_end", "0.0", "a number from 0 to 60 s"},
    {PROPERTY_CLIP, "seam", "0.0", "a number from 0 to 10 ms"},
    {PROPERTY_CLIP, "markers", "none", "up to 4 of { name = TEXT; at = FRAME; }"},
    {PROPERTY_CLIP, "fade_markers", "none",
     "up to 4 of (FROM, TO, DB, CURVE): frames of the file, none within another, and a level from -60 to 12 dB or -inf"},
    {PROPERTY_CLIP, "sequence", "none", "up to 16 numbers of markers, 1 to 4, like [2, 1, 3]"},
    {PROPERTY_CLIP, "choke", "false", "true or false"},
    {PROPERTY_CLIP, "stop_others", "false", "true or false"},
    {PROPERTY_CLIP, "pinned", "false", "true or false"},
    {PROPERTY_CLIP, "follow", "none", "none, next, stop or the id of a clip"},
    {PROPERTY_CLIP, "follow_gap", "0.0", "a number from 0 to 3600 s"},
    {PROPERTY_CLIP, "links", "none",
     "up to 8 of { do = start, stop or fade; target = ID; at = start or end; delay = SECONDS; level = DB; "
                                     "seconds = SECONDS; curve = CURVE; }"},
    {PROPERTY_CLIP, "guard", "the show's", "a number from 0 to 5 s"},
    {PROPERTY_CLIP, "hotkey", "none", "text"},
    {PROPERTY_CLIP, "color", "none", "text"},
    {PROPERTY_CLIP, "notes", "none", "text"},
    {PROPERTY_CLIP, "key", "none", "text"},
};

static void the_table_is_complete(void **state)
{
    (void)state;
    assert_int_equal(property_count, sizeof table / sizeof *table);
    for (int i = 0; i < property_count; i++) {
        const struct property *row = &property_table[i];
        struct strbuf allowed = {0};
        assert_int_equal(row->scope, table[i].scope);
        assert_string_equal(row->key, table[i].key);
        assert_true((row->fallback == NULL) == (table[i].fallback == NULL));
        if (row->fallback)
            assert_string_equal(row->fallback, table[i].fallback);
        property_fmt_allowed(row, &allowed);
        assert_string_equal(allowed.s, table[i].allowed);
        assert_ptr_equal(property_find(row->scope, row->key), row);
        assert_true(row->help[strlen(row->help) - 1] == '.');
        strbuf_clear(&allowed);
    }
    assert_null(property_find(PROPERTY_TAB, "gain"));
}

/* One object of each scope. */
struct objects {
    struct show_head head;
    struct show_group group;
    struct show_tab tab;
    struct show_clip clip;
};

static void objects_init(struct objects *objects)
{
    show_head_init(&objects->head);
    show_group_init(&objects->group);
    show_tab_init(&objects->tab);
    show_clip_init(&objects->clip);
}

static void objects_clear(struct objects *objects)
{
    show_head_clear(&objects->head);
    show_group_clear(&objects->group);
    show_tab_clear(&objects->tab);
    show_clip_clear(&objects->clip);
}

static void *object_for(struct objects *objects, enum property_scope scope)
{
    void *all[] = {&objects->head, &objects->group, &objects->tab, &objects->clip};
    return all[scope];
}

static void fresh_objects_are_at_their_defaults(void **state)
{
    (void)state;
    struct objects objects;
    objects_init(&objects);
    for (int i = 0; i < property_count; i++) {
        const struct property *row = &property_table[i];
        void *object = object_for(&objects, row->scope);
        if (!row->fallback)
            continue;
        assert_true(property_is_default(row, object));
        assert_true(property_is_absent(row, object) == row->inherits);
        assert_int_equal(property_parse(row, object, "default", NULL), 0);
        assert_true(property_is_default(row, object));
    }
    objects_clear(&objects);
}

static const char *parsed(const struct property *row, void *object, const char *text, struct strbuf *out)
{
    struct err err;
    strbuf_reset(out);
    if (property_parse(row, object, text, &err))
        strbuf_addf(out, "%s: %s", err_word(err.code), err.text);
    else
        property_fmt(row, object, out);
    return out->s ? out->s : "";
}

static void edges_of_the_ranges(void **state)
{
    (void)state;
    static const struct { enum property_scope scope; const char *key, *text, *answer; } samples[] = {
        {PROPERTY_CLIP, "gain", "-60", "-60.0"}, {PROPERTY_CLIP, "gain", "12.0", "12.0"}, {PROPERTY_CLIP, "gain", "-inf", "-inf"},
        {PROPERTY_CLIP, "gain", "12.0001", "range: gain 12.0001: a number from -60 to 12 dB, or -inf"},
        {PROPERTY_CLIP, "gain", "", "usage: gain \"\": a number from -60 to 12 dB, or -inf"},
        {PROPERTY_CLIP, "gain", "-0", "0.0"}, {PROPERTY_CLIP, "pan", "-inf", "usage: pan -inf: a number from -1 to 1"},
        {PROPERTY_CLIP, "fade_in", "60", "60.0"}, {PROPERTY_CLIP, "fade_in", "1e-3", "0.001"},
        {PROPERTY_CLIP, "in", "9223372036854775807", "9223372036854775807"},
        {PROPERTY_CLIP, "in", "9223372036854775808", "range: in 9223372036854775808: a whole number of frames from 0 up"},
        {PROPERTY_CLIP, "loops", "4294967295", "4294967295"},
        {PROPERTY_CLIP, "row", "32", "32"}, {PROPERTY_CLIP, "row", "0", "range: row 0: a whole number from 1 to 32"},
        {PROPERTY_CLIP, "span", "[4, 1]", "[4, 1]"}, {PROPERTY_CLIP, "span", "[ 2 ,2 ]", "[2, 2]"},
        {PROPERTY_CLIP, "span", "[2, 2",
         "usage: span [2, 2: [rows, columns] of [1, 1], [1, 2], [2, 1], [2, 2], [1, 4] or [4, 1]"},
        {PROPERTY_CLIP, "span", "[2, 2] x",
         "usage: span [2, 2] x: [rows, columns] of [1, 1], [1, 2], [2, 1], [2, 2], [1, 4] or [4, 1]"},
        {PROPERTY_CLIP, "follow", "none", ""}, {PROPERTY_CLIP, "follow", "next", "next"}, {PROPERTY_CLIP, "follow", "c9", "c9"},
        {PROPERTY_CLIP, "follow", "1/1/1", "range: follow 1/1/1: none, next, stop or the id of a clip"},
        {PROPERTY_CLIP, "notes", "a\nb", "a\nb"}, {PROPERTY_CLIP, "name", "a\nb", "range: name: text without control characters"},
        {PROPERTY_CLIP, "notes", "a\033b", "range: notes: text without control characters other than line ends and tabs"},
        {PROPERTY_CLIP, "name", "\xff", "range: name: text in UTF-8"}, {PROPERTY_CLIP, "name", "", ""},
        {PROPERTY_CLIP, "file", "a/./b..c/d.wav", "a/./b..c/d.wav"},
        {PROPERTY_CLIP, "file", "a/..", "range: file a/..: a path that stays in the media folder, without .."},
        {PROPERTY_GROUP, "output", "128 127", "[128, 127]"},
        {PROPERTY_GROUP, "output", "[1, 129]", "range: output [1, 129]: two device channels from 1, like [3, 4]"},
        {PROPERTY_GROUP, "output", "[99999999999999999999, 1]",
         "range: output [99999999999999999999, 1]: two device channels from 1, like [3, 4]"},
        {PROPERTY_GROUP, "voices", "24", "24"},
        {PROPERTY_GROUP, "mode", "choke", "range: mode: a choke group has 1 to 4 voices, this one is given 24"},
        {PROPERTY_GROUP, "voices", "1", "1"}, {PROPERTY_GROUP, "mode", "choke", "choke"}, {PROPERTY_GROUP, "voices", "4", "4"},
        {PROPERTY_GROUP, "voices", "5", "range: voices: a choke group has 1 to 4 voices, this one is given 5"},
        {PROPERTY_SHOW, "dual", "1", "true"}, {PROPERTY_SHOW, "dual", "no", "false"},
        {PROPERTY_SHOW, "dual", "TRUE", "range: dual TRUE: true or false"},
        {PROPERTY_TAB, "rows", "1", "1"}, {PROPERTY_TAB, "rows", "33", "range: rows 33: a whole number from 1 to 32"},
    };
    struct objects objects;
    struct strbuf out = {0};
    objects_init(&objects);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct property *row = property_find(samples[i].scope, samples[i].key);
        assert_string_equal(parsed(row, object_for(&objects, samples[i].scope), samples[i].text, &out), samples[i].answer);
    }
    strbuf_clear(&out);
    objects_clear(&objects);
}

static void a_refused_value_leaves_the_old_one(void **state)
{
    (void)state;
    struct objects objects;
    struct strbuf before = {0}, after = {0};
    objects_init(&objects);
    const struct property *markers = property_find(PROPERTY_CLIP, "markers");
    assert_int_equal(property_parse(markers, &objects.clip, "a 1 b 2", NULL), 0);
    property_fmt(markers, &objects.clip, &before);
    static const char *const bad[] = {"a", "a 1 b", "a -1", "( { name = \"a; at = 1; } )", "( { at = 1; }", "a 1 b 2 c 3 d 4 e 5",
                                      "( { name = \"x\"; } )", "( { at = 1; at = 2; } )", "() x", "( { what = 1; } )",
                                      "\"a\nb\" 1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(property_parse(markers, &objects.clip, bad[i], NULL), -1);
        strbuf_reset(&after);
        property_fmt(markers, &objects.clip, &after);
        assert_string_equal(after.s, before.s);
    }
    assert_int_equal(property_parse(markers, &objects.clip, "({name=\"x\" , at : 3000000000L})", NULL), 0);
    assert_true(objects.clip.markers == 1 && objects.clip.marker[0].at == 3000000000);
    strbuf_clear(&before);
    strbuf_clear(&after);
    objects_clear(&objects);
}

static void literal_values_know_no_default(void **state)
{
    (void)state;
    struct objects objects;
    objects_init(&objects);
    const struct property *name = property_find(PROPERTY_CLIP, "name");
    assert_int_equal(property_parse_value(name, &objects.clip, "default", NULL), 0);
    assert_string_equal(objects.clip.name, "default");
    assert_int_equal(property_parse(name, &objects.clip, "default", NULL), 0);
    assert_null(objects.clip.name);
    objects_clear(&objects);
}

static void the_manual_has_every_key(void **state)
{
    (void)state;
    struct strbuf out = {0};
    for (int scope = PROPERTY_SHOW; scope <= PROPERTY_CLIP; scope++)
        property_fmt_mdoc(scope, &out);
    int items = 0;
    for (const char *p = out.s; (p = strstr(p, ".It Ic ")); p++)
        items++;
    assert_int_equal(items, property_count);
    assert_non_null(strstr(out.s,
        ".It Ic seam\nCross-fade at the seam of a loop.\nAllowed: a number from 0 to 10 ms; default: 0.0.\n"));
    strbuf_clear(&out);
}

static void sends_are_read_in_every_form_and_wrong_ones_change_nothing(void **state)
{
    (void)state;
    static const char *const same[] = {"( (5, 6, -6.5), (7, 0, 0.0) )", "(5 6 -6.5) (7 0)", "[5,6,-6.5],[7,0]",
                                       "((5,6,-6.5)(7,0,0))"};
    static const char *const bad[] = {"(5)", "5 6", "(5, 6", "((5, 6)", "(5, 6))", "(0, 0)", "(129, 1)", "(1, 2, 12.5)",
                                      "(1, 2, -inf)",
                                      "(1.5, 2)", "(1, 2, 3, 4)", "(1,2)(1,2)(1,2)(1,2)(1,2)(1,2)(1,2)(1,2)(1,2)", "x"};
    const struct property *sends = property_find(PROPERTY_GROUP, "sends");
    struct show_group group;
    show_group_init(&group);
    struct strbuf text = {0};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(property_parse(sends, &group, same[i], NULL), 0);
        strbuf_reset(&text);
        property_fmt(sends, &group, &text);
        assert_string_equal(text.s, same[0]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err;
        if (property_parse(sends, &group, bad[i], &err) == 0)
            fail_msg("%s is taken", bad[i]);
        assert_int_equal(strncmp(err.text, "sends: up to 8 of (LEFT, RIGHT, DB)", 35), 0);
        assert_true(group.sends.count == 2 && group.sends.send[0].gain == -6.5);
    }
    assert_int_equal(property_parse(sends, &group, "()", NULL), 0);
    assert_true(property_is_absent(sends, &group));
    strbuf_clear(&text);
    show_group_clear(&group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_complete), cmocka_unit_test(fresh_objects_are_at_their_defaults),
        cmocka_unit_test(edges_of_the_ranges),
        cmocka_unit_test(a_refused_value_leaves_the_old_one), cmocka_unit_test(literal_values_know_no_default),
        cmocka_unit_test(the_manual_has_every_key),
        cmocka_unit_test(sends_are_read_in_every_form_and_wrong_ones_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
