/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sequences of markers: the medium is noise in which no two places are alike, so that what is heard tells where it is from. The
 * markers are at 3000, 1000, 9000 and 5000; IN is 2000, OUT 8000, the file's end 12000: so the parts are 3000 to 5000,
 * 1000 to 3000, 9000 to 12000 and 5000 to 8000.
 */
#include "config.h"

#include "golden.h"

#include <stdio.h>
#include <string.h>

enum { FRAMES = 12000, SEAM = 480 /* 10 ms */, CROSS = 240 };
static const int64_t begin[] = {3000, 1000, 9000, 5000}, end[] = {5000, 3000, 12000, 8000};

static void make(struct golden *golden, const char *more)
{
    char properties[400];
    snprintf(properties, sizeof properties,
             "in = 2000; out = 8000; markers = ( { name = \"verse\"; at = 3000; }, { name = \"intro\"; at = 1000; }, "
             "{ name = \"coda\"; at = 9000; }, { name = \"\"; at = 5000; } ); %s", more);
    golden_media(golden, "noise.wav", 2, GOLDEN_RATE, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "song", "noise.wav", properties);
}

/* From `start` on it plays these markers (from 1) one after the other, without a seam, between the protections of its ends.
 * Return: the frame after its last. */
static int64_t hears_parts(const struct golden *golden, int64_t start, const char *order)
{
    int64_t length = 0, frame = start;
    for (const char *part = order; *part; part++)
        length += end[*part - '1'] - begin[*part - '1'];
    for (const char *part = order; *part; part++) {
        for (int64_t at = begin[*part - '1']; at < end[*part - '1']; at++, frame++) {
            double gain = 1;
            if (frame - start < GOLDEN_PROTECTION)
                gain = (double)(frame - start) / GOLDEN_PROTECTION;
            if (start + length - frame < GOLDEN_PROTECTION)
                gain = (double)(start + length - frame) / GOLDEN_PROTECTION;
            golden_hears(golden, frame, 1, golden_noise(at, 1) * gain, gain == 1 ? 0 : 1e-7);
        }
    }
    return frame;
}

static void parts_join_to_the_sample_at_every_period(void **state)
{
    static const char *const options[] = {"", "--period 16", "--period 37", "--period 4096"};
    struct golden *golden = *state;
    make(golden, "sequence = [4, 2, 1, 2, 3];");
    golden_at(golden, 5, "press song");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        golden_render(golden, options[i]);
        golden_silent(golden, 0, 5, 1);
        golden_silent(golden, hears_parts(golden, 5, "42123"), -1, 1);
    }
}

static void in_a_loop_the_sequence_is_the_pass(void **state)
{
    struct golden *golden = *state;
    make(golden, "sequence = [2, 4]; mode = \"loop\"; loops = 3;");
    golden_at(golden, 0, "press song");
    golden_render(golden, "");
    golden_silent(golden, hears_parts(golden, 0, "242424"), -1, 1);
}

static void a_release_plays_the_sequence_to_its_end(void **state)
{
    struct golden *golden = *state;
    make(golden, "sequence = [2, 4]; mode = \"loop\";");
    golden_at(golden, 0, "press song");
    golden_at(golden, 5500, "release song");
    golden_render(golden, "");
    golden_silent(golden, hears_parts(golden, 0, "2424"), -1, 1);
}

/* The next part begins a seam before the end of the one before, and the two cross-fade; the last ends as any clip does. */
static void a_seam_cross_fades_the_parts(void **state)
{
    static const int parts[] = {3, 1, 0, 3, 1, 0};
    struct golden *golden = *state;
    make(golden, "sequence = [4, 2, 1]; mode = \"loop\"; loops = 2; seam = 10.0;");
    golden_at(golden, 0, "press song");
    golden_render(golden, "--period 100");
    int64_t frame = 0;
    for (int i = 0; i < 6; i++) {
        int64_t from = begin[parts[i]], length = end[parts[i]] - from;
        for (int64_t n = i ? 0 : GOLDEN_PROTECTION; n < length - (i < 5 ? SEAM : GOLDEN_PROTECTION); n++) {
            double wanted = golden_noise(from + n, 0);
            if (i && n < SEAM)
                wanted = wanted * (double)n / SEAM + golden_noise(end[parts[i - 1]] - SEAM + n, 0) * (1 - (double)n / SEAM);
            golden_hears(golden, frame + n, 0, wanted, 1e-6);
        }
        frame += length - SEAM;
    }
    golden_silent(golden, frame + SEAM, -1, 0);
}

