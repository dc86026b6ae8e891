/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows a clip (SPEC P7), from the session file to the frames: next, an id, stop, gaps, chains, and what has no end. */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdio.h>

enum { A = 3001, B = 1777, C = 900, GAP = 4321 };

static float noise_b(int64_t frame, unsigned channel)
{
    return golden_noise(frame + 5000, channel);
}

static float noise_c(int64_t frame, unsigned channel)
{
    return golden_noise(frame + 9000, channel);
}

/* Three clips beside one another: what the first and the second are followed by. */
static void make_three(struct golden *golden, const char *first, const char *second)
{
    golden_media(golden, "a.wav", 2, GOLDEN_RATE, OUTPUT_S16, A, golden_noise);
    golden_media(golden, "b.wav", 2, GOLDEN_RATE, OUTPUT_S16, B, noise_b);
    golden_media(golden, "c.wav", 2, GOLDEN_RATE, OUTPUT_F32, C, noise_c);
    golden_clip(golden, "a", "a.wav", first);
    golden_clip(golden, "b", "b.wav", second);
    golden_clip(golden, "c", "c.wav", "");
}

static void hears_all(const struct golden *golden, int64_t at, int64_t from, int64_t to, golden_sample *sample)
{
    for (int64_t n = from; n < to; n++)
        golden_hears(golden, at + n, 0, sample(n, 0), 0);
}

static void next_is_the_next_clip_of_the_tab(void **state)
{
    struct golden *golden = *state;
    static const char *const periods[] = {"", "--period 16", "--period 997", "--period 4096"};
    make_three(golden, "follow = \"next\";", "follow = \"next\";");
    golden_at(golden, 100, "press a");
    for (int i = 0; i < 4; i++) {
        golden_render(golden, periods[i]);
        hears_all(golden, 100, GOLDEN_PROTECTION, A, golden_noise);
        hears_all(golden, 100 + A, 0, B, noise_b);
        hears_all(golden, 100 + A + B, 0, C - GOLDEN_PROTECTION, noise_c);
        golden_silent(golden, 100 + A + B + C, -1, 0);
        assert_int_equal(golden->frames, 100 + A + B + C + (64 - (A + B + C) % 64) % 64);
    }
}

static void next_skips_empty_cells_and_ends_with_the_tab(void **state)
{
    struct golden *golden = *state;
    make_three(golden, "follow = \"next\";", "");
    golden_at(golden, 0, "set c follow next");
    golden_at(golden, 0, "move b 1/4/1");
    golden_at(golden, 0, "move c 1/8/10");
    golden_at(golden, 0, "press a");
    golden_at(golden, 20000, "press c");
    golden_render(golden, "");
    hears_all(golden, A, 0, B - GOLDEN_PROTECTION, noise_b);
    hears_all(golden, 20000, GOLDEN_PROTECTION, C - GOLDEN_PROTECTION, noise_c);
    golden_silent(golden, 20000 + C, -1, 0);
    assert_int_equal(golden_refusals(golden), 0);
}

static void an_edit_of_the_grid_changes_what_is_next(void **state)
{
    struct golden *golden = *state;
    make_three(golden, "follow = \"next\";", "");
    golden_at(golden, 0, "press a");
    golden_at(golden, 1000, "clear b");
    golden_at(golden, 10000, "undo");
    golden_at(golden, 10000, "press a");
    golden_at(golden, 20000, "swap b c");
    golden_at(golden, 20000, "press a");
    golden_render(golden, "");
    hears_all(golden, A, 0, C - GOLDEN_PROTECTION, noise_c);
    hears_all(golden, 10000 + A, 0, B - GOLDEN_PROTECTION, noise_b);
    hears_all(golden, 20000 + A, 0, C - GOLDEN_PROTECTION, noise_c);
}

static void an_id_follows_wherever_it_stands(void **state)
{
    struct golden *golden = *state;
    make_three(golden, "follow = \"c\";", "");
    golden_at(golden, 0, "move c 1/8/1");
    golden_at(golden, 0, "press a");
    golden_at(golden, 10000, "clear c");
    golden_at(golden, 10000, "press a");
    golden_at(golden, 20000, "load c.wav 1/1/5");
    golden_at(golden, 20000, "set 1/1/5 id c");
    golden_at(golden, 20000, "press a");
    golden_render(golden, "");
    hears_all(golden, A, 0, C - GOLDEN_PROTECTION, noise_c);
    golden_silent(golden, 10000 + A, 20000, 0);
    hears_all(golden, 20000 + A, 0, C - GOLDEN_PROTECTION, noise_c);
}

