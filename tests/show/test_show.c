/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document: slots, places, spans, ids, the list of changes, edits that happen whole or not at all. */
#include "config.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "show/flat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct show_clip make_clip(int tab, int row, int column, const char *id)
{
    struct show_clip clip;
    show_clip_init(&clip);
    clip.tab = tab;
    clip.row = row;
    clip.column = column;
    clip.id = xstrdup(id);
    clip.file = xstrdup("deep/a.b.wav");
    return clip;
}

static int put(struct show *show, int slot, int row, int column, const char *id, struct err *err)
{
    struct show_clip clip = make_clip(0, row, column, id);
    int result = show_put_clip(show, slot, &clip, err);
    show_clip_clear(&clip);
    return result;
}

static int put_span(struct show *show, int row, int column, int rows, int columns, struct err *err)
{
    struct show_clip clip = make_clip(0, row, column, NULL);
    clip.rows = rows;
    clip.columns = columns;
    int result = show_put_clip(show, -1, &clip, err);
    show_clip_clear(&clip);
    return result;
}

static void a_new_show_has_one_tab(void **state)
{
    (void)state;
    struct show *show = show_new();
    assert_int_equal(show_tabs(show), 1);
    assert_int_equal(show_tab(show, 0)->rows, 8);
    assert_int_equal(show_tab(show, 0)->columns, 10);
    assert_null(show_tab(show, 1));
    assert_null(show_tab(show, -1));
    assert_int_equal(show_clips(show), 0);
    assert_null(show_clip(show, 0));
    assert_null(show_clip(show, SHOW_CLIPS));
    assert_false(show_dirty(show));
    assert_int_equal(show_group_voices(show_group(show, 3)), 24);
    show_free(show);
}

static void slots_and_ids_stay(void **state)
{
    (void)state;
    struct show *show = show_new();
    show_edit_begin(show, "put");
    assert_int_equal(put(show, -1, 0, 0, NULL, NULL), 0);
    assert_int_equal(put(show, -1, 0, 1, "bell", NULL), 1);
    assert_int_equal(put(show, -1, 0, 2, NULL, NULL), 2);
    show_edit_end(show);
    assert_string_equal(show_clip(show, 0)->id, "c1");
    assert_string_equal(show_clip(show, 2)->id, "c2");
    show_edit_begin(show, "move");
    assert_int_equal(put(show, 1, 5, 5, "bell", NULL), 1);
    show_edit_end(show);
    assert_int_equal(show_slot_by_id(show, "bell"), 1);
    assert_int_equal(show_slot_at(show, 0, 5, 5), 1);
    assert_int_equal(show_slot_at(show, 0, 0, 1), -1);
    show_edit_begin(show, "clear");
    assert_int_equal(show_remove_clip(show, 0), 0);
    assert_int_equal(show_remove_clip(show, 0), -1);
    show_edit_end(show);
    assert_int_equal(show_slot_by_id(show, "c1"), -1);
    show_edit_begin(show, "put");
    int slot = put(show, -1, 7, 9, NULL, NULL);
    show_edit_end(show);
    assert_string_equal(show_clip(show, slot)->id, "c1");       /* the lowest free id */
    assert_int_equal(show_clips(show), 3);
    show_free(show);
}

static void spans_take_their_cells(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct err err;
    show_edit_begin(show, "spans");
    int wide = put_span(show, 0, 0, 1, 4, &err);
    int square = put_span(show, 1, 0, 2, 2, &err);
    int tall = put_span(show, 4, 9, 4, 1, &err);
    assert_int_equal(show_slot_at(show, 0, 0, 3), wide);
    assert_int_equal(show_slot_at(show, 0, 0, 4), -1);
    assert_int_equal(show_slot_at(show, 0, 2, 1), square);
    assert_int_equal(show_slot_at(show, 0, 7, 9), tall);
    assert_int_equal(show_find(show, "1/1/4", &err), wide);
    assert_int_equal(put_span(show, 0, 3, 1, 2, &err), -1);
    assert_string_equal(err.text, "1/1/4: taken by c1");
    assert_int_equal(put_span(show, 7, 8, 1, 2, &err), -1);
    assert_int_equal(put_span(show, 7, 0, 2, 1, &err), -1);
    assert_int_equal(err.code, ERR_RANGE);
    assert_int_equal(put_span(show, 5, 0, 1, 3, &err), -1);
    assert_int_equal(put_span(show, 5, 0, 3, 3, &err), -1);
    assert_int_equal(put_span(show, 5, 0, 0, 1, &err), -1);
    struct show_tab tab = {.rows = 7, .columns = 3};
    assert_int_equal(show_put_tab(show, 0, &tab, &err), -1);
    assert_string_equal(err.text, "tab:1 with 7 rows and 3 columns: 2 clips would not fit");
    show_edit_end(show);
    show_free(show);
}

