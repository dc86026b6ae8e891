/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a clip lands and what it keeps: bit for bit, but for the protection fades of its first and last millisecond. */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 5000, AT = 12345 };

static double noise16(int64_t frame, unsigned channel)
{
    return golden_noise(frame, channel) * 32768.0;
}

/* Outside the fades: the very bits. Within: frame n of a fade of 48 is n/48 of the sample, rounded. */
static void stereo_16_bit_lands_on_its_frame_bit_exact(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "noise.wav", 2, 48000, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "noise", "noise.wav", "");
    golden_at(golden, AT, "press noise");
    golden_render(golden, "--format s16 --dither off");
    assert_true(golden->frames >= AT + FRAMES);
    for (int64_t i = 0; i < golden->frames; i++)
        for (unsigned c = 0; c < GOLDEN_CHANNELS; c++) {
            int64_t n = i - AT;
            double got = (double)golden_sample_at(golden, i, c) * 32768;
            if (c > 1 || n < 0 || n >= FRAMES) {
                golden_near(i, got, 0, 0);
                continue;
            }
            double gain = fmin(1, fmin((double)n, (double)(FRAMES - n)) / GOLDEN_PROTECTION), wanted = noise16(n, c) * gain;
            golden_near(i, got, gain < 1 ? wanted : noise16(n, c), gain < 1 ? 0.503 : 0);
        }
}

/* The same in float: the fades are P11's to the last bit that a float has. */
static void protection_is_linear_over_a_millisecond(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "noise.wav", 2, 48000, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "noise", "noise.wav", "group = \"C\";");
    golden_at(golden, AT, "press noise");
    golden_render(golden, "");
    for (int64_t n = 0; n < FRAMES; n++)
        for (unsigned c = 0; c < 2; c++) {
            double gain = fmin(1, fmin((double)n, (double)(FRAMES - n)) / GOLDEN_PROTECTION);
            golden_hears(golden, AT + n, 4 + c, noise16(n, c) / 32768.0 * gain, 1e-7);
        }
}

/* IN and OUT are frames of the file; OUT is the first not played. */
static void in_and_out_are_kept_to_the_frame(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "noise.wav", 2, 48000, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "part", "noise.wav", "in = 777; out = 3001;");
    golden_at(golden, 1, "press part");
    golden_render(golden, "--format s16");
    int64_t length = 3001 - 777;
    assert_true(golden->frames >= length + 1);
    for (int64_t n = GOLDEN_PROTECTION; n <= length - GOLDEN_PROTECTION; n++)
        golden_near(n, (double)golden_sample_at(golden, 1 + n, 0) * 32768, noise16(777 + n, 0), 0);
    golden_silent(golden, length + 1, -1, 0);
    golden_near(length, (double)golden_sample_at(golden, length, 0) * 32768, noise16(3000, 0) / 48.0, 0.503);
}

/* 24 bits and floats come back as they are, too. */
static float fine(int64_t frame, unsigned channel)
{
    return (float)((double)(frame * 2 + channel) * 1677 - 8388607) / 8388608;
}

static void finer_samples_are_kept(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "s24.wav", 2, 48000, OUTPUT_S24_3, FRAMES, fine);
    golden_media(golden, "f32.wav", 2, 48000, OUTPUT_F32, FRAMES, golden_noise);
    golden_clip(golden, "s24", "s24.wav", "");
    golden_clip(golden, "f32", "f32.wav", "group = \"B\";");
    golden_at(golden, 64, "press s24");
    golden_at(golden, 64, "press f32");
    golden_render(golden, "");
    for (int64_t n = GOLDEN_PROTECTION; n <= FRAMES - GOLDEN_PROTECTION; n++) {
        golden_hears(golden, 64 + n, 0, fine(n, 0), 0);
        golden_hears(golden, 64 + n, 3, golden_noise(n, 1), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("E1 B3", stereo_16_bit_lands_on_its_frame_bit_exact),
        GOLDEN_LAW("P11", protection_is_linear_over_a_millisecond),
        GOLDEN_LAW("M1", in_and_out_are_kept_to_the_frame),
        GOLDEN_LAW("B3", finer_samples_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
