/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grids of time: every line of them is where the exact fraction says, to the nearest frame, and a place goes to the nearest line. */
#include "config.h"

#include "show/objects.h"
#include "show/snap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct snap_grid grid_of(const char *text)
{
    struct snap_grid grid;
    struct err err;
    if (snap_parse_grid(text, &grid, &err))
        fail_msg("%s", err.text);
    return grid;
}

static void lines_are_where_the_fraction_says(void **state)
{
    (void)state;
    static const struct { const char *grid; uint32_t rate; int64_t frame, snapped; } samples[] = {
        {"25", 48000, 0, 0}, {"25", 48000, 959, 0}, {"25", 48000, 960, 1920}, {"25", 48000, 2879, 1920}, {"25", 48000, 2880, 3840},
        {"24", 48000, 1001, 2000}, {"30", 44100, 1000, 1470}, {"60", 44100, 300, 0}, {"60", 44100, 368, 735}, {"75", 44100, 295, 588},
        {"23.976", 48000, 2000, 2002}, {"29.97", 48000, 1600, 1602}, {"29.97", 48000, 3300, 3203}, {"29.97", 44100, 1471, 1471},
        {"29.97", 48000, 30 * 1601 + 800, 48048},               /* a second of its frames is longer than one */
        {"120bpm", 48000, 11999, 0}, {"120bpm", 48000, 12000, 24000}, {"97.5bpm", 48000, 30000, 29538}, {"20bpm", 8000, 12000, 24000},
        {"400bpm", 384000, 28800, 57600}, {"25", 48000, INT64_C(1) << 62, (INT64_C(1) << 62) - ((INT64_C(1) << 62) % 1920) + 1920},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct snap_grid grid = grid_of(samples[i].grid);
        assert_int_equal(snap_frame(&grid, samples[i].rate, samples[i].frame), samples[i].snapped);
    }
}

/* What lies on a line stays there, for all lines of ten minutes. */
static void a_line_is_its_own_nearest(void **state)
{
    (void)state;
    static const char *const grids[] = {"23.976", "24", "25", "29.97", "30", "60", "75", "20bpm", "127.999bpm", "400bpm"};
    static const uint32_t rates[] = {8000, 44100, 48000, 88200, 192000};
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++)
        for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
            struct snap_grid grid = grid_of(grids[i]);
            for (int64_t line = 0; line < 600 * grid.lines / grid.seconds; line += 7) {
                int64_t frame = (2 * line * grid.seconds * rates[r] + grid.lines) / (2 * grid.lines);
                assert_int_equal(snap_frame(&grid, rates[r], frame), frame);
            }
        }
}

static void bad_grids_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "0", "26", "25.0", "29.97df", "bpm", "19.9bpm", "400.1bpm", "-120bpm", "120 bpm", "120bpmx",
                                      "nanbpm", "1111111111111111111111bpm"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct snap_grid grid = {1, 2};
        struct err err;
        assert_int_equal(snap_parse_grid(bad[i], &grid, &err), -1);
        assert_int_equal(err.code, ERR_RANGE);
        assert_non_null(strstr(err.text, "29.97"));
        assert_int_equal(grid.lines, 1);
    }
}

static void places_are_those_that_are_named_and_there(void **state)
{
    (void)state;
    struct snap_grid grid = grid_of("25");
    struct err err;
    struct show_clip clip;
    show_clip_init(&clip);
    clip.out = 40000;
    clip.fade_markers = (struct show_fade_markers){1, {{.from = 100, .to = 2000}}};
    assert_int_equal(snap_clip(&clip, &grid, 48000, SNAP_IN | SNAP_MARKERS, &err), 0);
    assert_true(clip.in == -1 && clip.out == 40000 && clip.fade_markers.fade[0].to == 2000);
    assert_int_equal(snap_clip(&clip, &grid, 48000, SNAP_ALL, &err), 0);
    assert_true(clip.in == -1 && clip.out == 40320 && clip.fade_markers.fade[0].from == 0 && clip.fade_markers.fade[0].to == 1920);
    clip.in = 40000;
    assert_int_equal(snap_clip(&clip, &grid, 48000, SNAP_ALL, &err), -1);
    assert_non_null(strstr(err.text, "IN has to be before OUT"));
    clip.in = 0;
    clip.fade_markers.fade[0] = (struct show_fade_marker){.from = 100, .to = 300};
    assert_int_equal(snap_clip(&clip, &grid, 48000, SNAP_ALL, &err), -1);
    assert_non_null(strstr(err.text, "fade marker 1"));
    show_clip_clear(&clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_where_the_fraction_says), cmocka_unit_test(a_line_is_its_own_nearest),
        cmocka_unit_test(bad_grids_are_refused), cmocka_unit_test(places_are_those_that_are_named_and_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
