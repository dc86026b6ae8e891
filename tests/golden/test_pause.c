/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pausing and the emergency (SPEC P3, P6, S3) on noise, of which every sample is another one: what
 * is heard before and after is the file, in its order, without a sample left out or heard twice.
 */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <string.h>

enum { FRAMES = 24000, RECOVERY = 240 /* 5 ms */ };

static void make_clip(struct golden *golden, const char *more)
{
    golden_media(golden, "noise.wav", 2, GOLDEN_RATE, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "n", "noise.wav", more);
}

/* Frames from..to of the output are the file from frame `at` on. */
static void plays(const struct golden *golden, int64_t from, int64_t to, int64_t at)
{
    for (int64_t f = from; f < to; f++)
        for (unsigned c = 0; c < 2; c++)
            golden_hears(golden, f, c, golden_noise(at + f - from, c), 0);
}

static void fades(const struct golden *golden, int64_t from, int frames, int64_t at, bool out)
{
    for (int n = 0; n < frames; n++) {
        double gain = (double)n / frames;
        golden_hears(golden, from + n, 0, golden_noise(at + n, 0) * (out ? 1 - gain : gain), 1e-6);
    }
}

static void held_from_1000_to_5000(const struct golden *golden, int way_back)
{
    enum { P = GOLDEN_PROTECTION };
    plays(golden, P, 1000, P);
    fades(golden, 1000, P, 1000, true);
    golden_silent(golden, 1000 + P, 5000, 0);
    fades(golden, 5000, way_back, 1000 + P, false);
    plays(golden, 5000 + way_back, FRAMES + 4000 - 2 * P, 1000 + P + way_back);
    golden_silent(golden, FRAMES + 4000 - P, -1, 0);
}

static void pause_and_resume(void **state)
{
    struct golden *golden = *state;
    make_clip(golden, "");
    golden_at(golden, 0, "play n");
    golden_at(golden, 1000, "pause n");
    golden_at(golden, 5000, "resume n");
    golden_render(golden, "");
    held_from_1000_to_5000(golden, GOLDEN_PROTECTION);
    golden_render(golden, "--period 333");
    held_from_1000_to_5000(golden, GOLDEN_PROTECTION);
}

static void every_target_is_paused(void **state)
{
    static const char *const targets[] = {"n", "1/1/1", "group:A", "bus:A", "tab:1", "all"};
    struct golden *golden = *state;
    make_clip(golden, "");
    for (unsigned i = 0; i < sizeof targets / sizeof *targets; i++) {
        golden_forget_script(golden);
        golden_at(golden, 0, "play n");
        golden_at(golden, 1000, "pause %s", targets[i]);
        golden_at(golden, 5000, "resume %s", targets[i]);
        golden_render(golden, "");
        held_from_1000_to_5000(golden, GOLDEN_PROTECTION);
    }
}

static void a_key_that_pauses(void **state)
{
    struct golden *golden = *state;
    make_clip(golden, "press = \"pause\";");
    golden_at(golden, 0, "press n");
    golden_at(golden, 1000, "press n");
    golden_at(golden, 5000, "press n");
    golden_render(golden, "");
    held_from_1000_to_5000(golden, GOLDEN_PROTECTION);
}

static void an_emergency_and_its_end(void **state)
{
    struct golden *golden = *state;
    make_clip(golden, "");
    golden_at(golden, 0, "press n");
    golden_at(golden, 1000, "emergency");
    golden_at(golden, 3000, "press n");
    golden_at(golden, 5000, "emergency");
    golden_render(golden, "");
    held_from_1000_to_5000(golden, RECOVERY);
    assert_int_equal(golden_refusals(golden), 1);
    assert_non_null(strstr(golden->refusals, "3000f press n: "));
}

/* Nothing waits for a resume that no line of the script brings. */
static void what_stays_paused_has_no_end(void **state)
{
    struct golden *golden = *state;
    make_clip(golden, "");
    golden_at(golden, 0, "play n");
    golden_at(golden, 1000, "pause n");
    golden_render_refused(golden, "");
    golden_render(golden, "--seconds 1");
    golden_silent(golden, 1000 + GOLDEN_PROTECTION, -1, 0);
    golden_at(golden, 2000, "stop n");
    golden_render(golden, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P6", pause_and_resume),
        GOLDEN_LAW("P6", every_target_is_paused),
        GOLDEN_LAW("P3 P6", a_key_that_pauses),
        GOLDEN_LAW("S3", an_emergency_and_its_end),
        GOLDEN_LAW("P6", what_stays_paused_has_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
