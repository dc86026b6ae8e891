/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What triggers do besides a press property: the guard (SPEC P10) and the gate (P5). The sound is constant: what is heard is
 * the gain. */
#include "config.h"

#include "golden.h"

#include <string.h>

enum { P = GOLDEN_PROTECTION, GUARD = 24000 /* half a second */ };

static void sounds(const struct golden *golden, int64_t from, int64_t to)
{
    for (int64_t f = from; f < to; f++)
        golden_hears(golden, f, 0, 1, 0);
}

static void refused(const struct golden *golden, int lines, const char *first)
{
    assert_int_equal(golden_refusals(golden), lines);
    if (!strstr(golden->refusals, first))
        fail_msg("'%s' does not say '%s'", golden->refusals, first);
}

/* --- guard --- */

static void a_repeat_is_refused_up_to_the_last_frame(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "g", "one.wav", "guard = 0.5; mode = \"loop\";");
    golden_at(golden, 1000, "press g");
    golden_at(golden, 1000, "press g");
    golden_at(golden, 1000 + GUARD - 1, "press g");
    golden_at(golden, 1000 + GUARD, "press g");
    golden_render(golden, "--seconds 1");
    refused(golden, 2, "1000f press g: 1/1/1 g one: again within 500 ms, its guard\n");
    sounds(golden, 1000 + P, 1000 + GUARD);
    golden_silent(golden, 1000 + GUARD + P, -1, 0);
}

/* Counted from the last that was done, so a key that is hammered gets through. */
static void a_refused_repeat_does_not_prolong_it(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "g", "one.wav", "guard = 0.1; mode = \"loop\"; press = \"restart\";");
    for (int i = 0; i <= 20; i++)
        golden_at(golden, i * 960, "press g");
    golden_render(golden, "--seconds 1");
    refused(golden, 16, "960f press g: ");
}

static void play_and_press_are_one_trigger_and_stop_is_none(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "g", "one.wav", "guard = 0.5; mode = \"loop\";");
    golden_clip(golden, "other", "one.wav", "guard = 0.5; mode = \"loop\"; group = \"B\";");
    golden_at(golden, 0, "play g");
    golden_at(golden, 10, "press g");
    golden_at(golden, 20, "press other");
    golden_at(golden, 1000, "stop g");
    golden_at(golden, 2000, "play g");
    golden_render(golden, "--seconds 1");
    refused(golden, 2, "10f press g: ");
    assert_non_null(strstr(golden->refusals, "2000f play g: "));
    golden_silent(golden, 1000 + P, -1, 0);
    golden_hears(golden, 20000, 2, 1, 0);
}

/* What was refused for another reason did nothing, so nothing repeats it. */
static void only_what_was_done_is_guarded(void **state)
{
    struct golden *golden = *state;
    golden_group(golden, 'A', "voices = 1;");
    golden_clip(golden, "first", "one.wav", "mode = \"loop\";");
    golden_clip(golden, "g", "one.wav", "guard = 0.5; mode = \"loop\"; pan = 1.0;");
    golden_at(golden, 0, "press first");
    golden_at(golden, 1000, "press g");
    golden_at(golden, 2000, "stop first");
    golden_at(golden, 2500, "press g");
    golden_render(golden, "--seconds 0.2");
    refused(golden, 1, "1000f press g: ");
    sounds(golden, P, 2000);
    golden_hears(golden, 5000, 1, 1, 0);
}

static void the_show_has_a_guard_and_clips_their_own(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "shows", "one.wav", "");
    golden_clip(golden, "own", "one.wav", "guard = 0.0; press = \"restart\"; group = \"B\";");
    golden_at(golden, 0, "set show guard 0.5");
    golden_at(golden, 0, "press shows");
    golden_at(golden, 0, "press own");
    golden_at(golden, 1000, "press shows");
    golden_at(golden, 1000, "press own");
    golden_at(golden, 2000, "set show guard 0");
    golden_at(golden, 2000, "press shows");
    golden_render(golden, "--seconds 0.2");
    refused(golden, 1, "1000f press shows: ");
    golden_silent(golden, 2000 + P, -1, 0);
}

/* --- gate --- */

static void it_sounds_while_it_is_held(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "gate", "one.wav", "mode = \"gate\"; guard = 0.1;");
    golden_at(golden, 1000, "press gate down");
    golden_at(golden, 1500, "press gate up");          /* letting go is never guarded */
    golden_at(golden, 2000, "press gate down");        /* too soon: nothing to let go of */
    golden_at(golden, 2500, "press gate up");
    golden_at(golden, 8000, "press gate down");
    golden_render(golden, "");
    refused(golden, 1, "2000f press gate down: ");
    golden_silent(golden, 0, 1000, 0);
    sounds(golden, 1000 + P, 1500);
    for (int n = 0; n < P; n++)
        golden_hears(golden, 1500 + n, 0, 1 - (double)n / P, 1e-6);
    golden_silent(golden, 1500 + P, 8000, 0);
    sounds(golden, 8000 + P, 8000 + GOLDEN_RATE - P);  /* held past its end: it ends at OUT */
    golden_silent(golden, 8000 + GOLDEN_RATE, -1, 0);
}

static void without_a_word_it_toggles(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "gate", "one.wav", "mode = \"gate\"; fade_out = 0.01; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press gate");
    golden_at(golden, 2000, "press gate");
    golden_at(golden, 4000, "press gate down");
    golden_at(golden, 6000, "press gate");             /* a key without an up lets go too */
    golden_at(golden, 8000, "play gate");
    golden_at(golden, 10000, "press gate up");
    golden_render(golden, "");
    for (int i = 0; i < 3; i++) {
        sounds(golden, i * 4000 + P, i * 4000 + 2000);
        for (int n = 0; n < 480; n++)
            golden_hears(golden, i * 4000 + 2000 + n, 0, 1 - (double)n / 480, 1e-6);
        golden_silent(golden, i * 4000 + 2480, i < 2 ? i * 4000 + 4000 : -1, 0);
    }
    assert_int_equal(golden_refusals(golden), 0);
}

/* Pressed again while it is held: it begins again, and one letting go ends it. */
static void held_twice_is_held_once(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "gate", "one.wav", "mode = \"gate\";");
    golden_at(golden, 0, "press gate down");
    golden_at(golden, 2000, "press gate down");
    golden_at(golden, 4000, "press gate up");
    golden_at(golden, 5000, "press gate up");
    golden_render(golden, "");
    for (int64_t f = P; f < 4000; f++)
        golden_hears(golden, f, 0, 1, 1e-6);
    golden_silent(golden, 4000 + P, -1, 0);
    assert_int_equal(golden_refusals(golden), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P10", a_repeat_is_refused_up_to_the_last_frame),
        GOLDEN_LAW("P10", a_refused_repeat_does_not_prolong_it),
        GOLDEN_LAW("P10", play_and_press_are_one_trigger_and_stop_is_none),
        GOLDEN_LAW("P10", only_what_was_done_is_guarded),
        GOLDEN_LAW("P10", the_show_has_a_guard_and_clips_their_own),
        GOLDEN_LAW("P5", it_sounds_while_it_is_held),
        GOLDEN_LAW("P5", without_a_word_it_toggles),
        GOLDEN_LAW("P5", held_twice_is_held_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