/* The gap to the frame, with the protection on both sides of it. */
static void a_gap_is_exact(void **state)
{
    struct golden *golden = *state;
    char more[80];
    snprintf(more, sizeof more, "follow = \"next\"; follow_gap = %.9f;", GAP / (double)GOLDEN_RATE);
    make_three(golden, more, "");
    golden_at(golden, 0, "press a");
    golden_render(golden, "");
    for (int64_t left = 1; left < GOLDEN_PROTECTION; left++)
        golden_hears(golden, A - left, 0, golden_noise(A - left, 0) * (double)left / GOLDEN_PROTECTION, 1e-6);
    golden_silent(golden, A, A + GAP + 1, 0);
    for (int64_t n = 0; n < B - GOLDEN_PROTECTION; n++)
        golden_hears(golden, A + GAP + n, 0, noise_b(n, 0) * fmin(1, (double)n / GOLDEN_PROTECTION), 1e-6);
}

static void a_command_in_the_gap_ends_the_wait(void **state)
{
    struct golden *golden = *state;
    static const char *const commands[] = {"stop b", "stop all", "stop group:A", "stop tab:1", "panic", "press b",
                                           "fade b -inf 1"};
    make_three(golden, "follow = \"b\"; follow_gap = 0.1;", "");
    for (int i = 0; i < 7; i++) {
        golden_at(golden, i * 20000, "press a");
        golden_at(golden, i * 20000 + A + 1000, "%s", commands[i]);
    }
    golden_render(golden, "");
    for (int i = 0; i < 7; i++)
        golden_silent(golden, i * 20000 + A, (i + 1) * 20000, 0);
    assert_int_equal(golden_refusals(golden), 0);
}

static void stop_and_none_end_the_line(void **state)
{
    struct golden *golden = *state;
    make_three(golden, "follow = \"stop\";", "");
    golden_at(golden, 0, "press c");
    golden_at(golden, 10000, "press a");
    golden_render(golden, "");
    hears_all(golden, 10000, GOLDEN_PROTECTION, A - GOLDEN_PROTECTION, golden_noise);
    golden_silent(golden, 10000 + A, -1, 0);
}

/* In a choke group the follower is a start like any other: what else sounds there fades. */
static void a_follower_chokes(void **state)
{
    struct golden *golden = *state;
    make_three(golden, "follow = \"b\";", "group = \"B\";");
    golden_group(golden, 'B', "mode = \"choke\";");
    golden_clip(golden, "one", "one.wav", "group = \"B\"; fade_out = 0.01; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press one");
    golden_at(golden, 0, "press a");
    golden_render(golden, "");
    for (int64_t n = B; n < 3000; n++)
        golden_hears(golden, n, 2, 1, 1e-6);
    for (int64_t n = 0; n < 480; n++)
        golden_hears(golden, A + n, 2, noise_b(n, 0) * fmin(1, (double)n / GOLDEN_PROTECTION) + 1 - (double)n / 480, 1e-5);
}

static void what_follows_for_ever_needs_seconds(void **state)
{
    struct golden *golden = *state;
    make_three(golden, "follow = \"b\";", "follow = \"a\";");
    golden_at(golden, 0, "press a");
    golden_render_refused(golden, "");
    golden_render(golden, "--seconds 1");
    for (int64_t n = GOLDEN_PROTECTION; n < GOLDEN_RATE; n++) {
        int64_t at = n % (A + B);
        golden_hears(golden, n, 0, at < A ? golden_noise(at, 0) : noise_b(at - A, 0), 0);
    }
    golden_at(golden, 30000, "set b follow none");
    golden_render(golden, "");
    golden_silent(golden, 7 * (A + B), -1, 0);
    hears_all(golden, 6 * (A + B) + A, 0, B - GOLDEN_PROTECTION, noise_b);
}

