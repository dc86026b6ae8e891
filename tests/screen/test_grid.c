/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things are for every size, and how cursor, key window and scroll keep together. */
#include "config.h"

#include "fake_show.h"
#include "screen/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct fake_show fake;
static struct snapshot snapshot;
static struct geometry geometry;
static struct grid grid;

static void use(int tab, int height, int width)
{
    grid_init(&grid);
    grid.tab = tab;
    const struct state_tab *size = &snapshot.desk.tab[tab];
    geometry_make(&geometry, height, width, &(struct geometry_tab){size->rows, size->columns}, 1, false);
    grid_settle(&grid, &snapshot, &geometry.page[0]);
}

static void move_cursor(int rows, int columns)
{
    grid_move_cursor(&grid, &snapshot, rows, columns);
    grid_settle(&grid, &snapshot, &geometry.page[0]);
}

static void move_window(int rows, int columns)
{
    grid_move_window(&grid, &snapshot, rows, columns);
    grid_settle(&grid, &snapshot, &geometry.page[0]);
}

#define assert_place(place, r, c) do { assert_int_equal((place).row, r); assert_int_equal((place).column, c); } while (0)

static void the_least_terminal_shows_what_it_must(void **state)
{
    (void)state;
    geometry_make(&geometry, 24, 80, &(struct geometry_tab){8, 10}, 1, false);
    assert_true(geometry.fits);
    assert_int_equal(geometry.page[0].rows, 4);
    assert_int_equal(geometry.page[0].columns, 10);
    assert_int_equal(geometry.page[0].cell_width, 7);
    assert_int_equal(geometry.page[0].cell_height, 4);
    assert_int_equal(geometry.list_height, 3);
    assert_int_equal(geometry.notice_y, 23);
    geometry_make(&geometry, 24, 80, &(struct geometry_tab){8, 10}, 1, true);
    assert_int_equal(geometry.page[0].rows, 4);
    assert_true(geometry.panel_height >= 10);
    geometry_make(&geometry, 23, 80, &(struct geometry_tab){8, 10}, 1, false);
    assert_false(geometry.fits);
    geometry_make(&geometry, 24, 79, &(struct geometry_tab){8, 10}, 1, false);
    assert_false(geometry.fits);
}

static void parts_never_overlap_nor_leave_the_screen(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {4, 4}, {8, 10}, {32, 40}, {32, 1}, {1, 40}, {0, 0}};
    for (int height = 24; height < 90; height++)
        for (int width = 80; width < 260; width += 3)
            for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
                bool panel = i % 2;
                geometry_make(&geometry, height, width, &(struct geometry_tab){sizes[i / 2][0], sizes[i / 2][1]}, 1, panel);
                int grid_end = geometry.page[0].y + geometry.page[0].rows * geometry.page[0].cell_height;
                assert_true(geometry.page[0].columns * (geometry.page[0].cell_width + geometry.page[0].gap) <= width);
                assert_true(panel ? grid_end <= geometry.panel_y : grid_end <= geometry.list_y);
                assert_true(panel || geometry.list_y + geometry.list_height == geometry.meters_y);
                assert_true(panel || geometry.list_height >= 3);
                assert_true(!panel || geometry.panel_y + geometry.panel_height == geometry.notice_y);
                if (sizes[i / 2][0] >= 4)
                    assert_true(geometry.page[0].rows >= 4);
                if (sizes[i / 2][1] >= 10)
                    assert_true(geometry.page[0].columns >= 10);
            }
}

static void two_pages_have_their_halves(void **state)
{
    (void)state;
    static const struct geometry_tab tabs[] = {{8, 10}, {32, 40}};
    for (int height = 24; height < 90; height++)
        for (int width = 120; width < 300; width++) {
            geometry_make(&geometry, height, width, tabs, 2, height % 2);
            for (int i = 0; i < 2; i++) {
                const struct geometry_page *page = &geometry.page[i];
                assert_true(page->x >= i * (width / 2) && page->columns >= 10 && page->rows >= 4 && page->cell_width >= 5);
                assert_true(page->x + page->columns * (page->cell_width + page->gap) <= (i + 1) * (width / 2));
                assert_true(page->y + page->rows * page->cell_height <= (height % 2 ? geometry.panel_y : geometry.list_y));
            }
            assert_int_equal(geometry.page[0].cell_height, geometry.page[1].cell_height);
        }
}

static void the_window_follows_the_scroll_in_a_small_terminal(void **state)
{
    (void)state;
    use(0, 24, 80);
    for (int i = 0; i < 5; i++)
        move_cursor(1, 0);
    assert_place(grid.cursor[0], 5, 0);
    assert_place(grid.scroll[0], 2, 0);
    assert_place(grid.window[0], 2, 0);
    for (int i = 0; i < 20; i++)
        move_cursor(1, 1);
    assert_place(grid.cursor[0], 7, 2);     /* both steps or none */
    for (int i = 0; i < 20; i++)
        move_cursor(-1, 0);
    assert_place(grid.window[0], 0, 0);
}