static void an_aborted_edit_did_not_happen(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct strbuf before = {0}, after = {0};
    show_edit_begin(show, "put");
    put(show, -1, 0, 0, "a", NULL);
    put(show, -1, 0, 1, "b", NULL);
    show_edit_end(show);
    uint64_t revision = show_revision(show);
    flat_write(show, &before);

    struct show_head head = *show_head(show);
    struct show_tab tab = {.rows = 2, .columns = 2};
    show_edit_begin(show, "much");
    show_remove_clip(show, 1);
    put(show, 0, 1, 1, "c", NULL);
    put(show, -1, 0, 0, "a", NULL);
    assert_int_equal(show_put_tab(show, 0, &tab, NULL), 0);
    assert_int_equal(show_put_tab(show, 1, &tab, NULL), 0);
    head.guard = 1;
    show_put_head(show, &head);
    show_edit_abort(show);
    flat_write(show, &after);
    assert_string_equal(before.s, after.s);
    assert_true(show_revision(show) == revision);
    assert_string_equal(show_undo(show), "put");
    assert_null(show_undo(show));
    assert_int_equal(show_clips(show), 0);
    strbuf_clear(&before);
    strbuf_clear(&after);
    show_free(show);
}

static void changes_come_once_and_in_order(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct show_change change;
    int fresh = 0;
    while (show_take_change(show, &change))
        fresh++;
    assert_int_equal(fresh, 1 + SHOW_GROUPS + 1);       /* head, groups, one tab */
    show_edit_begin(show, "put");
    put(show, -1, 0, 0, "a", NULL);
    put(show, -1, 0, 1, "b", NULL);
    put(show, 0, 0, 2, "a", NULL);
    show_put_group(show, 2, show_group(show, 1));
    show_edit_end(show);
    show_undo(show);
    show_redo(show);
    static const struct show_change expected[] = {{SHOW_OBJECT_CLIP, 0}, {SHOW_OBJECT_CLIP, 1}, {SHOW_OBJECT_GROUP, 2}};
    for (int i = 0; i < 3; i++) {
        assert_true(show_take_change(show, &change));
        assert_int_equal(change.object, expected[i].object);
        assert_int_equal(change.index, expected[i].index);
    }
    assert_false(show_take_change(show, &change));
    show_free(show);
}

static void undo_is_a_thousand_deep(void **state)
{
    (void)state;
    struct show *show = show_new();
    show_edit_begin(show, "put");
    put(show, -1, 0, 0, "a", NULL);
    show_edit_end(show);
    for (int i = 1; i <= 1000; i++) {
        struct show_clip clip;
        show_clip_copy(&clip, show_clip(show, 0));
        clip.loops = i;
        show_edit_begin(show, "loops");
        show_put_clip(show, 0, &clip, NULL);
        show_edit_end(show);
        show_clip_clear(&clip);
    }
    int undone = 0;
    while (show_undo(show))
        undone++;
    assert_int_equal(undone, 1000);
    assert_true(show_clip(show, 0)->loops == 0);        /* the first step, its birth, is forgotten */
    while (show_redo(show))
        undone--;
    assert_int_equal(undone, 0);
    assert_true(show_clip(show, 0)->loops == 1000);
    show_free(show);
}

static void dirty_is_by_revision(void **state)
{
    (void)state;
    struct show *show = show_new();
    show_edit_begin(show, "nothing");
    show_edit_end(show);
    assert_false(show_dirty(show));
    show_edit_begin(show, "put");
    put(show, -1, 0, 0, "a", NULL);
    show_edit_end(show);
    assert_true(show_dirty(show));
    show_mark_saved(show, show_revision(show));
    assert_false(show_dirty(show));
    show_undo(show);
    assert_true(show_dirty(show));
    show_free(show);
}

