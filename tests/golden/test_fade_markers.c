/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fade markers: one.wav is the constant 1, so what is heard is the level. It stands before the first marker, goes along the curve
 * between a marker's two frames, and stays where it came to.
 */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CROSS = 240 };
static const double tenth = 0.1;                /* -20 dB */

static void make(struct golden *golden, const char *fades, const char *more)
{
    char properties[300];
    snprintf(properties, sizeof properties, "fade_markers = %s; %s", fades, more);
    golden_clip(golden, "one", "one.wav", properties);
}

/* What n frames behind the first of a marker of `length` is heard, from one level to another on a straight line. */
static double line(int64_t n, int64_t length, double from, double to)
{
    return from + (to - from) * (double)n / (double)length;
}

static void levels_go_over_the_places_of_the_file_at_every_period(void **state)
{
    static const char *const options[] = {"", "--period 16", "--period 37", "--period 4096"};
    struct golden *golden = *state;
    make(golden, "( (2000, 3000, -20.0, \"linear\"), (5000, 5001, \"-inf\", \"linear\"), (9000, 9480, 0.0, \"linear\") )", "out = 12000;");
    golden_at(golden, 7, "press one");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        golden_render(golden, options[i]);
        for (int64_t n = GOLDEN_PROTECTION; n <= 2000; n++)
            golden_hears(golden, 7 + n, 0, 1, 0);
        for (int64_t n = 0; n <= 1000; n++)
            golden_hears(golden, 7 + 2000 + n, 0, line(n, 1000, 1, tenth), 1e-6);
        for (int64_t n = 3000; n <= 5000; n++)
            golden_hears(golden, 7 + n, 0, tenth, 1e-6);
        golden_silent(golden, 7 + 5001, 7 + 9001, 0);
        for (int64_t n = 0; n <= 480; n++)
            golden_hears(golden, 7 + 9000 + n, 0, line(n, 480, 0, 1), 1e-6);
        golden_hears(golden, 7 + 12000 - GOLDEN_PROTECTION, 0, 1, 0);
    }
}

/* Beside it in group B the same clip without markers, faded by a command over the same frames. */
static void every_curve_is_that_of_a_fade(void **state)
{
    static const char *const curves[] = {"linear", "log", "exponential", "s-curve", "equal-power"};
    struct golden *golden = *state;
    make(golden, "( )", "");
    golden_clip(golden, "plain", "one.wav", "group = \"B\";");
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        golden_forget_script(golden);
        golden_at(golden, 0, "set one fade_markers (1000, 1800, -inf, %s)", curves[i]);
        golden_at(golden, 0, "press one");
        golden_at(golden, 0, "press plain");
        golden_at(golden, 1000, "fade plain -inf %.9f %s", 800.0 / GOLDEN_RATE, curves[i]);
        golden_render(golden, "");
        for (int64_t n = 0; n < 800; n++)
            golden_hears(golden, 1000 + n, 0, golden_sample_at(golden, 1000 + n, 2), 1e-6);
        golden_silent(golden, 1800, 3000, 0);
    }
}

/* A loop that ends at another level than it begins at does not step: it is there within 1 ms. */
static void a_loop_hears_them_in_every_pass(void **state)
{
    struct golden *golden = *state;
    make(golden, "( (1000, 2000, -20.0, \"linear\") )", "mode = \"loop\"; out = 4000; loops = 3;");
    golden_at(golden, 0, "press one");
    golden_render(golden, "");
    for (int64_t pass = 0; pass < 3; pass++) {
        for (int64_t n = 0; pass && n < GOLDEN_PROTECTION; n++)
            golden_hears(golden, pass * 4000 + n, 0, line(n, GOLDEN_PROTECTION, tenth, 1), 1e-6);
        for (int64_t n = GOLDEN_PROTECTION; n <= 1000; n++)
            golden_hears(golden, pass * 4000 + n, 0, 1, 0);
        for (int64_t n = 0; n <= 1000; n++)
            golden_hears(golden, pass * 4000 + 1000 + n, 0, line(n, 1000, 1, tenth), 1e-6);
        golden_hears(golden, pass * 4000 + 3900, 0, tenth, 1e-6);
    }
}

/* Each of the two passes has the level of its own place. */
static void in_a_seam_both_passes_have_theirs(void **state)
{
    enum { SEAM = 480 };
    struct golden *golden = *state;
    make(golden, "( (1000, 2000, -20.0, \"linear\") )", "mode = \"loop\"; out = 4000; seam = 10.0;");
    golden_at(golden, 0, "press one");
    golden_render(golden, "--seconds 0.2");
    for (int64_t n = 0; n <= SEAM; n++)
        golden_hears(golden, 4000 - SEAM + n, 0, line(n, SEAM, tenth, 1), 1e-6);
}

