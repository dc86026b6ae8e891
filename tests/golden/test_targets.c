/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stop, fade, mute, gain and pause of every target: what each reaches, and what it leaves alone (SPEC P8, F3). */
#include "config.h"

#include "golden.h"

#include <math.h>

enum { AT = 2000, DONE = AT + 1000, AUDITION = 8, FADE = 480 };

/* a: tab 1, group A; b: tab 1, group B; c: tab 2, group C; d: tab 1, on Audition. All sound from 0 on. */
static void make_four(struct golden *golden)
{
    golden_clip(golden, "a", "one.wav", "mode = \"loop\";");
    golden_clip(golden, "b", "one.wav", "mode = \"loop\"; group = \"B\";");
    golden_clip(golden, "c", "one.wav", "mode = \"loop\"; group = \"C\";");
    golden_clip(golden, "d", "one.wav", "mode = \"loop\"; group = \"D\";");
    golden_at(golden, 0, "set tab:2 rows 4");
    golden_at(golden, 0, "move c 2/1/1");
    golden_at(golden, 0, "press a");
    golden_at(golden, 0, "press b");
    golden_at(golden, 0, "press c");
    golden_at(golden, 0, "audition d");
}

/* Levels of a, b, c and d once the command is done. */
static void levels_are(struct golden *golden, const char *command, double a, double b, double c, double d)
{
    static const unsigned channel[] = {0, 2, 4, AUDITION};
    const double wanted[] = {a, b, c, d};
    golden_forget_script(golden);
    golden->clip_count = 0;
    strbuf_reset(&golden->clips);
    make_four(golden);
    golden_at(golden, AT, "%s", command);
    golden_render(golden, "--seconds 0.1");
    assert_int_equal(golden_refusals(golden), 0);
    for (int i = 0; i < 4; i++) {
        golden_hears(golden, AT, channel[i], 1, 1e-6);
        golden_hears(golden, DONE, channel[i], wanted[i], 1e-6);
    }
}

static void stop_reaches_its_target(void **state)
{
    struct golden *golden = *state;
    levels_are(golden, "stop a", 0, 1, 1, 1);
    levels_are(golden, "stop 2/1/1", 1, 1, 0, 1);
    levels_are(golden, "stop d", 1, 1, 1, 0);
    levels_are(golden, "stop group:B", 1, 0, 1, 1);
    levels_are(golden, "stop bus:C", 1, 1, 0, 1);
    levels_are(golden, "stop bus:audition", 1, 1, 1, 0);
    levels_are(golden, "stop tab:2", 1, 1, 0, 1);
    levels_are(golden, "stop all", 0, 0, 0, 0);
}

static void fade_reaches_its_target(void **state)
{
    struct golden *golden = *state;
    levels_are(golden, "fade a -20 0.01", 0.1, 1, 1, 1);
    levels_are(golden, "fade group:B -20 0.01", 1, 0.1, 1, 1);
    levels_are(golden, "fade bus:C -20 0.01", 1, 1, 0.1, 1);
    levels_are(golden, "fade bus:audition -20 0.01", 1, 1, 1, 0.1);
    levels_are(golden, "fade tab:2 -20 0.01", 1, 1, 0.1, 1);
    levels_are(golden, "fade all -20 0.01", 0.1, 0.1, 0.1, 0.1);
    levels_are(golden, "fade all -inf 0.01", 0, 0, 0, 0);
}

static void mute_reaches_its_target(void **state)
{
    struct golden *golden = *state;
    levels_are(golden, "mute a on", 0, 1, 1, 1);
    levels_are(golden, "mute group:B on", 1, 0, 1, 1);
    levels_are(golden, "mute bus:C on", 1, 1, 0, 1);
    levels_are(golden, "mute bus:audition on", 1, 1, 1, 0);
    levels_are(golden, "mute tab:2 on", 1, 1, 0, 1);
    levels_are(golden, "mute all on", 0, 0, 0, 1);
}