static void the_window_stays_while_all_is_in_sight(void **state)
{
    (void)state;
    use(0, 40, 120);
    for (int i = 0; i < 7; i++)
        move_cursor(1, 0);
    assert_place(grid.cursor[0], 7, 0);
    assert_place(grid.window[0], 0, 0);
    move_window(4, 0);
    assert_place(grid.window[0], 4, 0);
    move_window(4, 10);
    assert_place(grid.window[0], 4, 0);
    assert_int_equal(grid_window_cell(&grid, &snapshot, 3, 2) != NULL, snapshot.at[0][7][2] != STATE_NO_CLIP);
}

static void the_window_takes_the_cursor_along(void **state)
{
    (void)state;
    use(2, 24, 80);
    move_cursor(1, 0);
    move_cursor(0, 1);
    move_window(4, 10);
    assert_place(grid.window[2], 4, 10);
    assert_place(grid.cursor[2], 5, 11);
    move_window(100, 100);
    assert_place(grid.window[2], 28, 30);
    assert_place(grid.scroll[2], 28, 30);
    move_window(-100, -100);
    assert_place(grid.window[2], 0, 0);
}

static void window_and_cursor_are_always_in_sight(void **state)
{
    (void)state;
    unsigned seed = 3;
    for (int size = 0; size < 6; size++) {
        use(2, 24 + size * 9, 80 + size * 37);
        for (int i = 0; i < 3000; i++) {
            seed = seed * 1103515245u + 12345u;
            int rows = (int)(seed >> 16 & 7) - 3, columns = (int)(seed >> 20 & 7) - 3;
            if (seed >> 28 & 1)
                move_cursor(rows > 0 ? 1 : -1, columns > 0 ? 1 : -1);
            else
                move_window(rows, columns * 4);
            const struct grid_place *w = &grid.window[2], *s = &grid.scroll[2], *c = &grid.cursor[2];
            assert_in_range(c->row - s->row, 0, geometry.page[0].rows - 1);
            assert_in_range(c->column - s->column, 0, geometry.page[0].columns - 1);
            assert_in_range(w->row - s->row, 0, geometry.page[0].rows - 4);
            assert_in_range(w->column - s->column, 0, geometry.page[0].columns - 10);
            assert_in_range(s->row, 0, 32 - geometry.page[0].rows);
        }
    }
}

static void every_tab_keeps_its_places(void **state)
{
    (void)state;
    use(0, 24, 80);
    move_cursor(1, 0);
    grid.tab = 1;
    move_cursor(0, 1);
    assert_place(grid.cursor[0], 1, 0);
    assert_place(grid.cursor[1], 0, 1);
    grid.tab = 7;                       /* there is none: the first one is shown */
    grid_settle(&grid, &snapshot, &geometry.page[0]);
    assert_int_equal(grid.tab, 0);
}

static void a_span_is_one_step_of_the_cursor(void **state)
{
    (void)state;
    for (int slot = 0; slot < 60; slot++) {
        struct state_cell cell = fake.segment->cell[slot];
        cell.used = slot == 0;
        cell.rows = cell.columns = 2;
        fake_show_publish_cell(&fake, slot, &cell);
    }
    snapshot_take(&snapshot);
    use(0, 24, 80);
    assert_ptr_equal(grid_window_cell(&grid, &snapshot, 1, 1), &snapshot.cell[0]);
    move_cursor(0, 1);
    assert_place(grid.cursor[0], 0, 2);
    move_cursor(0, -1);
    assert_place(grid.cursor[0], 0, 0);
    move_cursor(1, 0);
    assert_place(grid.cursor[0], 2, 0);
}

static int start(void **state)
{
    (void)state;
    fake_show_open(&fake, 60);
    snapshot_open(&snapshot, fake.segment);
    return 0;
}

static int end(void **state)
{
    (void)state;
    snapshot_close(&snapshot);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_terminal_shows_what_it_must),
        cmocka_unit_test(parts_never_overlap_nor_leave_the_screen),
        cmocka_unit_test(two_pages_have_their_halves),
        cmocka_unit_test(the_window_follows_the_scroll_in_a_small_terminal),
        cmocka_unit_test(the_window_stays_while_all_is_in_sight),
        cmocka_unit_test(the_window_takes_the_cursor_along),
        cmocka_unit_test(window_and_cursor_are_always_in_sight),
        cmocka_unit_test(every_tab_keeps_its_places),
        cmocka_unit_test(a_span_is_one_step_of_the_cursor),
    };
    return cmocka_run_group_tests(tests, start, end);
}
