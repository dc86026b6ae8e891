/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fades as heard on a sound that is constant: every frame against the formula of SPEC F2. */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 48000, LENGTH = 1440 /* 30 ms */ };

static const char *const curves[5] = { "linear", "log", "exponential", "s-curve", "equal-power" };

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

static float one(int64_t frame, unsigned channel)
{
    (void)frame;
    (void)channel;
    return 0.99996948242f;              /* 32767 of 32768 */
}
static const double full = 32767.0 / 32768;

static void a_30_ms_linear_fade_in_is_n_of_1440(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "one.wav", 2, 48000, OUTPUT_S16, FRAMES, one);
    golden_clip(golden, "one", "one.wav", "fade_in = 0.03; fade_in_curve = \"linear\";");
    golden_at(golden, 100, "press one");
    golden_render(golden, "");
    for (int64_t n = 0; n <= LENGTH + 1000; n++)
        golden_near(100 + n, golden_sample_at(golden, 100 + n, 0) / full, fmin(1, (double)n / LENGTH), 1e-6);
}

static void every_curve_in_is_its_formula(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "one.wav", 2, 48000, OUTPUT_S16, FRAMES, one);
    for (int curve = 0; curve < 5; curve++) {
        char id[8], more[96];
        snprintf(id, sizeof id, "k%d", curve);
        snprintf(more, sizeof more, "fade_in = 0.03; fade_in_curve = \"%s\"; press = \"restart\";", curves[curve]);
        golden_clip(golden, id, "one.wav", more);
        golden_at(golden, curve * 50000, "press %s", id);
    }
    golden_render(golden, "");
    for (int curve = 0; curve < 5; curve++)
        for (int64_t n = 0; n <= LENGTH; n++)
            golden_near(n, golden_sample_at(golden, curve * 50000 + n, 1) / full, curve_gain(curve, (double)n / LENGTH), 1e-4);
}

static void every_curve_out_is_the_same_backwards(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "one.wav", 2, 48000, OUTPUT_S16, FRAMES, one);
    for (int curve = 0; curve < 5; curve++) {
        char id[8], more[96];
        snprintf(id, sizeof id, "k%d", curve);
        snprintf(more, sizeof more, "fade_out = 0.03; fade_out_curve = \"%s\";", curves[curve]);
        golden_clip(golden, id, "one.wav", more);
        golden_at(golden, curve * 50000, "press %s", id);
        golden_at(golden, curve * 50000 + 10000, "press %s", id);
    }
    golden_render(golden, "");
    for (int curve = 0; curve < 5; curve++)
        for (int64_t n = 0; n <= LENGTH + 100; n++)
            golden_near(n, golden_sample_at(golden, curve * 50000 + 10000 + n, 0) / full, curve_gain(curve, fmax(0, 1 - (double)n / LENGTH)), 1e-4);
}

/* At its natural end a clip fades over fade_end by its own curve; fade_out has no part in it. */
static void fade_end_ends_at_out(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "one.wav", 2, 48000, OUTPUT_S16, FRAMES, one);
    golden_clip(golden, "one", "one.wav", "fade_out = 9.0; fade_out_curve = \"s-curve\"; fade_end = 0.03;");
    golden_at(golden, 0, "press one");
    golden_render(golden, "");
    for (int64_t n = FRAMES - LENGTH - 100; n < FRAMES; n++)
        golden_near(n, golden_sample_at(golden, n, 0) / full, curve_gain(3, fmin(1, (double)(FRAMES - n) / LENGTH)), 1e-4);
    for (int64_t n = FRAMES; n < golden->frames; n++)
        golden_near(n, golden_sample_at(golden, n, 0), 0, 0);
}

/* A clip stopped in the middle of its fade-in goes down from where it is. */
static void a_stop_begins_at_the_level_there_is(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "one.wav", 2, 48000, OUTPUT_S16, FRAMES, one);
    golden_clip(golden, "one", "one.wav", "fade_in = 0.03; fade_out = 0.03; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press one");
    golden_at(golden, 360, "stop one");
    golden_render(golden, "");
    for (int64_t n = 0; n <= 360; n++)
        golden_near(n, golden_sample_at(golden, n, 0) / full, (double)n / LENGTH, 1e-6);
    for (int64_t n = 0; n <= LENGTH; n++)
        golden_near(360 + n, golden_sample_at(golden, 360 + n, 0) / full, 0.25 * (1 - (double)n / LENGTH), 1e-6);
}

/* Defaults: the clip's own, else the group's, else the show's. */
static void fades_come_from_the_nearest_level(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "one.wav", 2, 48000, OUTPUT_S16, FRAMES, one);
    golden_group(golden, 'B', "fade_in = 0.06;");
    golden_clip(golden, "first", "one.wav", "group = \"B\"; fade_in = 0.03;");
    golden_clip(golden, "second", "one.wav", "group = \"B\";");
    golden_clip(golden, "third", "one.wav", "");
    golden_at(golden, 0, "press first");
    golden_at(golden, 50000, "press second");
    golden_at(golden, 100000, "press third");
    golden_render(golden, "");
    golden_near(720, golden_sample_at(golden, 720, 2) / full, 0.5, 1e-6);
    golden_near(50720, golden_sample_at(golden, 50720, 2) / full, 0.25, 1e-6);
    golden_near(100024, golden_sample_at(golden, 100024, 0) / full, 0.5, 1e-6);      /* protection alone */
}

/* A live fade goes from the level there is to the level asked for, and stays. */
static void a_live_fade_is_exact(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "one.wav", 2, 48000, OUTPUT_S16, FRAMES, one);
    golden_clip(golden, "one", "one.wav", "");
    golden_at(golden, 0, "press one");
    golden_at(golden, 1000, "fade one -20 0.1");
    golden_at(golden, 10000, "fade one -inf 0.1");
    golden_render(golden, "");
    for (int64_t n = 0; n <= 4800; n++) {
        golden_near(1000 + n, golden_sample_at(golden, 1000 + n, 0) / full, 1 - 0.9 * (double)n / 4800, 1e-6);
        golden_near(10000 + n, golden_sample_at(golden, 10000 + n, 0) / full, 0.1 * (1 - (double)n / 4800), 1e-6);
    }
    golden_near(9999, golden_sample_at(golden, 9999, 0) / full, 0.1, 1e-6);
    assert_true(golden->frames < 20000);        /* a fade to nothing ends the clip */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, golden_setup, golden_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_30_ms_linear_fade_in_is_n_of_1440),
        TEST(every_curve_in_is_its_formula),
        TEST(every_curve_out_is_the_same_backwards),
        TEST(fade_end_ends_at_out),
        TEST(a_stop_begins_at_the_level_there_is),
        TEST(fades_come_from_the_nearest_level),
        TEST(a_live_fade_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
