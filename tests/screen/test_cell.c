/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cell in every size: what is shown, what goes first, and nothing leaves the cell. */
#include "config.h"

#include "screen/cell.h"
#include "screen/runes.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct cell_view view;
static char lines[8][600];

static void reset(void)
{
    view = (struct cell_view){
        .state = CELL_PLAYING, .key = "q", .number = 11, .number_width = 2, .group = 'C', .loops = true, .stereo = true,
        .name = "Thunderstorm", .elapsed_ns = 12500000000, .remaining_ns = 31400000000, .progress = 32768, .used = true,
    };
}

/* Lays it out and gives the lines as text, blanks at the end cut off. */
static void lay_out(int width, int height, bool ascii)
{
    struct cell_layout layout;
    int end[8] = {0};
    memset(lines, 0, sizeof lines);
    cell_layout(&layout, &view, glyphs_get(ascii), width, height);
    for (int i = 0; i < layout.runs; i++) {
        const struct cell_run *run = &layout.run[i];
        assert_in_range(run->y, 0, height - 1);
        assert_true(run->x >= end[run->y]);     /* in order, nothing over another */
        assert_true(run->x + runes_width(run->text) <= width);
        for (; end[run->y] < run->x; end[run->y]++)
            strcat(lines[run->y], " ");
        strcat(lines[run->y], run->text);
        end[run->y] += runes_width(run->text);
    }
    for (int y = 0; y < height; y++)
        for (size_t n = strlen(lines[y]); n && lines[y][n - 1] == ' '; n--)
            lines[y][n - 1] = '\0';
}

static void at_80_columns_elapsed_goes_and_the_rest_stays(void **state)
{
    (void)state;
    reset();
    lay_out(7, 4, false);
    assert_string_equal(lines[0], "▶q C↻11");
    assert_string_equal(lines[1], "Thunder");
    assert_string_equal(lines[2], "-0:32");
    assert_string_equal(lines[3], "███▌");
    lay_out(7, 4, true);
    assert_string_equal(lines[0], ">q C@11");
    assert_string_equal(lines[3], "===-");
}

static void with_room_all_is_shown(void **state)
{
    (void)state;
    reset();
    lay_out(11, 4, false);
    assert_string_equal(lines[0], "▶q C↻s   11");
    assert_string_equal(lines[1], "Thundersto…");
    assert_string_equal(lines[2], "0:12 -0:32");
    view.stereo = view.loops = false;
    lay_out(11, 4, false);
    assert_string_equal(lines[0], "▶q C m   11");
}

static void items_go_in_the_order_of_the_specification(void **state)
{
    (void)state;
    reset();
    /* One line: how many of them are shown at each width, from all to the least. */
    static const struct { int width; const char *line; } steps[] = {
        {29, "▶q C↻s11 Thunders… 0:12 -0:32"}, {23, "▶q C↻s11 Thu 0:12 -0:32"}, {22, "▶q C↻11 Thu 0:12 -0:32"},
        {21, "▶qC↻11 Thu 0:12 -0:32"}, {20, "▶q C↻11 Thunde -0:32"}, {17, "▶q C↻11 Thu -0:32"}, {16, "▶qC↻11 Thu -0:32"},
        {15, "▶C↻11 Thu -0:32"}, {14, "▶C↻ Thun -0:32"}, {13, "▶C↻ Thu -0:32"}, {12, "▶C Thu -0:32"}, {11, "▶C Thunder…"},
        {6, "▶C Thu"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        lay_out(steps[i].width, 1, false);
        assert_string_equal(lines[0], steps[i].line);
    }
}

static void a_wide_number_costs_the_blanks_first(void **state)
{
    (void)state;
    reset();
    view.number = 123;
    view.number_width = 3;
    lay_out(7, 4, false);
    assert_string_equal(lines[0], "▶qC↻123");
    view.number = 1280;
    view.number_width = 4;
    lay_out(7, 4, false);
    assert_string_equal(lines[0], "▶C↻1280");
    view.loops = false;
    lay_out(7, 4, false);
    assert_string_equal(lines[0], "▶qC1280");
}

static void looping_is_told_where_its_mark_goes(void **state)
{
    (void)state;
    reset();
    view.state = CELL_LOOPING;
    view.remaining_ns = CELL_FOREVER;
    lay_out(7, 4, false);
    assert_string_equal(lines[0], "▶q C↻11");
    assert_string_equal(lines[2], "0:12 ∞");
    lay_out(2, 1, false);
    assert_string_equal(lines[0], "↻C");
}

static void every_state_has_a_character_of_its_own(void **state)
{
    (void)state;
    for (int ascii = 0; ascii < 2; ascii++) {
        const struct glyphs *glyphs = glyphs_get(ascii);
        for (int a = 0; a < CELL_STATES; a++) {
            assert_int_equal(runes_width(glyphs->state[a]), 1);
            for (int b = 0; b < a; b++)
                if (a != CELL_LOOPING)  /* playing, with a loop mark */
                    assert_string_not_equal(glyphs->state[a], glyphs->state[b]);
        }
    }
}

static void what_does_not_sound_says_why(void **state)
{
    (void)state;
    reset();
    view.state = CELL_MISSING;
    view.elapsed_ns = view.remaining_ns = CELL_NO_TIME;
    view.progress = -1;
    strcpy(view.word, "missing");
    lay_out(7, 4, false);
    assert_string_equal(lines[0], "?q C↻11");
    assert_string_equal(lines[2], "missing");
    assert_string_equal(lines[3], "");
}

static void nothing_leaves_the_cell(void **state)
{
    (void)state;
    static const char *const hostile[] = {"x", "日本語の名前はとても長い", "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81tude", "\x1b[31mred\x07",
                                          "\xff\xfe bad", ""};
    for (size_t name = 0; name < sizeof hostile / sizeof *hostile; name++) {
        reset();
        snprintf(view.name, sizeof view.name, "%s", hostile[name]);
        for (int width = 2; width < 40; width++)
            for (int height = 1; height <= 8; height++)
                lay_out(width, height, width % 2);
    }
}

static void faces_change_when_what_is_drawn_does(void **state)
{
    (void)state;
    struct state_voice voice = {.kind = STATE_VOICE_PLAYING, .serial = 1, .elapsed_ns = 1000000000,
                                .remaining_ns = 60000000000, .progress = 1000};
    uint64_t face = cell_face(&voice, 7);
    assert_true(cell_face(NULL, 7) == 0 && face != 0);
    voice.elapsed_ns += 900000000;
    assert_true(cell_face(&voice, 7) == face);
    voice.elapsed_ns += 100000000;
    assert_true(cell_face(&voice, 7) != face);
    face = cell_face(&voice, 7);
    voice.progress += 2000;             /* an eighth of a cell is 65535 / 56 */
    assert_true(cell_face(&voice, 7) != face);
    voice.remaining_ns = 9000000000;
    face = cell_face(&voice, 7);
    voice.remaining_ns -= 100000000;    /* tenths in the last seconds */
    assert_true(cell_face(&voice, 7) != face);
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_80_columns_elapsed_goes_and_the_rest_stays),
        cmocka_unit_test(with_room_all_is_shown),
        cmocka_unit_test(items_go_in_the_order_of_the_specification),
        cmocka_unit_test(a_wide_number_costs_the_blanks_first),
        cmocka_unit_test(looping_is_told_where_its_mark_goes),
        cmocka_unit_test(every_state_has_a_character_of_its_own),
        cmocka_unit_test(what_does_not_sound_says_why),
        cmocka_unit_test(nothing_leaves_the_cell),
        cmocka_unit_test(faces_change_when_what_is_drawn_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
