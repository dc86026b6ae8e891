/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edits of a clip that sounds (SPEC M1), and markers as another entry and another ending (M2), on noise, of which every sample is
 * another one. What an edit cuts off is left in a cross-fade of 5 ms.
 */
#include "config.h"

#include "golden.h"

#include <string.h>

enum { FRAMES = 40000, P = GOLDEN_PROTECTION, CROSS = 240 };

static void make_clip(struct golden *golden, const char *more)
{
    golden_media(golden, "noise.wav", 2, GOLDEN_RATE, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "n", "noise.wav", more);
}

/* Frames from..to of the output are the file from frame `at` on. */
static void plays(const struct golden *golden, int64_t from, int64_t to, int64_t at)
{
    for (int64_t f = from; f < to; f++)
        for (unsigned c = 0; c < 2; c++)
            golden_hears(golden, f, c, golden_noise(at + f - from, c), 0);
}

static void crosses(const struct golden *golden, int64_t frame, int64_t from, int64_t to)
{
    for (int n = 0; n < CROSS; n++) {
        double x = (double)n / CROSS;
        golden_hears(golden, frame + n, 0, golden_noise(from + n, 0) * (1 - x) + golden_noise(to + n, 0) * x, 1e-6);
    }
}

static void in_and_out_are_moved_over_the_playhead(void **state)
{
    struct golden *golden = *state;
    make_clip(golden, "");
    golden_at(golden, 0, "play n");
    golden_at(golden, 1000, "set n in 900");           /* behind: nothing happens */
    golden_at(golden, 2000, "set n in 10000");
    golden_at(golden, 5000, "set n out 12500");        /* at 13000 */
    golden_at(golden, 6000, "set n out 11800");        /* at 11000: played to */
    golden_render(golden, "");
    plays(golden, P, 2000, P);
    crosses(golden, 2000, 2000, 10000);
    plays(golden, 2000 + CROSS, 5000, 10000 + CROSS);
    crosses(golden, 5000, 13000, 10000);
    plays(golden, 5000 + CROSS, 6800 - P, 10000 + CROSS);
    golden_silent(golden, 6800, -1, 0);
    assert_int_equal(golden_refusals(golden), 0);
}

/* undo is an edit like any other. */
static void what_is_undone_is_heard(void **state)
{
    struct golden *golden = *state;
    make_clip(golden, "mode = \"loop\"; out = 4000;");
    golden_at(golden, 0, "play n");
    golden_at(golden, 1000, "set n out 2000");
    golden_at(golden, 5000, "undo");
    golden_at(golden, 20000, "stop n");
    golden_render(golden, "");
    plays(golden, P, 2000, P);
    plays(golden, 2000, 4000, 0);
    plays(golden, 4000, 8000, 0);
    plays(golden, 8000, 12000, 0);
}

static void a_clip_that_moves_or_changes_its_group_goes_on(void **state)
{
    struct golden *golden = *state;
    make_clip(golden, "");
    golden_at(golden, 0, "play n");
    golden_at(golden, 1000, "move n 1/4/4");
    golden_at(golden, 2000, "set n group C");
    golden_at(golden, 3000, "set n press ignore");
    golden_at(golden, 3000, "press n");
    golden_render(golden, "");
    plays(golden, P, FRAMES - P, P);
    golden_silent(golden, 0, -1, 4);
    assert_int_equal(golden_refusals(golden), 1);
}

static void a_clip_that_is_cleared_fades_with_its_fade_out(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "n", "one.wav", "fade_out = 0.1; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "play n");
    golden_at(golden, 1000, "clear n");
    golden_render(golden, "");
    for (int i = 0; i < 4800; i++)
        golden_hears(golden, 1000 + i, 0, 1 - (double)i / 4800, 1e-6);
    golden_silent(golden, 5800, -1, 0);
}

