/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gain and pan as heard: mono by its law, stereo by balance, in decibels. */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 2000, MIDDLE = 1000 };

static float half(int64_t frame, unsigned channel)
{
    (void)frame;
    return channel ? 0.25f : 0.5f;
}

/* Plays one clip of these properties at frame 0 and asks for both channels in its middle. */
static void hear(struct golden *golden, unsigned channels, const char *more, double *left, double *right)
{
    golden_media(golden, "half.wav", channels, 48000, OUTPUT_S16, FRAMES, half);
    golden_clip(golden, "half", "half.wav", more);
    golden_at(golden, 0, "press half");
    golden_render(golden, "");
    *left = golden_sample_at(golden, MIDDLE, 0);
    *right = golden_sample_at(golden, MIDDLE, 1);
}

static double db(double ratio)
{
    return 20 * log10(ratio);
}

static void mono_at_the_centre_is_4_5_db_down_in_both(void **state)
{
    double left, right;
    hear(*state, 1, "", &left, &right);
    assert_true(fabs(db(left / 0.5) + 4.5) <= 0.02);
    assert_true(fabs(db(right / 0.5) + 4.5) <= 0.02);
}

static void mono_hard_left_is_all_there_and_silence(void **state)
{
    struct golden *golden = *state;
    double left, right;
    hear(golden, 1, "pan = -1.0;", &left, &right);
    assert_true(left == 0.5);
    golden_silent(golden, 0, -1, 1);
}

static void mono_hard_right_likewise(void **state)
{
    double left, right;
    hear(*state, 1, "pan = 1;", &left, &right);
    assert_true(left == 0 && right == 0.5);
}

static void mono_in_between_follows_the_law(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "mono.wav", 1, 48000, OUTPUT_S16, FRAMES, half);
    for (int step = -9; step <= 9; step++) {
        char id[8], more[64];
        snprintf(id, sizeof id, "k%d", step + 9);
        snprintf(more, sizeof more, "pan = %.1f; gain = -6.0;", step / 10.0);
        golden_clip(golden, id, "mono.wav", more);
        golden_at(golden, (step + 9) * FRAMES, "press %s", id);
    }
    golden_render(golden, "");
    for (int step = -9; step <= 9; step++) {
        double gain = 0.5 * pow(10, -6.0 / 20), t = (step / 10.0 + 1) * M_PI / 4;
        golden_hears(golden, (step + 9) * FRAMES + MIDDLE, 0, gain * pow(cos(t), 1.5), 1e-6);
        golden_hears(golden, (step + 9) * FRAMES + MIDDLE, 1, gain * pow(sin(t), 1.5), 1e-6);
    }
}

static void stereo_has_balance(void **state)
{
    double left, right;
    hear(*state, 2, "pan = 0.3;", &left, &right);
    golden_near(MIDDLE, left, 0.5 * 0.7, 1e-6);
    golden_near(MIDDLE, right, 0.25, 0);
}

static void stereo_has_balance_to_the_left_too(void **state)
{
    double left, right;
    hear(*state, 2, "pan = -0.75;", &left, &right);
    golden_near(MIDDLE, left, 0.5, 0);
    golden_near(MIDDLE, right, 0.25 * 0.25, 1e-6);
}

static void gain_is_in_decibels(void **state)
{
    double left, right;
    hear(*state, 2, "gain = 3.0;", &left, &right);
    golden_near(MIDDLE, left, 0.5 * pow(10, 3.0 / 20), 1e-6);
    golden_near(MIDDLE, right, 0.25 * pow(10, 3.0 / 20), 1e-6);
}

static void no_gain_is_silence(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "quiet", "one.wav", "gain = \"-inf\";");
    golden_at(golden, 0, "press quiet");
    golden_render(golden, "--seconds 0.1");
    golden_silent(golden, 0, -1, 0);
}

/* Group gain and mute act on the group's bus alone; the clip's own gain and the group's multiply. */
static void groups_have_a_gain(void **state)
{
    struct golden *golden = *state;
    golden_group(golden, 'B', "gain = -12.0;");
    golden_group(golden, 'C', "mute = true;");
    golden_clip(golden, "a", "one.wav", "");
    golden_clip(golden, "b", "one.wav", "group = \"B\"; gain = -6.5;");
    golden_clip(golden, "c", "one.wav", "group = \"C\";");
    golden_at(golden, 0, "press a");
    golden_at(golden, 0, "press b");
    golden_at(golden, 0, "press c");
    golden_render(golden, "");
    golden_hears(golden, MIDDLE, 0, 1, 0);
    golden_hears(golden, MIDDLE, 2, pow(10, -18.5 / 20), 1e-6);
    golden_silent(golden, 0, -1, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P9", mono_at_the_centre_is_4_5_db_down_in_both),
        GOLDEN_LAW("P9", mono_hard_left_is_all_there_and_silence),
        GOLDEN_LAW("P9", mono_hard_right_likewise),
        GOLDEN_LAW("P9", mono_in_between_follows_the_law),
        GOLDEN_LAW("P9", stereo_has_balance),
        GOLDEN_LAW("P9", stereo_has_balance_to_the_left_too),
        GOLDEN_LAW("P9", gain_is_in_decibels),
        GOLDEN_LAW("P9", no_gain_is_silence),
        GOLDEN_LAW("B4 K1", groups_have_a_gain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
