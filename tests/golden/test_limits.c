/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many sound at once: the pool of 24, choke groups, and what is refused. The media is silent
 * but for every 32nd frame. Clip k begins so that it sounds at frames that leave k - 1 when
 * divided by 32, and is pressed at multiples of 32: so every frame of a bus belongs to one clip,
 * and the voices can be counted in the sound itself.
 */
#include "config.h"

#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMB = 32, FRAMES = 120000, CLIPS = 30 };

static float comb(int64_t frame, unsigned channel)
{
    (void)channel;
    return frame % COMB ? 0 : 0.5f;
}

/* Clips 1 to count, each in group letter, or in A B C in turn if it is 0. */
static void make_clips(struct golden *golden, int count, char letter, const char *more)
{
    golden_media(golden, "comb.wav", 2, 48000, OUTPUT_S16, FRAMES, comb);
    for (int i = 0; i < count; i++) {
        char id[16], properties[128];
        snprintf(id, sizeof id, "clip%d", i + 1);
        snprintf(properties, sizeof properties, "in = %d; group = \"%c\"; %s", COMB - i, letter ? letter : 'A' + i % 3, more);
        golden_clip(golden, id, "comb.wav", properties);
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
        char wanted[32], *end = strchr(line, '\n');
        *end = 0;
        snprintf(wanted, sizeof wanted, "%df press clip%d: ", i * 3200, i);
        if (strncmp(line, wanted, strlen(wanted)) != 0 || !strstr(line, "24 voices"))
            fail_msg("'%s' does not say '%s' and why", line, wanted);
        line = end + 1;
    }
}

/* The tail that was first told to stop gives its place to a newcomer; what is held is protected. */
static void the_oldest_tail_gives_way(void **state)
{
    enum { HELD = 0xffffff, CLIP3 = 1 << 2, CLIP7 = 1 << 6, CLIP25 = 1 << 24, CLIP26 = 1 << 25 };
    struct golden *golden = *state;
    make_clips(golden, 27, 0, "fade_out = 3.0;");
    for (int i = 0; i < 24; i++)
        golden_at(golden, (i + 1) * 320, "press clip%d", i + 1);
    golden_at(golden, 9600, "press clip7");            /* stops: its tail sounds for three seconds */
    golden_at(golden, 12800, "press clip3");
    golden_at(golden, 19200, "press clip25");
    golden_at(golden, 28800, "press clip26");
    golden_at(golden, 38400, "press clip27");
    golden_render(golden, "");
    assert_int_equal(who_sounds(golden, 12800, 19200), HELD);
    assert_int_equal(who_sounds(golden, 19200 + 320, 28800), (HELD & ~CLIP7) | CLIP25);
    assert_int_equal(who_sounds(golden, 28800 + 320, 48000), (HELD & ~CLIP7 & ~CLIP3) | CLIP25 | CLIP26);
    assert_int_equal(golden_refusals(golden), 1);
    assert_non_null(strstr(golden->refusals, "clip27"));
}

/* Two mono voices share a place: 48 of them sound. */
static void mono_voices_pair(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "mono.wav", 1, 48000, OUTPUT_S16, 24000, comb);
    for (int i = 0; i < 50; i++) {
        char id[16], more[64];
        snprintf(id, sizeof id, "clip%d", i + 1);
        snprintf(more, sizeof more, "group = \"%c\"; pan = -1.0; gain = -40.0;", 'A' + i % 4);
        golden_clip(golden, id, "mono.wav", more);
        golden_at(golden, 0, "press clip%d", i + 1);
    }
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), 2);
    double sum = 0;
    for (unsigned c = 0; c < 8; c += 2)
        sum += golden_sample_at(golden, 320 * COMB, c);
    golden_near(320 * COMB, sum, 48 * 0.5 * 0.01, 1e-5);
}

/*
 * Six milliseconds after each press no more voices than set, however long the fade-outs are, and
 * what was pressed last is there. The presses are 7 to 31 ms apart, but every fourth 1 ms.
 */
