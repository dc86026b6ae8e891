/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flat form: what is written reads back to the same document, and bad lines are named. */
#include "config.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "show/flat.h"
#include "show/property.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static int put_text(struct show *show, int tab, int row, int column, const char *id, const char *text)
{
    struct show_clip clip;
    show_clip_init(&clip);
    clip.tab = tab;
    clip.row = row;
    clip.column = column;
    clip.id = xstrdup(id);
    clip.file = xstrdup("a.wav");
    clip.notes = xstrdup(text);
    struct err err;
    int slot = show_put_clip(show, -1, &clip, &err);
    show_clip_clear(&clip);
    return slot;
}

static void assert_same_after_reading(const struct show *show)
{
    struct strbuf first = {0}, second = {0};
    struct err err = {0};
    flat_write(show, &first);
    struct show *copy = show_new();
    if (flat_read(copy, first.s, first.len, &err))
        fail_msg("%s", err.text);
    flat_write(copy, &second);
    assert_string_equal(first.s, second.s);
    assert_int_equal(show_clips(show), show_clips(copy));
    assert_false(show_dirty(copy));
    assert_null(show_undo(copy));
    show_free(copy);
    strbuf_clear(&first);
    strbuf_clear(&second);
}

static void an_empty_show_has_its_tab(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct strbuf out = {0};
    flat_write(show, &out);
    assert_string_equal(out.s, "tab 1 rows 8\n");
    strbuf_clear(&out);
    assert_same_after_reading(show);
    show_free(show);
}

static void hostile_text_survives(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "default", "none", "\"", "\\", "\\n", "a\nb\tc", " two  blanks ", "\"quoted\" \\\" ", "gr\xc3\xbc\xc3\x9f", "#",
        "clip 1/1/2 x file y",
    };
    struct show *show = show_new();
    int count = sizeof texts / sizeof *texts;
    show_edit_begin(show, "fill");
    for (int i = 0; i < count; i++) {
        char id[64];
        show_new_id(show, id);
        assert_true(put_text(show, 0, i / 10, i % 10, id, texts[i]) >= 0);
    }
    struct show_head head;
    show_head_copy(&head, show_head(show));
    head.name = xstrdup("default");
    head.extra = xstrdup("unknown = { a = \"x\\n\\\"y\\\"\"; };\nmore = [1, 2];\n");
    show_put_head(show, &head);
    show_head_clear(&head);
    show_edit_end(show);

    struct strbuf out = {0};
    flat_write(show, &out);
    struct show *copy = show_new();
    assert_int_equal(flat_read(copy, out.s, out.len, NULL), 0);
    for (int i = 0; i < count; i++)
        assert_string_equal(show_clip(copy, i)->notes, texts[i]);
    assert_string_equal(show_head(copy)->extra, show_head(show)->extra);
    assert_string_equal(show_head(copy)->name, "default");
    show_free(copy);
    strbuf_clear(&out);
    assert_same_after_reading(show);
    show_free(show);
}

/* A value that is not the default, for every row of the table. */
static const char *other_value(const struct property *property)
{
    switch (property->kind) {
    case PROPERTY_BOOL: return "true";
    case PROPERTY_INT: return property->scope == PROPERTY_GROUP ? "2" : "5";
    case PROPERTY_PLACE: return "3";
    case PROPERTY_INT64: return strcmp(property->key, "out") ? "5" : "4294967297";
    case PROPERTY_FLOAT: return property->minus_inf ? "-inf" : "0.123456789012345";
    case PROPERTY_TEXT: return !strcmp(property->key, "follow") ? "next" : "t1";
    case PROPERTY_CHOICE:
    case PROPERTY_SWITCH: return strcmp(property->choices[1], property->fallback) ? property->choices[1] : property->choices[0];
    case PROPERTY_FILES: return "x.wav, \"y \\\"z\\\".wav\"";
    case PROPERTY_LINKS: return "{ do = fade; target = group:B; at = end; delay = 0.5; level = -20; seconds = 2; curve = log }";
    case PROPERTY_PAIR: return "[2, 2]";
    case PROPERTY_SET: return "[1, 2, 32]";
    case PROPERTY_ORDER: return "[4, 1, 1, 3]";
    case PROPERTY_SENDS: return "( (0, 128, -60.0), (1, 1, 0.1) )";
    case PROPERTY_FADES: return "( (0, 480, -6.5, \"log\"), (4294967296, 4294967297, \"-inf\", \"linear\") )";
    case PROPERTY_MARKERS: return "( { name = \"a \\\"b\\\" ;}\"; at = 0; }, { name = \"\"; at = 4294967297; } )";
    }
    return "";
}

static void set_all(enum property_scope scope, void *object)
{
    struct err err;
    for (int i = 0; i < property_count; i++)
        if (property_table[i].scope == scope &&
            property_parse(&property_table[i], object, other_value(&property_table[i]), &err))
            fail_msg("%s", err.text);
}

