/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audition: one voice of its own on the last bus, that nothing but itself and a stop of everything reaches. */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEFT = 8, RIGHT = 9, CROSS = 240 /* 5 ms */ };

static void it_sounds_on_its_bus_alone(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "heard", "one.wav", "group = \"B\";");
    golden_at(golden, 0, "audition heard");
    golden_render(golden, "");
    golden_hears(golden, 10000, LEFT, 1, 0);
    golden_hears(golden, 10000, RIGHT, 1, 0);
    for (unsigned c = 0; c < LEFT; c++)
        golden_silent(golden, 0, -1, c);
}

/* It neither chokes nor stops the others, whatever its clip says. */
static void it_stops_no_one(void **state)
{
    struct golden *golden = *state;
    golden_group(golden, 'A', "mode = \"choke\";");
    golden_clip(golden, "a", "one.wav", "choke = true;");
    golden_clip(golden, "heard", "one.wav", "choke = true; stop_others = true;");
    golden_at(golden, 0, "press a");
    golden_at(golden, 4800, "audition heard");
    golden_render(golden, "");
    for (int64_t n = GOLDEN_PROTECTION; n < GOLDEN_RATE - GOLDEN_PROTECTION; n++)
        golden_hears(golden, n, 0, 1, 0);
    golden_hears(golden, 10000, LEFT, 1, 0);
}

/* Nor do they stop it: not a stop of its clip's group, not a clip that stops all others. */
static void no_one_stops_it(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "heard", "one.wav", "");
    golden_clip(golden, "last", "one.wav", "stop_others = true; group = \"B\";");
    golden_at(golden, 0, "press heard");
    golden_at(golden, 0, "audition heard");
    golden_at(golden, 4800, "stop group:A");
    golden_at(golden, 9600, "press last");
    golden_render(golden, "");
    golden_silent(golden, 4800 + GOLDEN_PROTECTION, -1, 0);
    for (int64_t n = GOLDEN_PROTECTION; n < GOLDEN_RATE - GOLDEN_PROTECTION; n++)
        golden_hears(golden, n, LEFT, 1, 0);
}

/* A clip takes the place of another in 5 ms; the same once more is a stop. */
static void there_is_one_at_a_time(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "first", "one.wav", "pan = 1.0;");
    golden_clip(golden, "second", "one.wav", "pan = -1.0;");
    golden_at(golden, 0, "audition first");
    golden_at(golden, 9600, "audition second");
    golden_at(golden, 19200, "audition second");
    golden_render(golden, "");
    for (int64_t n = 0; n < CROSS; n++)
        golden_hears(golden, 9600 + n, RIGHT, 1 - (double)n / CROSS, 2e-6);
    golden_silent(golden, 9600 + CROSS, -1, RIGHT);
    golden_hears(golden, 9600 + CROSS, LEFT, 1, 0);
    golden_hears(golden, 19199, LEFT, 1, 0);
    golden_silent(golden, 19200 + GOLDEN_PROTECTION, -1, LEFT);
}

static void a_full_pool_has_room_for_it(void **state)
{
    struct golden *golden = *state;
    for (int i = 1; i <= 25; i++) {
        char id[16];
        snprintf(id, sizeof id, "clip%d", i);
        golden_clip(golden, id, "one.wav", "gain = -40.0;");
        golden_at(golden, 0, i < 25 ? "press clip%d" : "audition clip%d", i);
    }
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), 0);
    golden_hears(golden, 10000, 0, 0.24, 1e-6);
    golden_hears(golden, 10000, LEFT, 0.01, 1e-6);
}

/* The clip as it would be: IN, OUT, gain and the rest of an edit are heard while it is made, and the show stays as it is. */
static void an_edit_in_progress_is_heard_on_audition_alone(void **state)
{
    enum { P = GOLDEN_PROTECTION };
    struct golden *golden = *state;
    golden_media(golden, "steps.wav", 2, GOLDEN_RATE, OUTPUT_S16, 40000, golden_noise);
    golden_group(golden, 'A', "mode = \"choke\"; gain = -20.0;");
    golden_clip(golden, "s", "steps.wav", "stop_others = true; guard = 1.0; markers = ( { at = 5; } );");
    golden_clip(golden, "bed", "one.wav", "group = \"A\";");
    golden_at(golden, 0, "press bed");
    golden_at(golden, 0, "audition s with in 10000 out 20000");
    golden_at(golden, 2000, "audition s with in 12500 out 20000 mode loop");     /* at 12000: begins again at IN */
    golden_at(golden, 4000, "audition s with in 12500 out 20000 gain -inf");
    golden_at(golden, 6000, "audition s at 15000f with in 12500 out 20000");
    golden_at(golden, 8000, "audition s with in 20000 out 20000");
    golden_at(golden, 8000, "stop bus:audition");
    golden_at(golden, 9000, "press s");                                         /* as it was all the time */
    golden_render(golden, "");
    for (int64_t f = P; f < 2000; f++)
        golden_hears(golden, f, LEFT, golden_noise(10000 + f, 0), 0);
    for (int64_t f = 2000 + CROSS; f < 4000; f++)
        golden_hears(golden, f, LEFT, golden_noise(12500 + f - 2000, 0), 0);
    golden_silent(golden, 4000 + CROSS, 6000, LEFT);
    for (int64_t f = 6000 + CROSS; f < 8000; f++)
        golden_hears(golden, f, LEFT, golden_noise(15000 + f - 6000, 0), 0);
    golden_silent(golden, 8000 + P, -1, LEFT);
    for (int64_t f = P; f < 9000; f++)
        golden_hears(golden, f, 0, 0.1, 1e-6);
    for (int64_t f = 9000 + P; f < 40000; f += 7)
        golden_hears(golden, f, 0, 0.1 * golden_noise(f - 9000, 0), 1e-6);
    assert_int_equal(golden_refusals(golden), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P12", it_sounds_on_its_bus_alone),
        GOLDEN_LAW("P12", it_stops_no_one),
        GOLDEN_LAW("P12", no_one_stops_it),
        GOLDEN_LAW("P1 P12", there_is_one_at_a_time),
        GOLDEN_LAW("P1 P12", a_full_pool_has_room_for_it),
        GOLDEN_LAW("P12", an_edit_in_progress_is_heard_on_audition_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