static void choke_group_of(struct golden *golden, int voices)
{
    enum { PRESSES = 40, SIX_MS = 288 };
    char properties[64];
    int64_t at[PRESSES + 1], now = 320;
    snprintf(properties, sizeof properties, "mode = \"choke\"; voices = %d;", voices);
    golden_group(golden, 'B', properties);
    make_clips(golden, 10, 'B', "fade_out = 2.0; press = \"restart\";");
    for (int i = 0; i < PRESSES; i++) {
        at[i] = now;
        golden_at(golden, now, "press clip%d", i * 7 % 10 + 1);
        now += COMB * (i % 4 == 2 ? 2 : 10 + i * i % 37);
    }
    at[PRESSES] = now;
    golden_render(golden, "");
    int most = 0;
    for (int i = 0; i < PRESSES; i++) {
        if (at[i] + SIX_MS >= at[i + 1])
            continue;
        uint32_t who = who_sounds(golden, at[i] + SIX_MS, at[i + 1]);
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

/* Two choke groups keep 4 and 2 places for themselves: 18 are left for all the others, and theirs are there when they are
 * wanted. */
static void choke_groups_have_their_places(void **state)
{
    enum { FREE = 18, LAST = 30 };
    struct golden *golden = *state;
    golden_group(golden, 'A', "mode = \"choke\"; voices = 4;");
    golden_group(golden, 'B', "mode = \"choke\"; voices = 2;");
    make_clips(golden, 24, 'C', "");
    for (int i = 25; i <= LAST; i++) {
        char id[16], more[96];
        snprintf(id, sizeof id, "clip%d", i);
        snprintf(more, sizeof more, "in = %d; group = \"%c\"; fade_out = 2.0;", COMB - i + 1, i < 29 ? 'A' : 'B');
        golden_clip(golden, id, "comb.wav", more);
    }
    for (int i = 1; i <= LAST; i++)
        golden_at(golden, i * 320, "press clip%d", i);
    golden_render(golden, "");
    assert_int_equal(who_sounds(golden, LAST * 320 + 320, LAST * 320 + 3200), 0x3fffffff & ~(0x3f << FREE));
    assert_int_equal(golden_refusals(golden), 24 - FREE);
    assert_non_null(strstr(golden->refusals, "the 18 of 24 voices"));
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
    golden_clip(golden, "x", "comb.wav", "choke = true; in = 31;");
    golden_clip(golden, "y", "comb.wav", "choke = true; in = 30;");
    golden_at(golden, 0, "press clip1");
    golden_at(golden, 3200, "press x");
    golden_at(golden, 6400, "press y");
    golden_render(golden, "--seconds 1");
    assert_int_equal(who_sounds(golden, 3200 + 320, 6400), 1 | 2);
    assert_int_equal(who_sounds(golden, 6400 + 320, 9600), 1 | 4);
}

/* A clip that stops the others does so in all groups, with their own fade-outs. */
static void stop_others_reaches_every_group(void **state)
{
    struct golden *golden = *state;
    make_clips(golden, 5, 0, "");
    golden_clip(golden, "long", "comb.wav", "in = 27; fade_out = 0.5;");
    golden_clip(golden, "last", "comb.wav", "in = 26; stop_others = true;");
    for (int i = 1; i <= 5; i++)
        golden_at(golden, 0, "press clip%d", i);
    golden_at(golden, 0, "press long");
    golden_at(golden, 6400, "press last");
    golden_render(golden, "");
    assert_int_equal(who_sounds(golden, 320, 6400), 0x3f);
    assert_int_equal(who_sounds(golden, 6400 + 64, 6400 + 23000), 0x60);
    assert_int_equal(who_sounds(golden, 6400 + 24000, 48000), 0x40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P1 P2", thirty_presses_sound_24_and_refuse_six_by_name),
        GOLDEN_LAW("P2", the_oldest_tail_gives_way),
        GOLDEN_LAW("P1", mono_voices_pair),
        GOLDEN_LAW("K2", choke_holds_two),
        GOLDEN_LAW("K2", choke_holds_three),
        GOLDEN_LAW("K2", choke_holds_four),
        GOLDEN_LAW("K2", choke_of_one_cuts),
        GOLDEN_LAW("K4", choke_groups_have_their_places),
        GOLDEN_LAW("K1", a_free_group_has_its_limit),
        GOLDEN_LAW("K3", choke_flags_concern_only_one_another),
        GOLDEN_LAW("P8", stop_others_reaches_every_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
