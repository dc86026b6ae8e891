/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clip memory that holds a part of the media only is not heard: the file is the same, byte for byte, at every period. */
#include "config.h"

#include "golden.h"

#include "base/xalloc.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIPS = 24, FILES = 4, FILE_S = 32, SMALL_MB = 16, LARGE_MB = 256, RENDER_S = 7, EVENTS = 150 };

/* In clip memory: two of 16 bits in stereo, one of floats in stereo, one of floats in mono. */
_Static_assert(FILE_S * GOLDEN_RATE * (4 + 4 + 8 + 4) > SMALL_MB << 20, "the media do not fit in the small memory");

static unsigned next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Return: whether libsndfile writes FLAC here. */
static bool make_flac(const struct golden *golden, const char *file)
{
    SF_INFO info = {.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16, .channels = 2, .samplerate = GOLDEN_RATE};
    if (!sf_format_check(&info))
        return false;
    char *path = xasprintf("%s/media/%s", golden->folder, file);
    SNDFILE *out = sf_open(path, SFM_WRITE, &info);
    free(path);
    assert_non_null(out);
    for (int64_t n = 0; n < FILE_S * GOLDEN_RATE; n++) {
        float frame[2] = {golden_noise(n, 0) / 8, golden_noise(n, 1) / 8};
        assert_int_equal(sf_writef_float(out, frame, 1), 1);
    }
    assert_int_equal(sf_close(out), 0);
    return true;
}

static void make_media(struct golden *golden, const char *file[FILES])
{
    file[0] = "s16.wav";
    file[1] = "f32.wav";
    file[2] = "44100.wav";
    file[3] = "s16.flac";
    golden_media(golden, file[0], 2, GOLDEN_RATE, OUTPUT_S16, FILE_S * GOLDEN_RATE, golden_noise);
    golden_media(golden, file[1], 2, GOLDEN_RATE, OUTPUT_F32, FILE_S * GOLDEN_RATE, golden_noise);
    golden_media(golden, file[2], 1, 44100, OUTPUT_S24_3, FILE_S * 44100, golden_noise);
    if (make_flac(golden, file[3]))
        return;
    file[3] = "again.wav";
    golden_media(golden, file[3], 2, GOLDEN_RATE, OUTPUT_S16, FILE_S * GOLDEN_RATE, golden_noise);
}

/* Six clips of each file: straight on, restarted, and round loops from less than a block to most of the file. */
static void make_clips(struct golden *golden, const char *const file[FILES])
{
    static const char *const more[CLIPS / FILES] = {
        "",
        "in = 400000; press = \"restart\"; fade_in = 0.01;",
        "mode = \"loop\"; in = 300000; out = 300500;",
        "mode = \"loop\"; in = 700001; out = 803333; seam = 9.5;",
        "mode = \"loop\"; in = 5000; out = 1400000; fade_out = 0.3;",
        "in = 900000; fade_out = 1.5; press = \"layer\";",
    };
    for (int i = 0; i < CLIPS; i++) {
        char id[16], properties[128];
        snprintf(id, sizeof id, "k%d", i);
        snprintf(properties, sizeof properties, "%s gain = -20.0; group = \"%c\"; pan = %.2f;", more[i / FILES], 'A' + i % 4,
                 -0.9 + 0.07 * i);
        golden_clip(golden, id, file[i % FILES], properties);
    }
}

/* All begin within the first second, and from then on are restarted, begun elsewhere and sought in. */
static void make_script(struct golden *golden)
{
    uint32_t chance = 11;
    for (int i = 0; i < CLIPS; i++)
        golden_at(golden, 7 + i * 2000, "play k%d", i);
    for (int i = 0; i < EVENTS; i++) {
        int64_t at = GOLDEN_RATE + (int64_t)i * (RENDER_S - 1) * GOLDEN_RATE / EVENTS + next_random(&chance) % 50;
        int clip = (int)(next_random(&chance) % CLIPS);
        double place = next_random(&chance) % 28000 / 1000.0;
        switch (next_random(&chance) % 5) {
        case 0: golden_at(golden, at, "press k%d", clip); break;
        case 1: golden_at(golden, at, "stop k%d", clip); break;
        case 2: golden_at(golden, at, "seek k%d %.3f", clip, place); break;
        default: golden_at(golden, at, "play k%d at %.3f", clip, place);
        }
    }
}

static void write_config(const struct golden *golden, const char *file, int memory_mb)
{
    char *path = xasprintf("%s/%s", golden->folder, file);
    FILE *out = fopen(path, "w");
    free(path);
    assert_non_null(out);
    fprintf(out, "memory_mb = %d;\n", memory_mb);
    assert_int_equal(fclose(out), 0);
}

static void render(struct golden *golden, const char *config, int period)
{
    char options[160];
    snprintf(options, sizeof options, "--config %s/%s --period %d --seconds %d", golden->folder, config, period, RENDER_S);
    golden_render(golden, options);
    assert_int_equal(golden->frames, RENDER_S * GOLDEN_RATE);
}

static void expect_same(const struct golden *golden, const float *wanted, int period)
{
    for (int64_t i = 0; i < golden->frames * GOLDEN_CHANNELS; i++)
        if (memcmp(&golden->samples[i], &wanted[i], sizeof *wanted) != 0)
            fail_msg("period %d: frame %lld of channel %d is %.9g, not %.9g", period, (long long)(i / GOLDEN_CHANNELS),
                     (int)(i % GOLDEN_CHANNELS), (double)golden->samples[i], (double)wanted[i]);
}

/* That no tenth of a second is silent: what is compared is sound. */
static void expect_sound(const float *samples)
{
    for (int64_t from = GOLDEN_RATE / 10; from < RENDER_S * GOLDEN_RATE; from += GOLDEN_RATE / 10) {
        double most = 0;
        for (int64_t i = from; i < from + GOLDEN_RATE / 10; i++)
            most = samples[i * GOLDEN_CHANNELS] > most ? samples[i * GOLDEN_CHANNELS] : most;
        assert_true(most > 0.01);
    }
}

static void little_memory_gives_the_same_bytes(void **state)
{
    struct golden *golden = *state;
    static const int periods[] = {16, 64, 1024};
    const char *file[FILES];
    make_media(golden, file);
    make_clips(golden, file);
    make_script(golden);
    write_config(golden, "small.conf", SMALL_MB);
    write_config(golden, "large.conf", LARGE_MB);
    render(golden, "large.conf", 64);
    float *wanted = golden->samples;
    char *refusals = golden->refusals;
    golden->samples = NULL;
    golden->refusals = NULL;
    expect_sound(wanted);
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        render(golden, "small.conf", periods[i]);
        expect_same(golden, wanted, periods[i]);
        assert_string_equal(golden->refusals, refusals);
    }
    free(wanted);
    free(refusals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("E2 D3", little_memory_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