/* Without a loop a seam joins the parts likewise. It is no longer than half of the shortest part. */
static void a_seam_leaves_short_parts_their_half(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "noise.wav", 2, GOLDEN_RATE, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "song", "noise.wav", "markers = ( { at = 0; }, { at = 500; }, { at = 600; } ); sequence = [1, 2, 1]; "
                "seam = 10.0;");
    golden_at(golden, 0, "press song");
    golden_render(golden, "");
    for (int64_t n = 0; n < 50; n++) {
        double x = (double)n / 50;
        golden_hears(golden, 450 + n, 0, golden_noise(500 + n, 0) * x + golden_noise(450 + n, 0) * (1 - x), 1e-6);
        golden_hears(golden, 500 + n, 0, golden_noise(n, 0) * x + golden_noise(550 + n, 0) * (1 - x), 1e-6);
    }
    golden_silent(golden, 500 + 500, -1, 0);
}

static void a_command_names_another_order(void **state)
{
    struct golden *golden = *state;
    make(golden, "sequence = [2, 4];");
    golden_at(golden, 0, "play song markers 1,1,3");
    golden_at(golden, 10000, "play song markers 9");
    golden_at(golden, 20000, "play song marker 4");
    golden_at(golden, 30000, "play song at 7000f");
    golden_at(golden, 40000, "play song");
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), 1);
    assert_non_null(strstr(golden->refusals, "markers 9: up to 16 numbers of markers, 1 to 4, like [2, 1, 3]"));
    golden_silent(golden, hears_parts(golden, 0, "113"), 20000, 1);
    golden_silent(golden, hears_parts(golden, 20000, "4"), 30000, 1);
    golden_hears(golden, 30000 + 500, 1, golden_noise(7500, 1), 0);
    golden_silent(golden, 31000, 40000, 1);
    golden_silent(golden, hears_parts(golden, 40000, "24"), -1, 1);
}

/* F1, F4: the fade-out of a stop and fade_end go on over the joints; a loop that was told to stop goes on in its order. */
static void fades_go_on_over_the_joints(void **state)
{
    struct golden *golden = *state;
    make(golden, "sequence = [2, 4]; mode = \"loop\"; fade_out = 0.1; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press song");
    golden_at(golden, 1500, "stop song");
    golden_render(golden, "");
    for (int64_t n = 0; n < 4800; n++) {
        int64_t at = (1500 + n) % 5000;
        golden_hears(golden, 1500 + n, 0, golden_noise(at < 2000 ? 1000 + at : 3000 + at, 0) * (1 - (double)n / 4800), 1e-6);
    }
    golden_silent(golden, 1500 + 4800, -1, 0);
}

static void fade_end_is_of_the_whole_sequence(void **state)
{
    struct golden *golden = *state;
    make(golden, "sequence = [4, 1]; fade_end = 0.0625; fade_out_curve = \"linear\";");
    golden_at(golden, 0, "press song");
    golden_render(golden, "");
    for (int64_t n = 0; n < 3000; n++)
        golden_hears(golden, 2000 + n, 0, golden_noise(n < 1000 ? 7000 + n : 2000 + n, 0) * (1 - (double)n / 3000), 1e-6);
    golden_silent(golden, 5000, -1, 0);
}

