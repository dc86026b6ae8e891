/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a finished bus, as the real program renders it: limiter, mono on its frame, dither (SPEC B4). */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 24000, CROSS = 240 };

static float quiet(int64_t frame, unsigned channel)
{
    return 0.25f * golden_noise(frame, channel);
}

static float *keep(const struct golden *golden)
{
    float *copy = malloc((size_t)golden->frames * GOLDEN_CHANNELS * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, golden->samples, (size_t)golden->frames * GOLDEN_CHANNELS * sizeof *copy);
    return copy;
}

/* Clips of both families, so that the delays of converter and limiter come together: a render has neither. */
static void a_limiter_without_work_changes_no_bit_of_a_render(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "a.wav", 2, 48000, OUTPUT_S16, FRAMES, quiet);
    golden_media(golden, "b.wav", 2, 44100, OUTPUT_S16, FRAMES, quiet);
    golden_clip(golden, "a", "a.wav", "");
    golden_clip(golden, "b", "b.wav", "group = \"B\"; gain = -6.0;");
    golden_at(golden, 100, "press a");
    golden_at(golden, 1234, "press b");
    golden_render(golden, "--seconds 0.7");
    int64_t frames = golden->frames;
    float *plain = keep(golden);
    golden_group(golden, 'A', "limiter = true;");
    static const char *const periods[] = {"--seconds 0.7", "--seconds 0.7 --period 1000"};
    for (int i = 0; i < 2; i++) {
        golden_render(golden, periods[i]);
        assert_int_equal(golden->frames, frames);
        assert_memory_equal(golden->samples, plain, (size_t)frames * GOLDEN_CHANNELS * sizeof *plain);
    }
    free(plain);
}

static void a_limiter_at_work_keeps_samples_below_its_ceiling(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "a.wav", 2, 48000, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "a", "a.wav", "gain = 12.0;");
    golden_clip(golden, "b", "a.wav", "gain = 12.0; group = \"B\";");
    golden_group(golden, 'A', "limiter = true;");
    golden_at(golden, 0, "press a");
    golden_at(golden, 0, "press b");
    golden_render(golden, "");
    float highest[2] = {0, 0};
    for (int64_t frame = 0; frame < golden->frames; frame++)
        for (unsigned bus = 0; bus < 2; bus++)
            highest[bus] = fmaxf(highest[bus], fabsf(golden_sample_at(golden, frame, 2 * bus)));
    assert_true(highest[0] <= 0.8912509f && highest[0] > 0.5f && highest[1] > 1);
}

static float apart(int64_t frame, unsigned channel)
{
    (void)frame;
    return channel ? -0.25f : 0.5f;
}

static void mono_comes_on_its_frame(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "apart.wav", 2, 48000, OUTPUT_S16, FRAMES, apart);
    golden_media(golden, "other.wav", 2, 44100, OUTPUT_S16, FRAMES, apart);
    golden_clip(golden, "apart", "apart.wav", "");
    golden_clip(golden, "other", "other.wav", "group = \"B\";");
    golden_at(golden, 0, "press apart");
    golden_at(golden, 1000, "set group:A mono true");
    golden_at(golden, 4000, "set group:A mono false");
    golden_render(golden, "");
    for (int64_t frame = 100; frame < 6000; frame++) {
        double by = frame < 1000 ? 0 : frame < 1000 + CROSS ? (double)(frame - 1000) / CROSS : frame < 4000 ? 1
                  : frame < 4000 + CROSS ? 1 - (double)(frame - 4000) / CROSS : 0;
        golden_hears(golden, frame, 0, 0.5 + by * (0.125 - 0.5), 1e-6);
        golden_hears(golden, frame, 1, -0.25 + by * (0.125 + 0.25), 1e-6);
    }
}

/* TPDF of +-1 LSB and the rounding: at most 1.5 LSB from the sound, 0 in the mean, of 1/6 + 1/12 LSB^2; without it half
 * an LSB. */
static void dither_is_tpdf(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "a.wav", 2, 48000, OUTPUT_S16, FRAMES, golden_noise);
    golden_clip(golden, "a", "a.wav", "gain = -20.3;");
    golden_at(golden, 0, "press a");
    golden_render(golden, "");
    int64_t frames = golden->frames;
    float *plain = keep(golden);
    for (int dither = 0; dither < 2; dither++) {
        golden_render(golden, dither ? "--format s16 --dither tpdf" : "--format s16");
        assert_int_equal(golden->frames, frames);
        double sum = 0, square = 0, most = 0;
        for (int64_t frame = 0; frame < FRAMES; frame++) {
            size_t i = (size_t)frame * GOLDEN_CHANNELS;
            double error = ((double)golden->samples[i] - (double)plain[i]) * 32768;
            sum += error;
            square += error * error;
            most = fmax(most, fabs(error));
        }
        assert_float_equal(sum / FRAMES, 0, 0.02);
        assert_float_equal(square / FRAMES, dither ? 0.25 : 1.0 / 12, 0.01);
        assert_true(most <= (dither ? 1.5 : 0.5) + 1e-3 && most > (dither ? 1.2 : 0.49));
    }
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("B4", a_limiter_without_work_changes_no_bit_of_a_render),
        GOLDEN_LAW("B4", a_limiter_at_work_keeps_samples_below_its_ceiling),
        GOLDEN_LAW("B4", mono_comes_on_its_frame), GOLDEN_LAW("B4", dither_is_tpdf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
