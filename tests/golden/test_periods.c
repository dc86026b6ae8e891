/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One script, every period size: the same file, byte for byte (SPEC E2). */
#include "config.h"

#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIPS = 12, COMMANDS = 250 };

static unsigned next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static void make_show(struct golden *golden)
{
    static const char *const more[CLIPS] = {
        "",
        "press = \"restart\"; group = \"B\";",
        "press = \"layer\"; gain = -4.5; pan = 0.3;",
        "mode = \"loop\"; in = 100; out = 3333; group = \"C\";",
        "fade_in = 0.05; fade_in_curve = \"log\"; fade_out = 0.11; fade_out_curve = \"s-curve\";",
        "group = \"D\"; fade_out = 0.5;",
        "group = \"D\"; fade_out = 0.7;",
        "group = \"D\"; fade_out = 0.9; fade_end = 0.2;",
        "mode = \"loop\"; loops = 3; seam = 7.5; out = 5000;",
        "stop_others = true; fade_in = 0.01;",
        "choke = true; group = \"B\"; pan = -1.0;",
        "press = \"ignore\"; group = \"C\"; fade_end = 0.4; fade_out_curve = \"equal-power\";",
    };
    golden_media(golden, "s16.wav", 2, 48000, OUTPUT_S16, 30011, golden_noise);
    golden_media(golden, "mono.wav", 1, 44100, OUTPUT_S24_3, 20011, golden_noise);
    golden_media(golden, "f32.wav", 2, 32000, OUTPUT_F32, 10007, golden_noise);
    golden_group(golden, 'C', "voices = 3;");
    golden_group(golden, 'D', "mode = \"choke\"; voices = 2;");
    for (int i = 0; i < CLIPS; i++) {
        char id[16];
        snprintf(id, sizeof id, "k%d", i);
        golden_clip(golden, id, i % 3 == 0 ? "s16.wav" : i % 3 == 1 ? "mono.wav" : "f32.wav", more[i]);
    }
}

/* Commands of every kind at odd places, several on one frame among them; at last a panic, so that it ends. */
static void make_script(struct golden *golden)
{
    uint32_t chance = 7;
    int64_t at = 3;
    for (int i = 0; i < COMMANDS; i++) {
        int clip = (int)(next_random(&chance) % CLIPS);
        char group = (char)('A' + next_random(&chance) % 4);
        switch (next_random(&chance) % 14) {
        case 0: golden_at(golden, at, "stop k%d", clip); break;
        case 1: golden_at(golden, at, "fade group:%c -%u 0.0%d s-curve", group, next_random(&chance) % 30, 1 + i % 8); break;
        case 2: golden_at(golden, at, "mute group:%c %s", group, next_random(&chance) % 2 ? "on" : "off"); break;
        case 3: golden_at(golden, at, "audition k%d", clip); break;
        case 4: golden_at(golden, at, "fade k%d -6 0.02", clip); break;
        case 5: golden_at(golden, at, "play k%d", clip); break;
        case 6: golden_at(golden, at, "gain group:%c -%u", group, next_random(&chance) % 20); break;
        case 7: golden_at(golden, at, "release k%d", clip); break;
        default: golden_at(golden, at, "press k%d", clip);
        }
        at += next_random(&chance) % 7 ? next_random(&chance) % 2500 : 0;
    }
    golden_at(golden, at + 48000, "panic");
    golden_at(golden, at + 48777, "panic");
}

static void every_period_gives_the_same_bytes(void **state)
{
    struct golden *golden = *state;
    static const int periods[] = { 64, 16, 256, 997, 1024, 4096 };
    float *first = NULL;
    char *refusals = NULL;
    int64_t frames = 0;
    make_show(golden);
    make_script(golden);
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        char option[32];
        snprintf(option, sizeof option, "--period %d", periods[i]);
        golden_render(golden, option);
        if (i > 0) {
            assert_int_equal(golden->frames, frames);
            assert_memory_equal(golden->samples, first, (size_t)frames * GOLDEN_CHANNELS * sizeof(float));
            assert_string_equal(golden->refusals, refusals);
            continue;
        }
        first = golden->samples;
        refusals = golden->refusals;
        frames = golden->frames;
        golden->samples = NULL;
        golden->refusals = NULL;
        assert_true(frames > 48000 * 2);
        double most = 0;
        for (int64_t n = 0; n < frames * GOLDEN_CHANNELS; n++)
            most = first[n] > most ? first[n] : most;
        assert_true(most > 0.3);
    }
    free(first);
    free(refusals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("E2", every_period_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