static void ids_have_a_form(void **state)
{
    (void)state;
    char longest[65];
    memset(longest, 'x', 64);
    longest[64] = '\0';
    assert_false(show_id_valid(longest));
    longest[63] = '\0';
    assert_true(show_id_valid(longest));
    assert_true(show_id_valid("A"));
    assert_true(show_id_valid("Act.1_scene-2"));
    static const char *const bad[] = {"", "1a", "_a", "a b", "a/b", "r\xc3\xa9z", "all", "press", "stop", "a:b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(show_id_valid(bad[i]));
}

static void many_ids_are_found(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct show_tab tab = {.rows = 32, .columns = 40};
    show_edit_begin(show, "put");
    assert_int_equal(show_put_tab(show, 0, &tab, NULL), 0);
    for (int i = 0; i < 1280; i++)
        assert_int_equal(put(show, -1, i / 40, i % 40, NULL, NULL), i);
    for (int i = 0; i < 1280; i += 2)
        show_remove_clip(show, i);
    show_edit_end(show);
    for (int i = 0; i < 1280; i++) {
        char id[16];
        snprintf(id, sizeof id, "c%d", i + 1);
        assert_int_equal(show_slot_by_id(show, id), i % 2 ? i : -1);
    }
    show_undo(show);
    show_redo(show);
    char id[64];
    show_new_id(show, id);
    assert_string_equal(id, "c1");
    assert_int_equal(show_slot_by_id(show, "c1280"), 1279);
    show_free(show);
}

static void what_is_absent_comes_from_above(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct show_head head = *show_head(show);
    struct show_group group = *show_group(show, 1);
    struct show_clip clip = make_clip(0, 0, 0, NULL);
    struct show_fades fades;
    head.fade_in = 1;
    head.fade_out = 2;
    group.fade_out = 3;
    group.fade_in_curve = SHOW_CURVE_LOG;
    clip.group = 1;
    clip.fade_end = 4;
    show_edit_begin(show, "above");
    show_put_head(show, &head);
    show_put_group(show, 1, &group);
    show_edit_end(show);
    show_fades(show, &clip, &fades);
    assert_true(fades.in_s == 1 && fades.out_s == 3 && fades.end_s == 4);
    assert_int_equal(fades.in_curve, SHOW_CURVE_LOG);
    assert_int_equal(fades.out_curve, SHOW_CURVE_EXPONENTIAL);
    clip.fade_out = 0;
    clip.fade_out_curve = SHOW_CURVE_LINEAR;
    show_fades(show, &clip, &fades);
    assert_true(fades.out_s == 0 && fades.out_curve == SHOW_CURVE_LINEAR && fades.end_curve == SHOW_CURVE_LINEAR);
    char name[64];
    assert_string_equal(show_clip_name(&clip, name, sizeof name), "a.b");
    assert_string_equal(show_clip_name(&clip, name, 3), "a.");
    assert_true(show_bus(show, 4).output[0] == 9 && show_bus(show, 4).output[1] == 10);
    assert_true(show_bus(show, 1).output[0] == 3 && show_bus(show, 1).output[1] == 4);
    assert_int_equal(show_channels(show), 10);
    show_clip_clear(&clip);
    show_free(show);
}

static char *map_above(void *context, const char *media)
{
    (void)context;
    return xasprintf("../%s", media);
}

static void a_moved_file_moves_the_media_of_undo_steps_too(void **unused)
{
    (void)unused;
    struct show *show = show_new();
    struct show_head head = *show_head(show);
    head.media = (char[]){"sounds"};
    show_edit_begin(show, "set");
    show_put_head(show, &head);
    show_edit_end(show);
    uint64_t revision = show_revision(show);
    show_map_media(show, map_above, NULL);
    assert_string_equal(show_head(show)->media, "../sounds");
    assert_true(show_revision(show) == revision);
    assert_non_null(show_undo(show));
    assert_string_equal(show_head(show)->media, "../media");
    show_free(show);
}

static void no_undo_changes_the_pages(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct show_head head;
    show_head_copy(&head, show_head(show));
    head.guard = 1;
    show_edit_begin(show, "guard");
    show_put_head(show, &head);
    show_edit_end(show);
    show_head_clear(&head);
    uint64_t revision = show_revision(show);
    show_keep_pages(show, true, 3, 0);
    assert_true(show_revision(show) == revision);
    assert_non_null(show_undo(show));
    assert_true(show_head(show)->guard == 0 && show_head(show)->dual && show_head(show)->left == 3 && show_head(show)->right == 2);
    assert_non_null(show_redo(show));
    assert_true(show_head(show)->guard == 1 && show_head(show)->dual);
    show_free(show);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_show_has_one_tab), cmocka_unit_test(slots_and_ids_stay), cmocka_unit_test(spans_take_their_cells),
        cmocka_unit_test(an_aborted_edit_did_not_happen), cmocka_unit_test(changes_come_once_and_in_order),
        cmocka_unit_test(undo_is_a_thousand_deep), cmocka_unit_test(dirty_is_by_revision), cmocka_unit_test(ids_have_a_form),
        cmocka_unit_test(many_ids_are_found), cmocka_unit_test(what_is_absent_comes_from_above),
        cmocka_unit_test(a_moved_file_moves_the_media_of_undo_steps_too), cmocka_unit_test(no_undo_changes_the_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
