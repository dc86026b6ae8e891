/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fades as heard on a sound that is constant: every frame against the formula of SPEC F2. */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURVES = 5, LENGTH = 1440 /* 30 ms */, APART = 50000 };

static const char *const curves[CURVES] = { "linear", "log", "exponential", "s-curve", "equal-power" };

static double curve_gain(int curve, double x)
{
    switch (curve) {
    case 1: return log10(1 + 9 * x);
    case 2: return (pow(10, x) - 1) / 9;
    case 3: return (1 - cos(M_PI * x)) / 2;
    case 4: return sin(M_PI * x / 2);
    default: return x;
    }
}

static void a_30_ms_linear_fade_in_is_n_of_1440(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "one", "one.wav", "fade_in = 0.03; fade_in_curve = \"linear\";");
    golden_at(golden, 100, "press one");
    golden_render(golden, "");
    for (int64_t n = 0; n <= LENGTH + 1000; n++)
        golden_hears(golden, 100 + n, 0, fmin(1, (double)n / LENGTH), 1e-6);
}

/* Plays a clip of each curve for 10,000 frames, APART from one another. side: "in" or "out". */
static void play_curves(struct golden *golden, const char *side)
{
    for (int curve = 0; curve < CURVES; curve++) {
        char id[8], more[96];
        snprintf(id, sizeof id, "k%d", curve);
        snprintf(more, sizeof more, "fade_%s = 0.03; fade_%s_curve = \"%s\";", side, side, curves[curve]);
        golden_clip(golden, id, "one.wav", more);
        golden_at(golden, curve * APART, "press %s", id);
        golden_at(golden, curve * APART + 10000, "press %s", id);
    }
    golden_render(golden, "");
}

static void every_curve_in_is_its_formula(void **state)
{
    struct golden *golden = *state;
    play_curves(golden, "in");
    for (int curve = 0; curve < CURVES; curve++)
        for (int64_t n = 0; n < 10000; n++)
            golden_hears(golden, curve * APART + n, 1, curve_gain(curve, fmin(1, (double)n / LENGTH)), 2e-6);
}

static void every_curve_out_is_the_same_backwards(void **state)
{
    struct golden *golden = *state;
    play_curves(golden, "out");
    for (int curve = 0; curve < CURVES; curve++) {
        int64_t from = curve * APART + 10000;
        for (int64_t n = 0; n < LENGTH; n++)
            golden_hears(golden, from + n, 0, curve_gain(curve, 1 - (double)n / LENGTH), 2e-6);
        golden_silent(golden, from + LENGTH, from + APART - 10000, 0);
    }
}

/* At its natural end a clip fades over fade_end by its own curve; fade_out has no part in it. */
static void fade_end_ends_at_out(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "one", "one.wav", "fade_out = 9.0; fade_out_curve = \"s-curve\"; fade_end = 0.03; out = 20000;");
    golden_at(golden, 0, "press one");
    golden_render(golden, "");
    for (int64_t n = 1000; n < 20000; n++)
        golden_hears(golden, n, 0, curve_gain(3, fmin(1, (double)(20000 - n) / LENGTH)), 2e-6);
    golden_silent(golden, 20000, -1, 0);
}

/* A clip stopped in the middle of its fade-in goes down from where it is. */
static void a_stop_begins_at_the_level_there_is(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "one", "one.wav", "fade_in = 0.03; fade_out = 0.01; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press one");
    golden_at(golden, 360, "stop one");
    golden_render(golden, "");
    for (int64_t n = 0; n <= 360; n++)
        golden_hears(golden, n, 0, (double)n / LENGTH, 1e-6);
    for (int64_t n = 0; n < 480; n++)
        golden_hears(golden, 360 + n, 0, 0.25 * (1 - (double)n / 480), 1e-6);
    golden_silent(golden, 360 + 480, -1, 0);
}

/* Defaults: the clip's own, else the group's, else the show's. */
static void fades_come_from_the_nearest_level(void **state)
{
    struct golden *golden = *state;
    golden_group(golden, 'B', "fade_in = 0.06;");
    golden_clip(golden, "first", "one.wav", "group = \"B\"; fade_in = 0.03;");
    golden_clip(golden, "second", "one.wav", "group = \"B\";");
    golden_clip(golden, "third", "one.wav", "");
    golden_at(golden, 0, "press first");
    golden_at(golden, APART, "press second");
    golden_at(golden, 2 * APART, "press third");
    golden_render(golden, "");
    golden_hears(golden, 720, 2, 0.5, 1e-6);
    golden_hears(golden, APART + 720, 2, 0.25, 1e-6);
    golden_hears(golden, 2 * APART + 24, 0, 0.5, 1e-6);      /* protection alone */
}

/* A live fade goes from the level there is to the level asked for, and stays. */
static void a_live_fade_is_exact(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "one", "one.wav", "");
    golden_at(golden, 0, "press one");
    golden_at(golden, 1000, "fade one -20 0.1");
    golden_at(golden, 10000, "fade one -inf 0.1");
    golden_render(golden, "");
    for (int64_t n = 0; n <= 4800; n++) {
        golden_hears(golden, 1000 + n, 0, 1 - 0.9 * (double)n / 4800, 1e-6);
        golden_hears(golden, 10000 + n, 0, 0.1 * (1 - (double)n / 4800), 1e-6);
    }
    golden_hears(golden, 9999, 0, 0.1, 1e-6);
    assert_true(golden->frames < 20000);        /* a fade to nothing ends the clip */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("F2", a_30_ms_linear_fade_in_is_n_of_1440),
        GOLDEN_LAW("F2", every_curve_in_is_its_formula),
        GOLDEN_LAW("F2", every_curve_out_is_the_same_backwards),
        GOLDEN_LAW("P5 F2", fade_end_ends_at_out),
        GOLDEN_LAW("F2", a_stop_begins_at_the_level_there_is),
        GOLDEN_LAW("F1", fades_come_from_the_nearest_level),
        GOLDEN_LAW("F3", a_live_fade_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