/* A fade-in keeps its length and a fade-out its end, whatever is set meanwhile. */
static void fades_under_way_are_completed(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "n", "one.wav", "fade_in = 0.1; fade_out = 0.1; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "play n");
    golden_at(golden, 1000, "set n fade_in 1");
    golden_at(golden, 1000, "set n in 100");
    golden_at(golden, 10000, "stop n");
    golden_at(golden, 11000, "set n fade_out 0");
    golden_at(golden, 11000, "set n in 30000");
    golden_at(golden, 11000, "set group:A mute on");
    golden_render(golden, "");
    for (int i = 0; i < 4800; i++)
        golden_hears(golden, i, 0, (double)i / 4800, 1e-6);
    for (int i = 0; i < 1000; i++)
        golden_hears(golden, 10000 + i, 0, 1 - (double)i / 4800, 1e-6);
    golden_silent(golden, 11000 + CROSS, -1, 0);
    assert_true(golden->frames > 14700);        /* it goes on unheard to its end */
}

/* --- markers --- */

static void a_marker_before_in_and_one_behind_out(void **state)
{
    struct golden *golden = *state;
    for (int loop = 0; loop < 2; loop++) {
        golden_forget_script(golden);
        strbuf_reset(&golden->clips);
        golden->clip_count = 0;
        make_clip(golden, loop ? "in = 10000; out = 14000; mode = \"loop\"; "
                                 "markers = ( { at = 8000; }, { at = 12000; }, { at = 14000; }, { at = 38000; } );"
                               : "in = 10000; out = 14000; markers = ( { at = 8000; }, { at = 12000; }, { at = 14000; }, { at = 38000; } );");
        golden_at(golden, 0, "play n marker 1");
        golden_at(golden, 20000, "stop n");
        golden_at(golden, 21000, "play n marker 2");
        golden_at(golden, 30000, "play n marker 4");
        golden_at(golden, 40000, "play n marker 3");
        golden_render(golden, "");
        plays(golden, P, 6000 - P, 8000 + P);
        plays(golden, 21000 + P, 23000 - P, 12000 + P);
        if (loop) {
            plays(golden, 6000, 10000, 10000);
            plays(golden, 10000, 14000, 10000);
            crosses(golden, 30000, 10000 + 3000, 38000);        /* the loop gives way to its ending */
        } else {
            golden_silent(golden, 6000, 21000, 0);
            golden_silent(golden, 23000, 30000, 0);
        }
        plays(golden, 30000 + CROSS, 32000 - P, 38000 + CROSS);
        golden_silent(golden, 32000, 40000, 0);
        plays(golden, 40000 + P, 40000 + 26000 - P, 14000 + P);
        golden_silent(golden, 40000 + 26000, -1, 0);
        assert_int_equal(golden_refusals(golden), 0);
    }
}

static void nothing_else_leads_outside(void **state)
{
    struct golden *golden = *state;
    make_clip(golden, "in = 10000; out = 14000; markers = ( { at = 9999; } );");
    golden_at(golden, 0, "play n at 9999f");
    golden_at(golden, 0, "play n at 14000f");
    golden_at(golden, 0, "play n at 10000f");
    golden_at(golden, 1000, "seek n 9999f");
    golden_at(golden, 1000, "seek n 14000f");
    golden_at(golden, 1000, "seek n 13000f");
    golden_at(golden, 5000, "audition n at 9000f");    /* a look at what lies beside is allowed */
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), 4);
    plays(golden, P, 1000, 10000 + P);
    plays(golden, 1000 + CROSS, 2000 - P, 13000 + CROSS);
    golden_silent(golden, 2000, -1, 0);
    golden_hears(golden, 5500, 8, golden_noise(9500, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("M1", in_and_out_are_moved_over_the_playhead),
        GOLDEN_LAW("M1 M6", what_is_undone_is_heard),
        GOLDEN_LAW("F4", a_clip_that_moves_or_changes_its_group_goes_on),
        GOLDEN_LAW("F4 P11", a_clip_that_is_cleared_fades_with_its_fade_out),
        GOLDEN_LAW("F4", fades_under_way_are_completed),
        GOLDEN_LAW("M2", a_marker_before_in_and_one_behind_out),
        GOLDEN_LAW("M1", nothing_else_leads_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
