/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loudness: the factors of BS.1770 at 48 kHz, the signals of EBU Tech 3341 (its table 1) that ask for momentary and
 * short-term values, at every rate of a device; libebur128, where the build has it; any cut the same.
 */
#include "config.h"

#include "decode/loudness.h"
#include "pcm/lufs.h"
#include "wire/work.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { RATES = 4, PERIOD = 64 };

static const uint32_t rates[RATES] = {44100, 48000, 88200, 96000};

struct meter {
    struct lufs_law law;
    struct lufs lufs;
    uint32_t rate;
    uint64_t frame;
    double momentary_low, momentary_high, short_low, short_high;    /* LUFS, since the last forget() */
};

static double db(float lin)
{
    return lin > 0 ? 20 * log10((double)lin) : -200;
}

static void forget(struct meter *m)
{
    m->momentary_low = m->short_low = 200;
    m->momentary_high = m->short_high = -200;
}

static void meter_init(struct meter *m, uint32_t rate)
{
    *m = (struct meter){.rate = rate};
    lufs_law_init(&m->law, rate);
    forget(m);
}

/* A tone of 1 kHz on both sides, or silence below -100 dBFS. */
static void play(struct meter *m, double level_db, double seconds)
{
    float tone[2 * PERIOD];
    double level = level_db < -100 ? 0 : pow(10, level_db / 20);
    for (long left = lround(seconds * m->rate), n; left; left -= n) {
        n = left < PERIOD ? left : PERIOD;
        for (long i = 0; i < n; i++, m->frame++)
            tone[2 * i] = tone[2 * i + 1] = (float)(level * sin(2 * acos(-1) * fmod(1000.0 * (double)m->frame / m->rate, 1)));
        lufs_feed_rt(&m->lufs, &m->law, tone, (uint32_t)n);
        m->momentary_low = fmin(m->momentary_low, db(m->lufs.momentary_lin));
        m->momentary_high = fmax(m->momentary_high, db(m->lufs.momentary_lin));
        m->short_low = fmin(m->short_low, db(m->lufs.short_term_lin));
        m->short_high = fmax(m->short_high, db(m->lufs.short_term_lin));
    }
}

static void factors_are_the_standards(void **state)
{
    (void)state;
    struct lufs_law law;
    lufs_law_init(&law, 48000);
    assert_true(fabs(law.shelf_b[0] - 1.53512485958697) < 1e-9);
    assert_true(fabs(law.shelf_b[1] + 2.69169618940638) < 1e-9);
    assert_true(fabs(law.shelf_b[2] - 1.19839281085285) < 1e-9);
    assert_true(fabs(law.shelf_a[0] + 1.69065929318241) < 1e-9);
    assert_true(fabs(law.shelf_a[1] - 0.73248077421585) < 1e-9);
    assert_true(fabs(law.pass_a[0] + 1.99004745483398) < 1e-9);
    assert_true(fabs(law.pass_a[1] - 0.99007225036621) < 1e-9);
    assert_int_equal(law.step_frames, 480);
}

/* Tests 1 and 2: a steady tone of -23 and of -33 dBFS reads so. */
static void steady_tones_read_their_level(void **state)
{
    (void)state;
    for (size_t r = 0; r < RATES; r++)
        for (int level = -33; level <= -23; level += 10) {
            struct meter m;
            meter_init(&m, rates[r]);
            play(&m, level, 4);
            forget(&m);
            play(&m, level, 1);
            assert_true(m.momentary_low > level - 0.1 && m.momentary_high < level + 0.1);
            assert_true(m.short_low > level - 0.1 && m.short_high < level + 0.1);
        }
}

/* Test 9: 1.34 s of -20 and 1.66 s of -30 dBFS, in turn, are -23 short-term at any time. */
static void short_term_spans_three_seconds(void **state)
{
    (void)state;
    struct meter m;
    meter_init(&m, 48000);
    for (int round = 0; round < 5; round++) {
        play(&m, -20, 1.34);
        play(&m, -30, 1.66);
        if (round == 0)
            forget(&m);
    }
    assert_true(m.short_low > -23.1 && m.short_high < -22.9);
    assert_true(m.momentary_high > -20.1 && m.momentary_low < -29.9);
}

/* Test 12: 0.18 s of -20 and 0.22 s of -30 dBFS are -23 momentary at any time. */
static void momentary_spans_400_ms(void **state)
{
    (void)state;
    for (size_t r = 0; r < RATES; r++) {
        struct meter m;
        meter_init(&m, rates[r]);
        for (int round = 0; round < 25; round++) {
            play(&m, -20, 0.18);
            play(&m, -30, 0.22);
            if (round == 2)
                forget(&m);
        }
        assert_true(m.momentary_low > -23.1 && m.momentary_high < -22.9);
    }
}