/* M1: a marker behind the playhead is moved, then one that ends the present part, then the present one past the playhead. */
static void parts_follow_moved_markers(void **state)
{
    struct golden *golden = *state;
    make(golden, "sequence = [1, 2, 4];");
    golden_at(golden, 0, "press song");
    golden_at(golden, 1000, "set song markers a 3000 b 1500 c 9000 d 4500");
    golden_render(golden, "");
    for (int64_t n = GOLDEN_PROTECTION; n < 1500; n++)
        golden_hears(golden, n, 0, golden_noise(3000 + n, 0), 0);
    for (int64_t n = 0; n < 1500; n++)
        golden_hears(golden, 1500 + n, 0, golden_noise(1500 + n, 0), 0);
    for (int64_t n = 0; n < 3500 - GOLDEN_PROTECTION; n++)
        golden_hears(golden, 3000 + n, 0, golden_noise(4500 + n, 0), 0);
    golden_silent(golden, 6500, -1, 0);
}

static void a_marker_moved_past_the_playhead_begins_its_part_anew(void **state)
{
    struct golden *golden = *state;
    make(golden, "sequence = [1, 2];");
    golden_at(golden, 0, "press song");
    golden_at(golden, 1000, "set song markers a 4200 b 1000 c 9000 d 5000");
    golden_render(golden, "");
    for (int64_t n = 0; n < CROSS; n++) {
        double x = (double)n / CROSS;
        golden_hears(golden, 1000 + n, 0, golden_noise(4200 + n, 0) * x + golden_noise(4000 + n, 0) * (1 - x), 1e-6);
    }
    for (int64_t n = CROSS; n < 800; n++)
        golden_hears(golden, 1000 + n, 0, golden_noise(4200 + n, 0), 0);
    for (int64_t n = 0; n < 3200 - GOLDEN_PROTECTION; n++)
        golden_hears(golden, 1800 + n, 0, golden_noise(1000 + n, 0), 0);
    golden_silent(golden, 5000, -1, 0);
}

/* Another order holds from the next start on; a seek leaves the sequence for IN to OUT. */
static void another_order_waits_and_a_seek_leaves_it(void **state)
{
    struct golden *golden = *state;
    make(golden, "sequence = [2, 4];");
    golden_at(golden, 0, "press song");
    golden_at(golden, 100, "set song sequence 1");
    golden_at(golden, 10000, "play song");
    golden_at(golden, 11000, "seek song 7000f");
    golden_render(golden, "");
    golden_silent(golden, hears_parts(golden, 0, "24"), 10000, 1);
    for (int64_t n = CROSS; n < 1000 - GOLDEN_PROTECTION; n++)
        golden_hears(golden, 11000 + n, 0, golden_noise(7000 + n, 0), 0);
    golden_silent(golden, 12000, -1, 0);
}

static void bad_orders_are_refused_and_change_nothing(void **state)
{
    static const char *const bad[] = {
        "set song sequence 5", "set song sequence 0,1", "set song sequence 11",
        "set song sequence 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "play song markers []", "play song markers 2,5",
        "set song markers ()", "set song sequence 1", "undo"};
    struct golden *golden = *state;
    make(golden, "sequence = [2, 4];");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        golden_at(golden, 0, "%s", bad[i]);
    golden_at(golden, 10, "press song");
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), (int)(sizeof bad / sizeof *bad) - 2);
    assert_non_null(strstr(golden->refusals, "set song sequence 1: song has 0 markers"));
    golden_silent(golden, hears_parts(golden, 10, "24"), -1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("M2", parts_join_to_the_sample_at_every_period),
        GOLDEN_LAW("M2 P5", in_a_loop_the_sequence_is_the_pass),
        GOLDEN_LAW("M2 P5", a_release_plays_the_sequence_to_its_end),
        GOLDEN_LAW("M2 P5", a_seam_cross_fades_the_parts),
        GOLDEN_LAW("M2 P5", a_seam_leaves_short_parts_their_half),
        GOLDEN_LAW("M2", a_command_names_another_order),
        GOLDEN_LAW("M2 F4", fades_go_on_over_the_joints),
        GOLDEN_LAW("M2 F1", fade_end_is_of_the_whole_sequence),
        GOLDEN_LAW("M1 M2", parts_follow_moved_markers),
        GOLDEN_LAW("M1 M2", a_marker_moved_past_the_playhead_begins_its_part_anew),
        GOLDEN_LAW("M1 M2", another_order_waits_and_a_seek_leaves_it),
        GOLDEN_LAW("M2", bad_orders_are_refused_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