static float one(int64_t frame, unsigned channel)
{
    (void)frame;
    (void)channel;
    return 1;
}

/* A device of 44.1 kHz has no frame for some of a 48 kHz chain: an end that falls on one of these has no gap either. */
static void a_seam_between_two_frames_of_the_device_is_none(void **state)
{
    struct golden *golden = *state;
    static const int64_t lengths[] = {3008, 3009, 3010, 3021, 3022, 3023};
    golden_clip(golden, "a", "a.wav", "follow = \"next\";");
    golden_clip(golden, "b", "one.wav", "");
    golden_at(golden, 0, "press a");
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        golden_media(golden, "a.wav", 2, 48000, OUTPUT_F32, lengths[i], one);
        golden_render(golden, "--rate 44100");
        for (int64_t n = 1000; n < 5000; n++)
            golden_hears(golden, n, 0, 1, 1e-4);
    }
}

/* Released a few frames before its seam a loop goes round once more, for a millisecond; told to stop in that, it is not followed. */
static void a_stop_in_the_last_millisecond_is_a_stop(void **state)
{
    struct golden *golden = *state;
    static const char *const commands[] = {"stop a", "panic", "stop all", "pan a 0"};
    make_three(golden, "mode = \"loop\"; follow = \"b\";", "");
    for (int i = 0; i < 4; i++) {
        golden_forget_script(golden);
        golden_at(golden, 0, "press a");
        golden_at(golden, A - 10, "release a");
        golden_at(golden, A, "%s", commands[i]);
        golden_render(golden, "");
        if (i < 3)
            golden_silent(golden, A + GOLDEN_PROTECTION, -1, 0);
        else
            hears_all(golden, A - 10 + GOLDEN_PROTECTION, GOLDEN_PROTECTION, B - GOLDEN_PROTECTION, noise_b);
    }
}

/* Two that end on one frame are followed in the order in which they were fired, whatever sounded before them. */
static void ends_of_one_frame_have_an_order(void **state)
{
    struct golden *golden = *state;
    make_three(golden, "follow = \"first\";", "follow = \"second\";");
    golden_group(golden, 'B', "mode = \"choke\";");
    golden_clip(golden, "first", "one.wav", "group = \"B\"; gain = -6.0;");
    golden_clip(golden, "second", "one.wav", "group = \"B\";");
    golden_at(golden, 0, "press c");            /* ends before b begins, which takes its place */
    golden_at(golden, 100, "press a");
    golden_at(golden, 100 + A - B, "press b");
    golden_render(golden, "--seconds 0.2");
    golden_silent(golden, 0, 100 + A, 2);
    for (int64_t n = 0; n < 1000; n++)
        golden_hears(golden, 100 + A + n, 2, fmin(1, (double)n / GOLDEN_PROTECTION), 1e-6);
}

static float sine_200(int64_t frame, unsigned channel)
{
    (void)channel;
    return (float)(0.5 * sin(2 * M_PI * 200 * (double)frame / 48000));
}

/* The largest step from frame to frame: of that sine in fades of 1 ms it is 0.5 (2 sin(pi 200 / 44100) + 1 / 44) at 44.1 kHz;
 * where it is loud and cut, 0.27 and more. */
static double steepest(const struct golden *golden, int channel)
{
    double most = 0;
    for (int64_t frame = 1; frame < golden->frames; frame++)
        most = fmax(most, fabs((double)golden_sample_at(golden, frame, channel) -
                               (double)golden_sample_at(golden, frame - 1, channel)));
    return most;
}

/* Muted long before, within the last millisecond, and at the seam. */
static void a_muted_follower_makes_no_click(void **state)
{
    static const int64_t muted[] = {0, 5090, 5100};
    struct golden *golden = *state;
    golden_media(golden, "sine.wav", 1, GOLDEN_RATE, OUTPUT_F32, 12000, sine_200);
    golden_clip(golden, "a", "sine.wav", "out = 5100; follow = \"next\";");
    golden_clip(golden, "b", "sine.wav", "in = 5100;");
    for (unsigned rate = 44100; rate <= 48000; rate += 3900)
        for (size_t i = 0; i < sizeof muted / sizeof *muted; i++) {
            golden_forget_script(golden);
            golden_at(golden, 0, "press a");
            golden_at(golden, muted[i] * rate / 48000, "mute b on");
            golden_render(golden, rate == 48000 ? "--seconds 0.2" : "--rate 44100 --seconds 0.2");
            assert_true(steepest(golden, 0) < 0.5 * (2 * sin(M_PI * 200 / 44100) + 1 / 44.0));
            golden_silent(golden, 5400 * rate / 48000, -1, 0);
        }
}

