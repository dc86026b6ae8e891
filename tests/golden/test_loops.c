/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops: their seams to the frame, their last pass, and what has no end. */
#include "config.h"

#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IN = 100, OUT = 1101, PASS = OUT - IN, SEAM = 480 /* 10 ms */ };

static void make_loop(struct golden *golden, const char *more)
{
    char properties[128];
    snprintf(properties, sizeof properties, "mode = \"loop\"; in = %d; out = %d; %s", IN, OUT, more);
    golden_media(golden, "noise.wav", 2, GOLDEN_RATE, OUTPUT_S16, 5000, golden_noise);
    golden_clip(golden, "loop", "noise.wav", properties);
    golden_at(golden, 0, "press loop");
}

/* The seam is sample-exact, without fade or gap, and the last pass ends like any clip. */
static void check_passes(const struct golden *golden, int passes)
{
    int64_t end = (int64_t)passes * PASS;
    for (int64_t n = GOLDEN_PROTECTION; n <= end - GOLDEN_PROTECTION; n++)
        golden_hears(golden, n, 1, golden_noise(IN + n % PASS, 1), 0);
    for (int64_t n = 1; n < GOLDEN_PROTECTION; n++)
        golden_hears(golden, end - n, 1, golden_noise(OUT - n, 1) * (double)n / GOLDEN_PROTECTION, 1e-7);
    golden_silent(golden, end, -1, 1);
}

static void passes_follow_without_a_seam(void **state)
{
    struct golden *golden = *state;
    make_loop(golden, "loops = 3;");
    golden_render(golden, "");
    check_passes(golden, 3);
}

static void the_pass_of_a_release_is_the_last(void **state)
{
    struct golden *golden = *state;
    make_loop(golden, "");
    golden_at(golden, 9 * PASS + 500, "release loop");
    golden_render(golden, "");
    check_passes(golden, 10);
}

/* With a seam the next pass begins so much before OUT, and the two cross-fade. */
static void a_seam_cross_fades(void **state)
{
    struct golden *golden = *state;
    int64_t apart = PASS - SEAM, end = 2 * apart + PASS;
    make_loop(golden, "loops = 3; seam = 10.0;");
    golden_render(golden, "");
    for (int64_t n = GOLDEN_PROTECTION; n <= end - GOLDEN_PROTECTION; n++) {
        int64_t pass = n / apart < 2 ? n / apart : 2, at = n - pass * apart;
        double wanted = golden_noise(IN + at, 0);
        if (pass > 0 && at < SEAM)
            wanted = wanted * (double)at / SEAM + golden_noise(OUT - SEAM + at, 0) * (1 - (double)at / SEAM);
        golden_hears(golden, n, 0, wanted, 1e-6);
    }
    golden_silent(golden, end, -1, 0);
}

static void a_stopped_loop_goes_on_while_it_fades(void **state)
{
    struct golden *golden = *state;
    make_loop(golden, "fade_out = 0.1; fade_out_curve = \"linear\";");
    golden_at(golden, 2500, "stop loop");
    golden_render(golden, "");
    for (int64_t n = 0; n < 4800; n++)
        golden_hears(golden, 2500 + n, 0, golden_noise(IN + (2500 + n) % PASS, 0) * (1 - (double)n / 4800), 1e-6);
    golden_silent(golden, 2500 + 4800, -1, 0);
}

static void what_never_ends_wants_seconds(void **state)
{
    struct golden *golden = *state;
    make_loop(golden, "");
    golden_render_refused(golden, "");
    assert_non_null(strstr(golden->refusals, "--seconds"));
    golden_render(golden, "--seconds 1.5");
    assert_int_equal(golden->frames, 72000);
    golden_hears(golden, 71999, 0, golden_noise(IN + 71999 % PASS, 0), 0);
}

/* fade_in is of the first pass, fade_end of the last; those between are whole. */
static void fades_are_of_the_first_entry_and_the_last_exit(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "l", "one.wav", "mode = \"loop\"; loops = 3; out = 4000; fade_in = 0.05; fade_end = 0.05; "
                                        "fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press l");
    golden_render(golden, "");
    for (int64_t n = 0; n < 12000; n++)
        golden_hears(golden, n, 0, n < 2400 ? (double)n / 2400 : n < 12000 - 2400 ? 1 : (double)(12000 - n) / 2400, 1e-6);
    golden_silent(golden, 12000, -1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P5", passes_follow_without_a_seam),
        GOLDEN_LAW("P5", the_pass_of_a_release_is_the_last),
        GOLDEN_LAW("P5", a_seam_cross_fades),
        GOLDEN_LAW("P5", a_stopped_loop_goes_on_while_it_fades),
        GOLDEN_LAW("P5", fades_are_of_the_first_entry_and_the_last_exit),
        GOLDEN_TEST(what_never_ends_wants_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
