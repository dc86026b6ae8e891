/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random edit scripts: after each accepted edit the document is noted; undoing all of them visits
 * the same documents backwards, redoing forwards, and the indexes agree with the clips throughout.
 */
#include "config.h"

#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

enum { EDITS = 900, SCRIPTS = 3 };

static unsigned long long seed;

static int below(int n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int)(seed % (unsigned)n);
}

static void place(char text[16])
{
    snprintf(text, 16, "%d/%d/%d", below(3) + 1, below(5) + 1, below(5) + 1);
}

static void clip_word(char text[16])
{
    if (below(2))
        place(text);
    else
        snprintf(text, 16, "c%d", below(30) + 1);
}

/* One line out of a small grid and few ids, so that many collide and some are refused. */
static void random_line(char *line, size_t size)
{
    static const char *const settings[] = {
        "gain -3", "gain default", "pan 0.5", "name Rain \"on\" glass", "name default", "mode loop", "loops 3", "in 100",
        "out 200", "in 300",
        "span [1, 2]", "span [2, 2]", "span [1, 1]", "group B", "fade_in 1.5", "markers a 1 b 2", "markers ()", "follow next",
        "choke on",
        "notes \"a \\\\ b\"", "guard 0.1", "file x/y.wav", "id c7", "id bell", "follow c1", "press layer", "key Am",
    };
    static const char *const others[] = {
        "set group:A gain -6", "set group:B mode choke", "set group:B voices 9", "set group:B mode free", "gain group:C 3",
        "gain all -1",
        "gain tab:1 2", "set show name Demo", "set show guard 0.5", "set tab:1 rows 4", "set tab:1 rows 8",
        "set tab:2 columns 5", "set tab:2 name Two",
        "set tab:3 rows 5", "set show media sounds", "set group:D output [3, 4]",
    };
    char a[16], b[16];
    clip_word(a);
    place(b);
    switch (below(8)) {
    case 0: snprintf(line, size, "load f%d.wav %s", below(9), b); break;
    case 1: snprintf(line, size, "move %s %s", a, b); break;
    case 2: snprintf(line, size, "copy %s %s", a, b); break;
    case 3: snprintf(line, size, "swap %s %s", a, b); break;
    case 4: snprintf(line, size, "%s", others[below(sizeof others / sizeof *others)]); break;
    case 5: snprintf(line, size, below(3) ? "load g.wav %s" : "clear %s", b); break;
    default: snprintf(line, size, "set %s %s", a, settings[below(sizeof settings / sizeof *settings)]); break;
    }
}

static void assert_indexes_agree(const struct show *show)
{
    int clips = 0, cells = 0, covered = 0;
    for (int slot = 0; slot < show_slots(show); slot++) {
        const struct show_clip *clip = show_clip(show, slot);
        if (!clip)
            continue;
        clips++;
        covered += clip->rows * clip->columns;
        assert_int_equal(show_slot_by_id(show, clip->id), slot);
        for (int i = 0; i < clip->rows * clip->columns; i++)
            assert_int_equal(show_slot_at(show, clip->tab, clip->row + i / clip->columns, clip->column + i % clip->columns),
                             slot);
        assert_true(clip->row + clip->rows <= show_tab(show, clip->tab)->rows);
        assert_true(clip->column + clip->columns <= show_tab(show, clip->tab)->columns);
    }
    for (int tab = 0; tab < SHOW_TABS; tab++)
        for (int cell = 0; cell < SHOW_ROWS * SHOW_COLUMNS; cell++)
            cells += show_slot_at(show, tab, cell / SHOW_COLUMNS, cell % SHOW_COLUMNS) >= 0;
    assert_int_equal(clips, show_clips(show));
    assert_int_equal(cells, covered);
}

/* Slots are not part of the flat form: they are noted beside it, for they must come back too. */
static char *note(const struct show *show)
{
    struct strbuf out = {0};
    flat_write(show, &out);
    for (int slot = 0; slot < show_slots(show); slot++)
        if (show_clip(show, slot))
            strbuf_addf(&out, "%d %s\n", slot, show_clip(show, slot)->id);
    return strbuf_take(&out);
}

static void assert_noted(const struct show *show, const char *noted)
{
    char *now = note(show);
    assert_string_equal(now, noted);
    free(now);
    assert_indexes_agree(show);
}

static void run_script(unsigned long long first_seed)
{
    static char *noted[EDITS + 1];
    struct desk desk;
    char line[256];
    int edits = 0, refused = 0;
    seed = first_seed;
    desk_open(&desk);
    noted[0] = note(desk.context.show);
    while (edits < EDITS) {
        random_line(line, sizeof line);
        desk_say(&desk, line);
        if (!desk.reply.edited) {
            assert_noted(desk.context.show, noted[edits]);
            refused++;
            continue;
        }
        noted[++edits] = note(desk.context.show);
        if (below(20) == 0) {
            assert_string_equal(desk_say(&desk, "undo"), "ok");
            assert_noted(desk.context.show, noted[edits - 1]);
            assert_string_equal(desk_say(&desk, "redo"), "ok");
        }
    }
    assert_true(refused > 100);
    assert_true(show_clips(desk.context.show) > 5);
    for (int i = EDITS; i > 0; i--) {
        assert_noted(desk.context.show, noted[i]);
        assert_string_equal(desk_say(&desk, "undo"), "ok");
    }
    assert_string_equal(desk_say(&desk, "undo"), "error refused undo: there is nothing to undo");
    for (int i = 0; i < EDITS; i++) {
        assert_noted(desk.context.show, noted[i]);
        assert_string_equal(desk_say(&desk, "redo"), "ok");
    }
    assert_noted(desk.context.show, noted[EDITS]);
    for (int i = 0; i <= EDITS; i++)
        free(noted[i]);
    desk_close(&desk);
}

static void undo_and_redo_visit_every_document(void **state)
{
    (void)state;
    for (int i = 0; i < SCRIPTS; i++)
        run_script(88172645463325252ull + (unsigned)i * 7919);
}

/* The accepted lines run again give the same document, ids included: so journals are lines. */
static void the_lines_again_give_the_same_show(void **state)
{
    (void)state;
    struct desk first, second;
    char line[256];
    seed = 4711;
    desk_open(&first);
    desk_open(&second);
    for (int i = 0; i < 3000; i++) {
        if (below(10) == 0)
            snprintf(line, sizeof line, below(2) ? "undo" : "redo");
        else
            random_line(line, sizeof line);
        desk_say(&first, line);
        if (first.reply.edited)
            assert_string_equal(desk_say(&second, line), "ok");
    }
    char *expected = note(first.context.show);
    assert_noted(second.context.show, expected);
    free(expected);
    desk_close(&first);
    desk_close(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undo_and_redo_visit_every_document), cmocka_unit_test(the_lines_again_give_the_same_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
