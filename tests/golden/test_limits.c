/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many sound at once: the pool of 24, choke groups, and what is refused. Clip k is silent
 * but at frames that leave k when divided by 32, and is pressed at multiples of 32: so every
 * frame of a bus belongs to one clip, and the voices can be counted in the sound itself.
 */
#include "config.h"

#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMB = 32, FRAMES = 48000 * 4, CLIPS = 30 };

static int tooth;

static float comb(int64_t frame, unsigned channel)
{
    (void)channel;
    return frame % COMB == tooth ? 0.5f : 0;
}

/* Clips 1 to count, each in group letter, or in A B C in turn if it is 0. */
static void make_clips(struct golden *golden, int count, char letter, const char *more)
{
    for (tooth = 0; tooth < count; tooth++) {
        char id[16], file[24], properties[128];
        snprintf(id, sizeof id, "clip%d", tooth + 1);
        snprintf(file, sizeof file, "%d.wav", tooth + 1);
        snprintf(properties, sizeof properties, "group = \"%c\"; %s", letter ? letter : 'A' + tooth % 3, more);
        golden_media(golden, file, 2, 48000, OUTPUT_S16, FRAMES, comb);
        golden_clip(golden, id, file, properties);
    }
}

/* A bit for every clip that has a sound at some frame of [from, to) on any bus. */
static uint32_t who_sounds(const struct golden *golden, int64_t from, int64_t to)
{
    uint32_t who = 0;
    for (int64_t i = from; i < to && i < golden->frames; i++)
        for (unsigned c = 0; c < GOLDEN_CHANNELS; c++)
            if (golden_sample_at(golden, i, c) != 0)
                who |= UINT32_C(1) << i % COMB;
    return who;
}

static int count_bits(uint32_t bits)
{
    int count = 0;
    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

static void thirty_presses_sound_24_and_refuse_six_by_name(void **state)
{
    struct golden *golden = *state;
    make_clips(golden, CLIPS, 0, "");
    for (int i = 0; i < CLIPS; i++)
        golden_at(golden, (i + 1) * 3200, "press clip%d", i + 1);
    golden_render(golden, "");
    assert_int_equal(who_sounds(golden, CLIPS * 3200 + 3200, CLIPS * 3200 + 6400), 0xffffff);
    assert_int_equal(golden_refusals(golden), CLIPS - 24);
    char *line = golden->refusals;
    for (int i = 25; i <= CLIPS; i++) {
        char name[16], *end = strchr(line, '\n');
        *end = 0;
        snprintf(name, sizeof name, "clip%d", i);
        if (!strstr(line, name))
            fail_msg("'%s' does not name %s", line, name);
        line = end + 1;
    }
}

/* A tail gives its slot to a newcomer; what is held is protected. */
static void a_tail_gives_way(void **state)
{
    struct golden *golden = *state;
    make_clips(golden, 26, 0, "fade_out = 3.0;");
    for (int i = 0; i < 24; i++)
        golden_at(golden, (i + 1) * 320, "press clip%d", i + 1);
    golden_at(golden, 9600, "press clip7");            /* stops: its tail sounds for three seconds */
    golden_at(golden, 19200, "press clip25");
    golden_at(golden, 28800, "press clip26");
    golden_render(golden, "");
    assert_int_equal(who_sounds(golden, 12800, 19200), 0xffffff);
    assert_int_equal(who_sounds(golden, 19200 + 320, 28800), (0xffffff & ~(1 << 6)) | 1 << 24);
    assert_int_equal(who_sounds(golden, 28800 + 320, 38400), (0xffffff & ~(1 << 6)) | 1 << 24);
    assert_int_equal(golden_refusals(golden), 1);
    assert_non_null(strstr(golden->refusals, "clip26"));
}

/* Six milliseconds after each press no more voices than set, however long the fade-outs are; what was pressed last is there. */
static void choke_group_of(struct golden *golden, int voices)
{
    enum { PRESSES = 40 };
    char properties[64];
    int64_t at[PRESSES + 1], now = 320;
    snprintf(properties, sizeof properties, "mode = \"choke\"; voices = %d;", voices);
    golden_group(golden, 'B', properties);
    make_clips(golden, 10, 'B', "fade_out = 2.0; press = \"restart\";");
    for (int i = 0; i < PRESSES; i++) {
        at[i] = now;
        golden_at(golden, now, "press clip%d", i * 7 % 10 + 1);
        now += COMB * (10 + i * i % 37);                /* 7 to 31 ms */
    }
    at[PRESSES] = now;
    golden_render(golden, "");
    int most = 0;
    for (int i = 0; i < PRESSES; i++) {
        uint32_t who = who_sounds(golden, at[i] + 288, at[i + 1]);
        assert_true(who & UINT32_C(1) << i * 7 % 10);
        most = count_bits(who) > most ? count_bits(who) : most;
    }
    assert_int_equal(most, voices);
    assert_int_equal(golden_refusals(golden), 0);
}

static void choke_holds_two(void **state)
{
    choke_group_of(*state, 2);
}

static void choke_holds_three(void **state)
{
    choke_group_of(*state, 3);
}

static void choke_holds_four(void **state)
{
    choke_group_of(*state, 4);
}

static void choke_of_one_cuts(void **state)
{
    choke_group_of(*state, 1);
}

/* A free group's own limit refuses what would be one too many. */
static void a_free_group_has_its_limit(void **state)
{
    struct golden *golden = *state;
    golden_group(golden, 'D', "voices = 2;");
    make_clips(golden, 4, 'D', "");
    for (int i = 0; i < 4; i++)
        golden_at(golden, i * 3200, "press clip%d", i + 1);
    golden_render(golden, "");
    assert_int_equal(who_sounds(golden, 12800, 16000), 3);
    assert_int_equal(golden_refusals(golden), 2);
}

/* Flagged clips of a free group choke one another and nobody else. */
static void choke_flags_concern_only_one_another(void **state)
{
    struct golden *golden = *state;
    make_clips(golden, 1, 'A', "");
    golden_clip(golden, "x", "1.wav", "choke = true; in = 31;");
    golden_clip(golden, "y", "1.wav", "choke = true; in = 30;");
    golden_at(golden, 0, "press clip1");
    golden_at(golden, 3200, "press x");
    golden_at(golden, 6400, "press y");
    golden_render(golden, "--seconds 1");
    assert_int_equal(who_sounds(golden, 3200 + 320, 6400), 1 | 2);
    assert_int_equal(who_sounds(golden, 6400 + 320, 9600), 1 | 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, golden_setup, golden_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(thirty_presses_sound_24_and_refuse_six_by_name),
        TEST(a_tail_gives_way),
        TEST(choke_holds_two),
        TEST(choke_holds_three),
        TEST(choke_holds_four),
        TEST(choke_of_one_cuts),
        TEST(a_free_group_has_its_limit),
        TEST(choke_flags_concern_only_one_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
