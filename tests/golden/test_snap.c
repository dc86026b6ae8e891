/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snap-to, in a render: where the places of a clip are afterwards is heard, in frames of its file. The media are noise in which no two
 * places are alike.
 */
#include "config.h"

#include "golden.h"

#include <string.h>

/* From `at` on it plays frames of the noise from `from` on, behind the protection of its start. */
static void hears_noise(const struct golden *golden, int64_t at, int64_t from, int64_t frames)
{
    for (int64_t n = GOLDEN_PROTECTION; n < frames; n++)
        golden_hears(golden, at + n, 1, golden_noise(from + n, 1), 0);
}

static void in_out_and_markers_go_to_the_nearest_line(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "noise.wav", 2, GOLDEN_RATE, OUTPUT_S16, 24000, golden_noise);
    golden_clip(golden, "song", "noise.wav", "in = 1000; out = 9000; markers = ( { name = \"v\"; at = 4700; } );");
    golden_at(golden, 0, "snap-to song 25");
    golden_at(golden, 0, "play song");
    golden_at(golden, 10000, "play song marker 1");
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), 0);
    hears_noise(golden, 0, 1920, 9600 - 1920 - GOLDEN_PROTECTION);
    golden_silent(golden, 9600 - 1920, 10000, 1);
    hears_noise(golden, 10000, 3840, 1000);
}

/* A second of the file has the file's frames: 29.97 of them a second at 44.1 kHz are 1471.47 each. */
static void the_grid_goes_by_the_rate_of_the_file(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "noise.wav", 2, 44100, OUTPUT_S16, 24000, golden_noise);
    golden_clip(golden, "song", "noise.wav", "in = 4000;");
    golden_at(golden, 0, "snap-to song 29.97 in");
    golden_at(golden, 0, "press song");
    golden_render(golden, "--rate 44100");
    hears_noise(golden, 0, 4414, 4000);         /* the third line: 4414.41 */
}

static void what_sounds_hears_it_and_undo_takes_it_back(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "noise.wav", 2, GOLDEN_RATE, OUTPUT_S16, 48000, golden_noise);
    golden_clip(golden, "song", "noise.wav", "out = 30000;");
    golden_at(golden, 0, "press song");
    golden_at(golden, 1000, "snap-to song 120bpm");             /* OUT is 24000 now */
    golden_at(golden, 40000, "undo");
    golden_at(golden, 40000, "press song");
    golden_render(golden, "");
    hears_noise(golden, 0, 0, 24000 - GOLDEN_PROTECTION);
    golden_silent(golden, 24000, 40000, 1);
    hears_noise(golden, 40000, 0, 30000 - GOLDEN_PROTECTION);
}

static void what_would_vanish_is_refused_and_changes_nothing(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "noise.wav", 2, GOLDEN_RATE, OUTPUT_S16, 24000, golden_noise);
    golden_clip(golden, "song", "noise.wav", "in = 1000; out = 2800;");
    golden_at(golden, 0, "snap-to song 25");
    golden_at(golden, 0, "snap-to song 20bpm out in");
    golden_at(golden, 0, "snap-to song 26");
    golden_at(golden, 0, "undo");
    golden_at(golden, 0, "press song");
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), 4);
    assert_non_null(strstr(golden->refusals, "IN has to be before OUT"));
    assert_non_null(strstr(golden->refusals, "23.976, 24, 25, 29.97, 30, 60, 75 frames a second, or beats like 120bpm"));
    hears_noise(golden, 0, 1000, 1800 - GOLDEN_PROTECTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("M4", in_out_and_markers_go_to_the_nearest_line),
        GOLDEN_LAW("M4", the_grid_goes_by_the_rate_of_the_file),
        GOLDEN_LAW("M1 M4", what_sounds_hears_it_and_undo_takes_it_back),
        GOLDEN_LAW("M4", what_would_vanish_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
