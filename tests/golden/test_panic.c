/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panic: everything fades in a second, the second one cuts, and neither clicks. The sound is constant, so the bus is the gain. */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PANIC = 8800, SECOND = GOLDEN_RATE, CUT = 240 /* 5 ms */, AUDITION = 8 };

/* Everything that sounds: two groups and Audition. */
static void play_three(struct golden *golden)
{
    golden_clip(golden, "a", "one.wav", "mode = \"loop\"; fade_out_curve = \"linear\";");
    golden_clip(golden, "b", "one.wav", "mode = \"loop\"; group = \"B\"; fade_out = 20.0; fade_out_curve = \"s-curve\";");
    golden_clip(golden, "heard", "one.wav", "mode = \"loop\"; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press a");
    golden_at(golden, 0, "press b");
    golden_at(golden, 0, "audition heard");
}

static void the_first_fades_a_second_by_the_clips_own_curves(void **state)
{
    struct golden *golden = *state;
    play_three(golden);
    golden_at(golden, PANIC, "panic");
    golden_render(golden, "");
    for (int64_t n = 0; n < SECOND; n++) {
        double left = 1 - (double)n / SECOND;
        golden_hears(golden, PANIC + n, 0, left, 2e-6);
        golden_hears(golden, PANIC + n, 2, (1 - cos(M_PI * left)) / 2, 2e-6);
        golden_hears(golden, PANIC + n, AUDITION, left, 2e-6);
    }
    for (unsigned c = 0; c < GOLDEN_CHANNELS; c++)
        golden_silent(golden, PANIC + SECOND, -1, c);
}

static void a_shorter_fade_under_way_goes_on(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "c", "one.wav", "fade_out = 0.25; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press c");
    golden_at(golden, PANIC - 4800, "stop c");
    golden_at(golden, PANIC, "panic");
    golden_render(golden, "");
    for (int64_t n = 0; n < 12000; n++)
        golden_hears(golden, PANIC - 4800 + n, 0, 1 - (double)n / 12000, 2e-6);
    golden_silent(golden, PANIC - 4800 + 12000, -1, 0);
}

static void the_second_cuts_in_5_ms(void **state)
{
    struct golden *golden = *state;
    int64_t again = PANIC + SECOND / 4;
    play_three(golden);
    golden_at(golden, PANIC, "panic");
    golden_at(golden, again, "panic");
    golden_render(golden, "--seconds 1");
    for (int64_t n = 0; n < CUT; n++)
        for (unsigned c = 0; c <= AUDITION; c += AUDITION)
            golden_hears(golden, again + n, c, 0.75 * (1 - (double)n / CUT), 2e-6);
    for (unsigned c = 0; c < GOLDEN_CHANNELS; c++)
        golden_silent(golden, again + CUT, -1, c);
    for (int64_t i = 1; i < golden->frames; i++)        /* no step steeper than a millisecond from full */
        for (unsigned c = 0; c < GOLDEN_CHANNELS; c++)
            golden_near(i, golden_sample_at(golden, i, c), golden_sample_at(golden, i - 1, c), 1.0 / GOLDEN_PROTECTION + 1e-6);
}

/* Also what was in a shorter fade of its own, which the first let go on. */
static void the_second_cuts_a_shorter_fade_too(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "c", "one.wav", "fade_out = 0.5; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press c");
    golden_at(golden, PANIC, "stop c");
    golden_at(golden, PANIC + 6000, "panic");
    golden_at(golden, PANIC + 12000, "panic");
    golden_render(golden, "");
    for (int64_t n = 0; n < CUT; n++)
        golden_hears(golden, PANIC + 12000 + n, 0, 0.5 * (1 - (double)n / CUT), 2e-6);
    golden_silent(golden, PANIC + 12000 + CUT, -1, 0);
}

/* When the fade of the first is over or cut, the next is a first one again. */
static void a_panic_after_panics_fades_again(void **state)
{
    struct golden *golden = *state;
    play_three(golden);
    golden_at(golden, PANIC, "panic");
    golden_at(golden, PANIC + 1000, "panic");
    golden_at(golden, PANIC + 2000, "press a");
    golden_at(golden, PANIC + 3000, "panic");
    golden_render(golden, "");
    for (int64_t n = 0; n < SECOND; n++)
        golden_hears(golden, PANIC + 3000 + n, 0, 1 - (double)n / SECOND, 2e-6);
    golden_silent(golden, PANIC + 3000 + SECOND, -1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P8", the_first_fades_a_second_by_the_clips_own_curves),
        GOLDEN_LAW("P8 F4", a_shorter_fade_under_way_goes_on),
        GOLDEN_LAW("P8", the_second_cuts_in_5_ms),
        GOLDEN_LAW("P8", the_second_cuts_a_shorter_fade_too),
        GOLDEN_LAW("P8", a_panic_after_panics_fades_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