/* A follower that is moved to another bus when it is too late for a seam: both have their protection, each on its bus. */
static void a_follower_that_is_moved_makes_no_click(void **state)
{
    struct golden *golden = *state;
    char options[60];
    golden_media(golden, "sine.wav", 1, GOLDEN_RATE, OUTPUT_F32, 12000, sine_200);
    golden_clip(golden, "a", "sine.wav", "out = 5100; follow = \"b\";");
    golden_clip(golden, "b", "sine.wav", "in = 5100;");
    for (int64_t moved = 5060; moved < 5100; moved += 13)
        for (int period = 16; period <= 1024; period *= 8) {
            golden_forget_script(golden);
            golden_at(golden, 0, "press a");
            golden_at(golden, moved, "set b group B");
            snprintf(options, sizeof options, "--seconds 0.2 --period %d", period);
            golden_render(golden, options);
            for (int channel = 0; channel <= 2; channel += 2)
                assert_true(steepest(golden, channel) < 0.5 * (2 * sin(M_PI * 200 / 44100) + 1 / 44.0));
            golden_silent(golden, 5100 + GOLDEN_PROTECTION, -1, 0);
            golden_silent(golden, 0, 5100, 2);
        }
}

/* A row of clips that go on in one file, some shorter than the protection, is that file without a seam: on a device of fewer
 * frames too, where an end may fall between two of them, whatever the frame it was fired on. */
static void short_followers_leave_no_hole(void **state)
{
    static const int in[] = {0, 5100, 5130, 5140, 5142, 5190, 12000};
    struct golden *golden = *state;
    char more[80];
    static float whole[12000];
    golden_media(golden, "sine.wav", 1, GOLDEN_RATE, OUTPUT_F32, 12000, sine_200);
    for (int i = 0; i < 6; i++) {
        snprintf(more, sizeof more, "in = %d; out = %d; %s", in[i], in[i + 1], i < 5 ? "follow = \"next\";" : "");
        golden_clip(golden, i ? (const char[]){(char)('a' + i), 0} : "a", "sine.wav", more);
    }
    golden_clip(golden, "whole", "sine.wav", "");
    for (int64_t at = 100; at <= 103; at += 3) {
        for (int row = 0; row < 2; row++) {
            golden_forget_script(golden);
            golden_at(golden, at, row ? "press a" : "press whole");
            golden_render(golden, "--rate 44100 --seconds 0.27");
            for (int64_t frame = 0; frame < golden->frames && frame < 12000; frame++) {
                if (row)
                    golden_hears(golden, frame, 0, (double)whole[frame], 1e-6);
                else
                    whole[frame] = golden_sample_at(golden, frame, 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P7", next_is_the_next_clip_of_the_tab), GOLDEN_TEST(next_skips_empty_cells_and_ends_with_the_tab),
        GOLDEN_LAW("P7", an_edit_of_the_grid_changes_what_is_next), GOLDEN_TEST(an_id_follows_wherever_it_stands),
        GOLDEN_LAW("P7", a_gap_is_exact), GOLDEN_TEST(a_command_in_the_gap_ends_the_wait),
        GOLDEN_LAW("P7", stop_and_none_end_the_line), GOLDEN_TEST(a_follower_chokes),
        GOLDEN_LAW("P7", what_follows_for_ever_needs_seconds), GOLDEN_LAW("P11", a_seam_between_two_frames_of_the_device_is_none),
        GOLDEN_LAW("P7", a_stop_in_the_last_millisecond_is_a_stop), GOLDEN_LAW("P7", ends_of_one_frame_have_an_order),
        GOLDEN_LAW("P11", a_muted_follower_makes_no_click), GOLDEN_LAW("P11", a_follower_that_is_moved_makes_no_click),
        GOLDEN_LAW("P11", short_followers_leave_no_hole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
