/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change of a document as text: applied whole as one step, or not at all. */
#include "config.h"

#include "show/flat.h"
#include "show/patch.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct show *show;
static struct err err;

static int set_up(void **state)
{
    static const char text[] = "show media sounds\nclip 1/1/1 a file x.wav\nclip 1/1/1 a gain -3.0\nclip 1/1/2 c1 file y.wav\n";
    (void)state;
    show = show_new();
    return flat_read(show, text, strlen(text), &err);
}

static int tear_down(void **state)
{
    (void)state;
    show_free(show);
    return 0;
}

static int apply(const char *text)
{
    return patch_apply(show, text, strlen(text), "import a", &err);
}

static void clips_come_and_change_in_one_step(void **state)
{
    (void)state;
    struct strbuf before = {0}, after = {0};
    flat_write(show, &before);
    assert_int_equal(apply("new 1/1/3 file \"a b.wav\"\nnew 1/1/3 name \"A \\\"b\\\"\"\nnew 1/1/4 file c.wav\nclip a file z.wav\n"
                           "show media ../sounds\n"), 0);
    assert_string_equal(show_clip(show, show_slot_at(show, 0, 0, 2))->name, "A \"b\"");
    assert_string_equal(show_clip(show, show_slot_at(show, 0, 0, 2))->id, "c2");
    assert_string_equal(show_clip(show, show_slot_at(show, 0, 0, 3))->id, "c3");
    const struct show_clip *clip = show_clip(show, show_slot_by_id(show, "a"));
    assert_string_equal(clip->file, "z.wav");
    assert_true(clip->gain == -3.0);
    assert_string_equal(show_head(show)->media, "../sounds");
    assert_string_equal(show_undo(show), "import a");
    flat_write(show, &after);
    assert_string_equal(before.s, after.s);
    assert_null(show_undo(show));
    strbuf_clear(&before);
    strbuf_clear(&after);
}

static void what_does_not_fit_changes_nothing(void **state)
{
    static const char *const patches[] = {
        "new 1/1/3 file a.wav\nnew 1/1/2 file b.wav\n",         /* the place is taken */
        "new 1/1/3 file a.wav\nclip gone file b.wav\n",
        "new 1/1/3 name A\n",                                   /* no file */
        "new 1/1/3 file ../a.wav\n", "new 9/1/1 file a.wav\n", "clip a row 3\n", "clip a dance 3\n", "show dance 3\n", "dance\n",
        "clip a file \"x\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof patches / sizeof *patches; i++) {
        uint64_t revision = show_revision(show);
        assert_int_equal(apply(patches[i]), -1);
        assert_true(err.text[0]);
        assert_int_equal(show_slot_at(show, 0, 0, 2), -1);
        assert_null(show_undo(show));
        assert_true(show_revision(show) >= revision);
    }
}

static void nothing_is_no_step(void **state)
{
    (void)state;
    assert_int_equal(apply(""), 0);
    assert_null(show_undo(show));
}

static void what_is_added_is_taken(void **state)
{
    static const char *const values[] = {"a b.wav", "q\"uo\\te.wav", "new\nline", "default", ""};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct strbuf patch = {0};
        patch_add(&patch, "clip a", "notes", values[i]);
        assert_int_equal(patch_apply(show, patch.s, patch.len, "x", &err), 0);
        const char *notes = show_clip(show, show_slot_by_id(show, "a"))->notes;
        assert_string_equal(notes ? notes : "", values[i]);
        strbuf_clear(&patch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clips_come_and_change_in_one_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_no_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_added_is_taken, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