/* Tests 10 and 13: a tone just as long as the window reaches its level wherever it begins. */
static void a_tone_of_the_window_is_seen_whole(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct meter m;
        meter_init(&m, 48000);
        play(&m, -200, 0.02 * i);
        play(&m, -23, 0.4);
        play(&m, -200, 1);
        assert_true(fabs(m.momentary_high + 23) < 0.1);
        meter_init(&m, 48000);
        play(&m, -200, 0.15 * i);
        play(&m, -23, 3);
        play(&m, -200, 1);
        assert_true(fabs(m.short_high + 23) < 0.1);
    }
}

/* Full scale on one side alone is -3.01 LUFS at 997 Hz, by the standard. */
static void one_side_counts_half(void **state)
{
    (void)state;
    struct lufs_law law;
    struct lufs lufs = {0};
    lufs_law_init(&law, 48000);
    for (int i = 0; i < 4 * 48000; i++) {
        float frame[2] = {(float)sin(2 * acos(-1) * fmod(997.0 * i / 48000, 1)), 0};
        lufs_feed_rt(&lufs, &law, frame, 1);
    }
    assert_true(fabs(db(lufs.momentary_lin) + 3.01) < 0.02);
    assert_true(fabs(db(lufs.short_term_lin) + 3.01) < 0.02);
}

/* Noise that swells, and the highest momentary loudness at each tenth of a second by either. */
static void libebur128_agrees(void **state)
{
    (void)state;
    enum { SECONDS = 12 };
    if (!loudness_available())
        skip();
    for (size_t r = 0; r < RATES; r++) {
        struct meter m;
        struct work_loudness theirs;
        double highest = -200;
        struct loudness *loudness = loudness_new(2, rates[r], SECONDS * (int64_t)rates[r]);
        assert_non_null(loudness);
        meter_init(&m, rates[r]);
        srand(9);
        for (uint32_t tenth = 0; tenth < 10 * SECONDS; tenth++) {
            static float noise[2 * 9600];
            static double low[2];
            for (uint32_t i = 0; i < 2 * (rates[r] / 10); i++) {
                double level = 0.2 + 0.15 * sin(tenth / 7.0);
                low[i & 1] += 0.1 * (2.0 * rand() / RAND_MAX - 1 - low[i & 1]);
                noise[i] = (float)(level * (low[i & 1] + 0.2 * rand() / RAND_MAX));
            }
            lufs_feed_rt(&m.lufs, &m.law, noise, rates[r] / 10);
            loudness_add_f32(loudness, noise, rates[r] / 10);
            highest = fmax(highest, db(m.lufs.momentary_lin));
        }
        loudness_take(loudness, &theirs);
        assert_true(fabs(highest - theirs.momentary_max) < 0.01);
        loudness_free(loudness);
    }
}

static void cuts_change_nothing(void **state)
{
    (void)state;
    enum { FRAMES = 6000 };
    static float in[2 * FRAMES];
    struct lufs_law law;
    struct lufs whole = {0}, parts = {0};
    lufs_law_init(&law, 48000);
    srand(5);
    for (size_t i = 0; i < 2 * FRAMES; i++)
        in[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    in[77] = NAN;
    in[99] = INFINITY;
    lufs_feed_rt(&whole, &law, in, FRAMES);
    for (uint32_t at = 0, n; at < FRAMES; at += n) {
        n = (uint32_t)rand() % 700;
        n = n < FRAMES - at ? n : FRAMES - at;
        lufs_feed_rt(&parts, &law, in + 2 * at, n);
    }
    assert_memory_equal(&whole, &parts, sizeof whole);
    assert_true(whole.momentary_lin > 0 && whole.momentary_lin < 1);
}

static void silence_becomes_silence(void **state)
{
    (void)state;
    struct meter m;
    meter_init(&m, 48000);
    play(&m, -10, 1);
    lufs_feed_rt(&m.lufs, &m.law, NULL, 48000);
    assert_true(m.lufs.momentary_lin < 1e-6f && m.lufs.short_term_lin > 0.1f);
    lufs_feed_rt(&m.lufs, &m.law, NULL, 100 * 48000);
    lufs_feed_rt(&m.lufs, &m.law, NULL, 4 * 48000);
    assert_true(m.lufs.momentary_lin == 0 && m.lufs.short_term_lin == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_are_the_standards), cmocka_unit_test(steady_tones_read_their_level),
        cmocka_unit_test(short_term_spans_three_seconds), cmocka_unit_test(momentary_spans_400_ms),
        cmocka_unit_test(a_tone_of_the_window_is_seen_whole), cmocka_unit_test(one_side_counts_half),
        cmocka_unit_test(libebur128_agrees), cmocka_unit_test(cuts_change_nothing), cmocka_unit_test(silence_becomes_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