static void every_property_survives(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct show_head head;
    struct show_group group;
    struct show_tab tab;
    struct show_clip clip;
    show_head_init(&head);
    show_group_init(&group);
    show_tab_init(&tab);
    show_clip_init(&clip);
    set_all(PROPERTY_SHOW, &head);
    set_all(PROPERTY_GROUP, &group);
    set_all(PROPERTY_TAB, &tab);
    set_all(PROPERTY_CLIP, &clip);
    show_edit_begin(show, "all");
    show_put_head(show, &head);
    show_put_group(show, 2, &group);
    assert_int_equal(show_put_tab(show, 0, &tab, NULL), 0);
    assert_int_equal(show_put_tab(show, 1, &tab, NULL), 0);
    assert_true(show_put_clip(show, -1, &clip, NULL) >= 0);
    show_edit_end(show);
    struct strbuf out = {0};
    flat_write(show, &out);
    for (int i = 0; i < property_count; i++)
        if (property_table[i].kind != PROPERTY_PLACE && strcmp(property_table[i].key, "id"))
            assert_non_null(strstr(out.s, property_table[i].key));
    strbuf_clear(&out);
    assert_same_after_reading(show);
    show_head_clear(&head);
    show_group_clear(&group);
    show_tab_clear(&tab);
    show_clip_clear(&clip);
    show_free(show);
}

/* Whatever kind it is: undo remembers a field alone where it can. */
static void each_property_is_undone_and_redone_alone(void **state)
{
    (void)state;
    for (int i = 0; i < property_count; i++) {
        const struct property *property = &property_table[i];
        if (property->scope != PROPERTY_CLIP || !strcmp(property->key, "id"))
            continue;
        struct show *show = show_new();
        struct strbuf before = {0}, after = {0}, now = {0};
        show_edit_begin(show, "put");
        int slot = put_text(show, 0, 0, 0, NULL, "");
        show_edit_end(show);
        assert_true(slot >= 0);
        flat_write(show, &before);
        struct show_clip clip;
        struct err err;
        show_clip_copy(&clip, show_clip(show, slot));
        assert_int_equal(property_parse(property, &clip, other_value(property), &err), 0);
        show_edit_begin(show, property->key);
        assert_int_equal(show_put_clip(show, slot, &clip, NULL), slot);
        show_edit_end(show);
        flat_write(show, &after);
        assert_string_not_equal(before.s, after.s);
        assert_non_null(show_undo(show));
        flat_write(show, &now);
        assert_string_equal(now.s, before.s);
        strbuf_reset(&now);
        assert_non_null(show_redo(show));
        flat_write(show, &now);
        assert_string_equal(now.s, after.s);
        strbuf_clear(&before);
        strbuf_clear(&after);
        strbuf_clear(&now);
        show_clip_clear(&clip);
        show_free(show);
    }
}

static void a_bad_line_is_named(void **state)
{
    (void)state;
    static const struct { const char *text, *error; } samples[] = {
        {"tab 1 rows 8\nnonsense\n", "line 2: nonsense: show, group, tab or clip"},
        {"clip 1/1/1 a gain 13\n", "line 1: gain 13: a number from -60 to 12 dB, or -inf"},
        {"clip 2/1/1 a file x.wav\n", "line 1: 2/1/1: there is no tab 2, the show has 1"},
        {"group E gain 0\n", "line 1: group A|B|C|D KEY VALUE"},
        {"show what 1\n", "line 1: what: no such property"},
        {"clip 1/1/1 a name x\n\n", "line 1: file: a clip needs one"},
        {"clip 1/1/1 a file x\nclip 1/1/2 a file \"y\n", "line 2: a quote is opened and not closed"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct show *show = show_new();
        struct err err;
        assert_int_equal(flat_read(show, samples[i].text, strlen(samples[i].text), &err), -1);
        assert_string_equal(err.text, samples[i].error);
        show_free(show);
    }
}

static void a_full_show_goes_through(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct show_tab tab;
    show_tab_init(&tab);
    tab.rows = SHOW_ROWS;
    tab.columns = SHOW_COLUMNS;
    show_edit_begin(show, "fill");
    for (int t = 0; t < SHOW_TABS; t++) {
        assert_int_equal(show_put_tab(show, t, &tab, NULL), 0);
        for (int i = 0; i < SHOW_ROWS * SHOW_COLUMNS; i++)
            assert_true(put_text(show, t, i / SHOW_COLUMNS, i % SHOW_COLUMNS, NULL, "a note") >= 0);
    }
    show_edit_end(show);
    assert_int_equal(show_clips(show), SHOW_CLIPS);
    assert_string_equal(show_clip(show, SHOW_CLIPS - 1)->id, "c10240");
    clock_t begin = clock();
    assert_same_after_reading(show);
    print_message("10240 clips written, read and written: %.1f ms of processor time\n",
                  (double)(clock() - begin) * 1e3 / CLOCKS_PER_SEC);
    show_free(show);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_show_has_its_tab), cmocka_unit_test(hostile_text_survives),
        cmocka_unit_test(every_property_survives),
        cmocka_unit_test(each_property_is_undone_and_redone_alone), cmocka_unit_test(a_bad_line_is_named),
        cmocka_unit_test(a_full_show_goes_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
