/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cell with a list (SPEC P7): each play takes the next file, in order or shuffled, and always the same. */
#include "config.h"

#include "golden.h"

#include <stdio.h>

enum { FILES = 5, FRAMES = 1000, APART = 2000 };

static int level;                       /* of the file being made, in tenths */

static float tenths(int64_t frame, unsigned channel)
{
    (void)frame;
    (void)channel;
    return (float)level / 10;
}

/* File n sounds at n tenths. */
static void make_files(struct golden *golden)
{
    for (level = 1; level <= FILES; level++) {
        char file[16];
        snprintf(file, sizeof file, "%d.wav", level);
        golden_media(golden, file, 2, GOLDEN_RATE, OUTPUT_F32, FRAMES, tenths);
    }
}

/* Which file sounds in play number i. */
static int heard(const struct golden *golden, int i)
{
    return (int)(golden_sample_at(golden, (int64_t)i * APART + FRAMES / 2, 0) * 10 + 0.5f);
}

static void press(struct golden *golden, int plays)
{
    for (int i = 0; i < plays; i++)
        golden_at(golden, (int64_t)i * APART, "press k");
}

static void in_order_each_play_takes_the_next(void **state)
{
    struct golden *golden = *state;
    make_files(golden);
    golden_clip(golden, "k", "1.wav", "list = [ \"2.wav\", \"3.wav\", \"4.wav\", \"5.wav\" ];");
    press(golden, 12);
    golden_render(golden, "");
    for (int i = 0; i < 12; i++)
        assert_int_equal(heard(golden, i), i % FILES + 1);
}

static void shuffled_each_round_has_all_and_none_twice_in_a_row(void **state)
{
    struct golden *golden = *state;
    enum { ROUNDS = 20 };
    static int first[ROUNDS * FILES];
    int moved = 0;
    make_files(golden);
    golden_clip(golden, "k", "1.wav", "list = [ \"2.wav\", \"3.wav\", \"4.wav\", \"5.wav\" ]; list_order = \"shuffled\";");
    press(golden, ROUNDS * FILES);
    golden_render(golden, "");
    for (int round = 0; round < ROUNDS; round++) {
        unsigned seen = 0;
        for (int i = round * FILES; i < (round + 1) * FILES; i++) {
            first[i] = heard(golden, i);
            seen |= 1u << first[i];
            moved += first[i] != i % FILES + 1;
            if (i)
                assert_int_not_equal(first[i], first[i - 1]);
        }
        assert_int_equal(seen, 0x3e);
    }
    assert_true(moved > ROUNDS);
    golden_render(golden, "--period 4096");
    for (int i = 0; i < ROUNDS * FILES; i++)
        assert_int_equal(heard(golden, i), first[i]);
}

/* Refusals and auditions take no turn; other edits leave it, an edit of the list begins anew; what is missing is passed over. */
static void what_takes_a_turn(void **state)
{
    struct golden *golden = *state;
    make_files(golden);
    golden_clip(golden, "k", "1.wav", "list = [ \"2.wav\", \"gone.wav\", \"3.wav\" ]; press = \"ignore\";");
    golden_at(golden, 0, "press k");
    golden_at(golden, 100, "press k");
    golden_at(golden, 200, "audition k");
    golden_at(golden, APART, "set k notes x");
    golden_at(golden, APART, "press k");
    golden_at(golden, 2 * APART, "press k");
    golden_at(golden, 3 * APART, "press k");
    golden_at(golden, 4 * APART, "set k list \"4.wav, 5.wav\"");
    golden_at(golden, 4 * APART, "press k");
    golden_at(golden, 5 * APART, "press k");
    golden_at(golden, 6 * APART, "set k list default");
    golden_at(golden, 6 * APART, "press k");
    golden_render(golden, "");
    static const int wanted[] = {1, 2, 3, 1, 1, 4, 1};
    for (int i = 0; i < 7; i++)
        assert_int_equal(heard(golden, i), wanted[i]);
    golden_hears(golden, 700, 8, 0.2, 1e-6);
    assert_int_equal(golden_refusals(golden), 1);
}

/* A list that follows itself plays on and on, without a seam. */
static void a_list_follows_itself(void **state)
{
    struct golden *golden = *state;
    make_files(golden);
    golden_clip(golden, "k", "1.wav", "list = [ \"2.wav\", \"3.wav\" ]; follow = \"k\";");
    golden_at(golden, 0, "press k");
    golden_render_refused(golden, "");
    golden_render(golden, "--seconds 0.5");
    for (int64_t n = GOLDEN_PROTECTION; n < 24000; n++)
        golden_hears(golden, n, 0, (double)(n / FRAMES % 3 + 1) / 10, 1e-6);
}

/* IN and OUT hold for each file, also where they are moved while one sounds that is not the first. */
static void in_and_out_are_moved_for_every_file(void **state)
{
    struct golden *golden = *state;
    make_files(golden);
    golden_clip(golden, "k", "1.wav", "list = [ \"2.wav\", \"3.wav\" ];");
    press(golden, 2);
    golden_at(golden, APART + 100, "set k out 500");
    golden_at(golden, 2 * APART, "press k");
    golden_render(golden, "");
    golden_hears(golden, APART + 400, 0, 0.2, 1e-6);
    golden_silent(golden, APART + 500, 2 * APART, 0);
    golden_hears(golden, 2 * APART + 400, 0, 0.3, 1e-6);
    golden_silent(golden, 2 * APART + 500, -1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P7", in_order_each_play_takes_the_next), GOLDEN_TEST(shuffled_each_round_has_all_and_none_twice_in_a_row),
        GOLDEN_LAW("P7", what_takes_a_turn), GOLDEN_TEST(a_list_follows_itself),
        GOLDEN_LAW("P7 M1", in_and_out_are_moved_for_every_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