/* Over 5 ms to what they say now, from where the level was: also in the middle of one. */
static void an_edit_is_heard_without_a_step(void **state)
{
    struct golden *golden = *state;
    make(golden, "( (1000, 5000, \"-inf\", \"linear\") )", "out = 12000;");
    golden_at(golden, 0, "press one");
    golden_at(golden, 3000, "set one fade_markers (1000, 2000, -20)");
    golden_at(golden, 6000, "set one fade_markers ()");
    golden_at(golden, 6100, "undo");
    golden_render(golden, "");
    for (int64_t n = 0; n <= CROSS; n++) {
        golden_hears(golden, 3000 + n, 0, line(n, CROSS, 0.5, tenth), 1e-6);
        golden_hears(golden, 6100 + n, 0, line(n, CROSS, line(100, CROSS, tenth, 1), tenth), 1e-6);
    }
    golden_hears(golden, 5999, 0, tenth, 1e-6);
    golden_hears(golden, 11000, 0, tenth, 1e-6);
}

/* It is where a voice is that counts: a seek, a marker and a start in the middle find the level of their place. */
static void a_place_has_its_level_however_it_is_come_to(void **state)
{
    struct golden *golden = *state;
    make(golden, "( (1000, 2000, -20.0, \"linear\"), (20000, 21000, 0.0, \"linear\") )", "");
    golden_at(golden, 0, "play one at 1500f");
    golden_at(golden, 3000, "seek one 30000f");
    golden_at(golden, 6000, "seek one 10000f");
    golden_render(golden, "--seconds 0.2");
    golden_hears(golden, GOLDEN_PROTECTION, 0, line(500 + GOLDEN_PROTECTION, 1000, 1, tenth), 1e-6);
    for (int64_t n = 0; n <= CROSS; n++)
        golden_hears(golden, 3000 + n, 0, line(n, CROSS, tenth, 1), 1e-6);
    for (int64_t n = 0; n <= CROSS; n++)
        golden_hears(golden, 6000 + n, 0, line(n, CROSS, 1, tenth), 1e-6);
}

/* The frames are the file's, whatever rate the chain has. */
static void frames_are_those_of_the_file(void **state)
{
    struct golden *golden = *state;
    static const struct { uint32_t rate; int64_t half; } files[] = {{24000, 24000}, {96000, 96000}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char file[20], id[8], more[100];
        snprintf(file, sizeof file, "r%u.wav", (unsigned)files[i].rate);
        snprintf(id, sizeof id, "r%zu", i);
        snprintf(more, sizeof more, "fade_markers = ( (%lld, %lld, -20.0, \"linear\") );", (long long)files[i].half / 2,
                 (long long)files[i].half / 2 + files[i].half / 10);
        golden_media(golden, file, 1, files[i].rate, OUTPUT_F32, 2 * files[i].half, golden_noise);
        golden_clip(golden, id, file, more);
        golden_forget_script(golden);
        golden_at(golden, 0, "press %s", id);
        golden_render(golden, "");
        float faded[4800];
        for (int64_t n = 0; n < 4800; n++)
            faded[n] = golden_sample_at(golden, 24000 + n, 0);
        golden_forget_script(golden);
        golden_at(golden, 0, "set %s fade_markers ()", id);
        golden_at(golden, 0, "press %s", id);
        golden_render(golden, "");
        for (int64_t n = 0; n < 4800; n++)
            golden_near(24000 + n, faded[n], golden_sample_at(golden, 24000 + n, 0) * line(n, 4800, 1, tenth), 1e-6);
    }
}

static void wrong_ones_are_refused_and_change_nothing(void **state)
{
    static const char *const bad[] = {
        "(1, 1, 0)", "(5, 3, 0)", "(-1, 3, 0)", "(1, 3, 12.5)", "(1, 3, -61)", "(1, 3)", "(1, 3, 0, bent)", "(1, 30, 0) (20, 40, 0)",
        "(1, 2, 0) (3, 4, 0) (5, 6, 0) (7, 8, 0) (9, 10, 0)", "(1.5, 2, 0)", "(1, 2, 0", "1 2 0"};
    struct golden *golden = *state;
    make(golden, "( (1000, 2000, -20.0, \"linear\") )", "");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        golden_at(golden, 0, "set one fade_markers %s", bad[i]);
    golden_at(golden, 0, "press one");
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), (int)(sizeof bad / sizeof *bad));
    assert_non_null(strstr(golden->refusals, "up to 4 of (FROM, TO, DB, CURVE)"));
    golden_hears(golden, 3000, 0, tenth, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("M3", levels_go_over_the_places_of_the_file_at_every_period),
        GOLDEN_LAW("M3 F2", every_curve_is_that_of_a_fade),
        GOLDEN_LAW("M3 P5", a_loop_hears_them_in_every_pass),
        GOLDEN_LAW("M3 P5", in_a_seam_both_passes_have_theirs),
        GOLDEN_LAW("M3", an_edit_is_heard_without_a_step),
        GOLDEN_LAW("M3", a_place_has_its_level_however_it_is_come_to),
        GOLDEN_LAW("M3", frames_are_those_of_the_file),
        GOLDEN_LAW("M3", wrong_ones_are_refused_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