static void gain_reaches_its_target(void **state)
{
    struct golden *golden = *state;
    levels_are(golden, "gain a -20", 0.1, 1, 1, 1);
    levels_are(golden, "gain group:B -20", 1, 0.1, 1, 1);
    levels_are(golden, "gain bus:C -inf", 1, 1, 0, 1);
    levels_are(golden, "gain tab:2 -20", 1, 1, 0.1, 1);
    levels_are(golden, "gain all -20", 0.1, 0.1, 0.1, 0.1);
}

static void pause_reaches_its_target(void **state)
{
    struct golden *golden = *state;
    levels_are(golden, "pause a", 0, 1, 1, 1);
    levels_are(golden, "pause group:B", 1, 0, 1, 1);
    levels_are(golden, "pause bus:C", 1, 1, 0, 1);
    levels_are(golden, "pause tab:2", 1, 1, 0, 1);
    levels_are(golden, "pause all", 0, 0, 0, 0);
}

/* The last fade wins, from the level that the one before has come to; on the voice and on its bus alike. */
static void the_last_fade_wins_from_where_it_is(void **state)
{
    struct golden *golden = *state;
    static const char *const targets[] = {"a", "group:A", "bus:A", "all"};
    for (int i = 0; i < 4; i++) {
        golden_forget_script(golden);
        golden->clip_count = 0;
        strbuf_reset(&golden->clips);
        make_four(golden);
        golden_at(golden, AT, "fade %s -20 0.01", targets[i]);
        golden_at(golden, AT + FADE / 2, "fade %s 6 0.01", targets[i]);
        golden_render(golden, "--seconds 0.1");
        double middle = 1 - 0.9 / 2, loud = pow(10, 6 / 20.0);
        for (int64_t n = 0; n < FADE / 2; n++)
            golden_hears(golden, AT + n, 0, 1 - 0.9 * (double)n / FADE, 1e-6);
        for (int64_t n = 0; n <= FADE; n++)
            golden_hears(golden, AT + FADE / 2 + n, 0, middle + (loud - middle) * (double)n / FADE, 2e-6);
    }
}

/* Of a clip the level goes with the voice; of a group it is the bus's, and stays. */
static void a_fade_of_a_group_stays(void **state)
{
    struct golden *golden = *state;
    make_four(golden);
    golden_at(golden, AT, "fade a -20 0.01");
    golden_at(golden, AT, "fade group:B -20 0.01");
    golden_at(golden, DONE, "stop all");
    golden_at(golden, DONE + 500, "play a");
    golden_at(golden, DONE + 500, "play b");
    golden_at(golden, DONE + 1500, "fade group:B 0 0.01");
    golden_render(golden, "--seconds 0.2");
    golden_hears(golden, DONE + 1500, 0, 1, 1e-6);
    golden_hears(golden, DONE + 1500, 2, 0.1, 1e-6);
    golden_hears(golden, DONE + 3000, 2, 1, 1e-6);
}

/* Soloed groups are heard, and no others but Audition; without any all are. The way there takes 5 ms. */
static void solo_leaves_the_others_silent(void **state)
{
    struct golden *golden = *state;
    enum { CROSS = 240 };
    levels_are(golden, "solo group:B on", 0, 1, 0, 1);
    levels_are(golden, "solo group:D on", 0, 0, 0, 1);
    golden_forget_script(golden);
    golden->clip_count = 0;
    strbuf_reset(&golden->clips);
    make_four(golden);
    golden_at(golden, AT, "solo group:B on");
    golden_at(golden, DONE, "solo group:B off");
    golden_render(golden, "--seconds 0.1");
    for (int n = 0; n < CROSS; n++) {
        golden_hears(golden, AT + n, 0, 1 - (double)n / CROSS, 1e-6);
        golden_hears(golden, DONE + n, 0, (double)n / CROSS, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P8", stop_reaches_its_target), GOLDEN_LAW("F3", fade_reaches_its_target),
        GOLDEN_LAW("K1 B4", mute_reaches_its_target), GOLDEN_LAW("P9 K1", gain_reaches_its_target),
        GOLDEN_LAW("P6", pause_reaches_its_target), GOLDEN_LAW("F3", the_last_fade_wins_from_where_it_is),
        GOLDEN_LAW("F3", a_fade_of_a_group_stays), GOLDEN_LAW("K1", solo_leaves_the_others_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
