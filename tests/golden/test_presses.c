/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conformance by render, presses: stop, restart, layer and ignore at every spacing, choke, the
 * pool and its refusals, loops, panic, and the same file at any period.
 *
 * Two materials: a constant, whose sound is the sum of all gains; and combs: clip k is 0 but on
 * frames k, k + 32, ..., so that clips started on multiples of 32 are told apart by frame.
 */
#include "config.h"

#include "rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { COMB = 32, LONG = 60 * RIG_RATE };

/* --- one clip, pressed twice, at every spacing from 1 frame to 1 s --- */

/* All to 64 frames, then a spread that hits the fades' edges, then coarse to 1 s. */
static int spacings(int *spacing)
{
    int count = 0;
    for (int d = 1; d <= 64; d++)
        spacing[count++] = d;
    static const int edges[] = {65, 95, 96, 97, 127, 128, 191, 239, 240, 241, 255, 256, 257, 287, 288, 289, 480, 481, 1000, 1023, 1024, 1025,
        4799, 4800, 4801, 9600, 12345, 24000, 31999, 44100, 47999, 48000};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        spacing[count++] = edges[i];
    return count;
}

/* One script: at each trial's beginning a press, `spacing` later another; then stop all and rest. Trial i begins at begin[i]. */
static struct rig_sound press_pairs(const char *press, const int *spacing, int count, int64_t *begin)
{
    char clips[200], *script = malloc((size_t)count * 120), *p = script;
    snprintf(clips, sizeof clips, "{ row = 1; column = 1; file = \"long.wav\"; press = \"%s\"; }", press);
    rig_session("", clips);
    int64_t at = 1000;
    for (int i = 0; i < count; i++) {
        begin[i] = at;
        p += sprintf(p, "%lldf press 1/1/1\n%lldf press 1/1/1\n", (long long)at, (long long)(at + spacing[i]));
        p += sprintf(p, "%lldf stop all\n", (long long)(at + spacing[i] + 1000));
        at += spacing[i] + 2000;
    }
    struct rig_sound sound = rig_render(script, "");
    free(script);
    return sound;
}

static double in_fade(int64_t n)
{
    return n < 0 ? 0 : n < RIG_PROTECTION ? (double)n / RIG_PROTECTION : 1;
}

/* The gain of a voice that began at frame 0 and was stopped at frame d with the 1 ms fade. */
static double stopped(int64_t n, int64_t d)
{
    return n < d ? in_fade(n) : n < d + RIG_PROTECTION ? in_fade(d) * (1 - (double)(n - d) / RIG_PROTECTION) : 0;
}

static void each_trial(const char *press, double (*law)(int64_t n, int64_t d))
{
    int spacing[128], count = spacings(spacing);
    int64_t begin[128];
    struct rig_sound sound = press_pairs(press, spacing, count, begin);
    for (int i = 0; i < count; i++) {
        int64_t end = spacing[i] + 1000;        /* stop all */
        for (int64_t n = -10; n < end + 900; n++) {
            double want = n < end ? law(n, spacing[i]) : n < end + RIG_PROTECTION ? law(end, spacing[i]) * (1 - (double)(n - end) / RIG_PROTECTION) : 0;
            float got = rig_at(&sound, begin[i] + n, 0);
            if (fabs(got - want) > 2e-6)
                fail_msg("%s, spacing %d, frame %lld: %.8f instead of %.8f", press, spacing[i], (long long)n, got, want);
        }
    }
    rig_clear(&sound);
}

static void press_stop_plays_then_stops_at_every_spacing(void **state)
{
    (void)state;
    rig_media_s16("long.wav", RIG_RATE, 2, LONG, rig_one);
    rig_media_f32("long.wav", RIG_RATE, 2, LONG / 20, rig_one);
    each_trial("stop", stopped);
}

/* A linear 5 ms cross-fade: the old copy goes as the new one comes. */
static double restarted(int64_t n, int64_t d)
{
    if (n < d)
        return in_fade(n);
    double x = n - d < 240 ? (double)(n - d) / 240 : 1;
    return in_fade(d) * (1 - x) + x;
}

static void press_restart_cross_fades_at_every_spacing(void **state)
{
    (void)state;
    each_trial("restart", restarted);
}

static double layered(int64_t n, int64_t d)
{
    return in_fade(n) + in_fade(n - d);
}

static void press_layer_adds_a_voice_at_every_spacing(void **state)
{
    (void)state;
    each_trial("layer", layered);
}

static double single(int64_t n, int64_t d)
{
    (void)d;
    return in_fade(n);
}

static void press_ignore_goes_on_at_every_spacing_and_is_refused(void **state)
{
    (void)state;
    each_trial("ignore", single);
    rig_session("", "{ row = 1; column = 1; id = \"one\"; file = \"long.wav\"; press = \"ignore\"; }");
    struct rig_sound sound = rig_render("0 press one\n1f press one\n2f press one\n", "--seconds 0.1");
    assert_int_equal(rig_lines(sound.said), 2);
    assert_memory_equal(sound.said, "1f press one: ", 14);
    rig_clear(&sound);
}

static void presses_alternate_on_the_same_frame_too(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"long.wav\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n500f press 1/1/1\n500f press 1/1/1\n500f press 1/1/1\n1000f press 1/1/1\n", "--seconds 0.1");
    assert_true(rig_peak(&sound, 548, 1000, 0) == 0);       /* stop, play, stop: silence */
    assert_true(rig_at(&sound, 2000, 0) == 1);
    rig_clear(&sound);
}

static void a_fifth_layer_is_refused(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"long.wav\"; press = \"layer\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n0 press 1/1/1\n0 press 1/1/1\n0 press 1/1/1\n0 press 1/1/1\n", "--seconds 0.1");
    assert_int_equal(rig_lines(sound.said), 1);
    assert_true(rig_at(&sound, 1000, 0) == 4);
    rig_clear(&sound);
}

/* --- many clips --- */

static unsigned comb_place;

static double comb(int64_t frame, unsigned channel)
{
    (void)channel;
    return frame % COMB == comb_place ? 0.5 : 0;
}

static void make_combs(unsigned count, unsigned channels)
{
    for (comb_place = 0; comb_place < count; comb_place++) {
        char name[32];
        snprintf(name, sizeof name, "comb%u-%u.wav", channels, comb_place);
        rig_media_s16(name, RIG_RATE, channels, RIG_RATE * 4, comb);
    }
}

/* Voices told apart by their comb that sound between frames from and from + 2 * COMB on the bus of channel c. */
static int sounding(const struct rig_sound *sound, int64_t from, unsigned channel)
{
    int count = 0;
    for (int64_t place = 0; place < COMB; place++)
        count += rig_peak(sound, from + place, from + place + 1, channel) > 0 || rig_peak(sound, from + place + COMB, from + place + COMB + 1, channel) > 0;
    return count;
}

static void comb_clips(char *clips, int count, unsigned channels, const char *more)
{
    *clips = '\0';
    for (int i = 0; i < count; i++)
        clips += sprintf(clips, "%s{ row = %d; column = %d; id = \"k%d\"; file = \"comb%u-%d.wav\"; %s }", i ? ", " : "", i / 10 + 1, i % 10 + 1, i + 1,
                         channels, i % COMB, more);
}

static void a_choke_group_keeps_its_limit_6_ms_after_each_press(void **state)
{
    (void)state;
    char groups[100], clips[4000];
    make_combs(COMB, 2);
    for (int limit = 1; limit <= 4; limit++) {
        snprintf(groups, sizeof groups, "{ mode = \"choke\"; voices = %d; fade_out = 3.0; }", limit);
        comb_clips(clips, 10, 2, "");
        rig_session(groups, clips);
        char script[2000], *p = script;
        int64_t at[10], frame = COMB;
        for (int i = 0; i < 10; i++) {
            at[i] = frame;
            p += sprintf(p, "%lldf press k%d\n", (long long)frame, i + 1);
            frame += COMB * (i % 3 == 0 ? 1 : i % 3 == 1 ? 20 : 5);
        }
        struct rig_sound sound = rig_render(script, "--seconds 0.5");
        assert_int_equal(rig_lines(sound.said), 0);
        for (int i = 0; i < 10; i++)
            if (i == 9 || at[i + 1] > at[i] + 320)
                assert_true(sounding(&sound, at[i] + 320, 0) <= limit);
        assert_int_equal(sounding(&sound, 10 * COMB * 20 + 960, 0), limit);
        rig_clear(&sound);
    }
}

static void thirty_stereo_presses_sound_24_and_refuse_six_by_name(void **state)
{
    (void)state;
    char clips[8000], script[2000], *p = script;
    comb_clips(clips, 30, 2, "");
    rig_session("", clips);
    for (int i = 0; i < 30; i++)
        p += sprintf(p, "%df press k%d\n", i * COMB, i + 1);
    struct rig_sound sound = rig_render(script, "--seconds 1");
    assert_int_equal(sounding(&sound, 320 * COMB, 0), 24);
    assert_int_equal(rig_lines(sound.said), 6);
    char *line = sound.said;
    for (int i = 25; i <= 30; i++) {
        char want[64];
        snprintf(want, sizeof want, "%df press k%d: ", (i - 1) * COMB, i);
        assert_memory_equal(line, want, strlen(want));
        char *end = strchr(line, '\n');
        *end = '\0';
        assert_non_null(strstr(line + strlen(want), "24 voices"));
        line = end + 1;
    }
    rig_clear(&sound);
}

static void mono_voices_pair_so_that_48_sound(void **state)
{
    (void)state;
    char clips[12000], script[4000], *p = script;
    rig_media_f32("mono.wav", RIG_RATE, 1, RIG_RATE, rig_one);
    *clips = '\0';
    for (int i = 0, used = 0; i < 50; i++) {
        used += sprintf(clips + used, "%s{ row = %d; column = %d; id = \"k%d\"; file = \"mono.wav\"; pan = -1; gain = -40; group = \"%c\"; }", i ? ", " : "",
                        i / 10 + 1, i % 10 + 1, i + 1, "ABCD"[i % 4]);
        p += sprintf(p, "0 press k%d\n", i + 1);
    }
    rig_session("", clips);
    struct rig_sound sound = rig_render(script, "--seconds 0.5");
    assert_int_equal(rig_lines(sound.said), 2);
    double sum = 0;
    for (unsigned c = 0; c < 8; c += 2)
        sum += rig_at(&sound, 10000, c);
    assert_true(fabs(sum - 0.48) < 1e-5);
    rig_clear(&sound);
}

static void a_full_pool_takes_the_oldest_tail(void **state)
{
    (void)state;
    char clips[8000], script[3000], *p = script;
    comb_clips(clips, 25, 2, "fade_out = 3.0;");
    rig_session("", clips);
    for (int i = 0; i < 24; i++)
        p += sprintf(p, "0 press k%d\n", i + 1);
    p += sprintf(p, "3200f stop k7\n6400f stop k3\n9600f press k25\n");
    struct rig_sound sound = rig_render(script, "--seconds 0.5");
    assert_int_equal(rig_lines(sound.said), 0);
    assert_true(rig_peak(&sound, 9600 + 320 + 6, 9600 + 320 + 7, 0) == 0);      /* k7, the older tail, went */
    assert_true(rig_at(&sound, 9600 + 320 + 2, 0) > 0);                         /* k3 goes on fading */
    assert_int_equal(sounding(&sound, 12800, 0), 24);
    rig_clear(&sound);
}

static void loops_repeat_sample_exact_and_release_plays_the_end(void **state)
{
    (void)state;
    rig_media_f32("ramp.wav", RIG_RATE, 2, 20000, rig_ramp);
    rig_session("", "{ row = 1; column = 1; file = \"ramp.wav\"; mode = \"loop\"; in = 500; out = 1501; }, "
                "{ row = 1; column = 2; file = \"ramp.wav\"; mode = \"loop\"; loops = 3; in = 500; out = 1501; group = \"B\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n0 press 1/1/2\n9500f release 1/1/1\n", "");
    for (int64_t n = RIG_PROTECTION; n < 10 * 1001 - RIG_PROTECTION; n++)
        assert_true(rig_at(&sound, n, 0) == (float)rig_ramp(500 + n % 1001, 0));
    assert_true(rig_peak(&sound, 10 * 1001, sound.frames, 0) == 0);             /* the pass in which it was released is the last */
    for (int64_t n = RIG_PROTECTION; n < 3 * 1001 - RIG_PROTECTION; n++)
        assert_true(rig_at(&sound, n, 2) == (float)rig_ramp(500 + n % 1001, 0));
    assert_true(rig_peak(&sound, 3 * 1001, sound.frames, 2) == 0);
    rig_clear(&sound);
}

static void flags_choke_and_stop_others(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"comb2-1.wav\"; choke = true; }, { row = 1; column = 2; file = \"comb2-2.wav\"; choke = true; }, "
                "{ row = 1; column = 3; file = \"comb2-3.wav\"; }, { row = 1; column = 4; file = \"comb2-4.wav\"; stop_others = true; group = \"B\"; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n0 press 1/1/3\n3200f press 1/1/2\n6400f press 1/1/4\n", "--seconds 0.3");
    assert_int_equal(sounding(&sound, 1600, 0), 2);
    assert_true(rig_at(&sound, 4800 + 1, 0) == 0 && rig_at(&sound, 4800 + 2, 0) > 0 && rig_at(&sound, 4800 + 3, 0) > 0);
    assert_int_equal(sounding(&sound, 6464, 0), 0);
    assert_int_equal(sounding(&sound, 6464, 2), 1);
    rig_clear(&sound);
}

static void audition_sounds_on_its_bus_alone(void **state)
{
    (void)state;
    rig_session("{ mode = \"choke\"; }", "{ row = 1; column = 1; file = \"long.wav\"; }, { row = 1; column = 2; file = \"long.wav\"; stop_others = true; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n0.1 audition 1/1/2\n0.2 stop group:A\n", "--seconds 0.4");
    assert_true(rig_at(&sound, 9000, 0) == 1 && rig_at(&sound, 9000, 8) == 1);
    assert_true(rig_peak(&sound, 9700, sound.frames, 0) == 0 && rig_at(&sound, 15000, 8) == 1);
    rig_clear(&sound);
}

static void panic_fades_in_a_second_and_cuts_the_second_time(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"long.wav\"; }, { row = 1; column = 2; file = \"long.wav\"; group = \"B\"; fade_out = 20.0; }");
    struct rig_sound sound = rig_render("0 press 1/1/1\n0 audition 1/1/2\n0.1 panic\n1.5 press 1/1/1\n1.5 press 1/1/2\n2 panic\n2.1 panic\n", "--seconds 3");
    assert_true(rig_at(&sound, 4800 + 24000, 0) > 0 && rig_at(&sound, 4800 + 24000, 8) > 0);
    assert_true(rig_peak(&sound, 4800 + 48000, 72000, 0) == 0 && rig_peak(&sound, 4800 + 48000, 72000, 8) == 0);
    assert_true(rig_at(&sound, 100790, 0) > 0 && rig_at(&sound, 100790, 2) > 0);
    assert_true(rig_peak(&sound, 100800 + 240, sound.frames, 0) == 0 && rig_peak(&sound, 100800 + 240, sound.frames, 2) == 0);
    for (int64_t i = 1; i < sound.frames; i++)      /* and without a click: never a step beyond 1 ms from full */
        assert_true(fabsf(rig_at(&sound, i, 0) - rig_at(&sound, i - 1, 0)) <= 1.0f / RIG_PROTECTION + 1e-6f);
    rig_clear(&sound);
}

static void one_script_gives_the_same_file_at_any_period(void **state)
{
    (void)state;
    char clips[8000], script[8000], *p = script;
    static const char *const press[] = {"stop", "restart", "layer", "ignore"};
    uint32_t x = 7;
    *clips = '\0';
    for (int i = 0, used = 0; i < 20; i++)
        used += sprintf(clips + used, "%s{ row = %d; column = %d; file = \"%s\"; group = \"%c\"; press = \"%s\"; mode = \"%s\"; fade_in = 0.0%d; fade_out = 0.0%d; seam = 2.0; "
                        "in = %d; out = %d; }", i ? ", " : "", i / 10 + 1, i % 10 + 1, i % 3 ? "ramp.wav" : "sine44.wav", "ABCD"[i % 4], press[i % 4],
                        i % 2 ? "loop" : "once", i % 7, i % 9, 100 * i, 9000 + 17 * i);
    rig_session("{ mode = \"choke\"; }, { voices = 3; }", clips);
    rig_media_f32("sine44.wav", 44100, 1, 22050, rig_ramp);
    for (int i = 0, at = 0; i < 100; i++) {
        x = x * 1664525 + 1013904223;
        at += (int)(x >> 16) % 700;
        int clip = (int)(x >> 8) % 20;
        static const char *const verbs[] = {"press", "press", "press", "play", "stop"};
        p += sprintf(p, "%df %s 1/%d/%d\n", at, verbs[x % 5], clip / 10 + 1, clip % 10 + 1);
        if (i % 10 == 5)
            p += sprintf(p, "%df gain group:%c -%d\n%df fade 1/1/%d -20 0.05 log\n", at, "ABCD"[i % 4], i % 20, at, i % 9 + 1);
    }
    sprintf(p, "2 mute group:B on\n2.1 stop all\n");
    static const char *const periods[] = {"--period 64", "--period 16", "--period 256", "--period 1024"};
    struct rig_sound first = {0};
    for (int i = 0; i < 4; i++) {
        struct rig_sound sound = rig_render(script, periods[i]);
        if (i) {
            assert_int_equal(sound.frames, first.frames);
            assert_memory_equal(sound.sample, first.sample, (size_t)sound.frames * RIG_CHANNELS * sizeof(float));
            assert_string_equal(sound.said, first.said);
            rig_clear(&sound);
        } else {
            first = sound;
            assert_true(rig_peak(&first, 0, first.frames, 0) > 0);
        }
    }
    rig_clear(&first);
}

static void what_never_ends_wants_seconds(void **state)
{
    (void)state;
    rig_session("", "{ row = 1; column = 1; file = \"ramp.wav\"; mode = \"loop\"; }");
    struct rig_sound sound = rig_render_any("0 press 1/1/1\n", "");
    assert_int_equal(sound.status, 1);
    assert_int_equal(rig_lines(sound.said), 1);
    assert_null(fopen(rig_path("out.wav"), "r"));
    sound = rig_render("0 press 1/1/1\n", "--seconds 1.5");
    assert_int_equal(sound.frames, 72000);
    rig_clear(&sound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(press_stop_plays_then_stops_at_every_spacing), cmocka_unit_test(press_restart_cross_fades_at_every_spacing),
        cmocka_unit_test(press_layer_adds_a_voice_at_every_spacing), cmocka_unit_test(press_ignore_goes_on_at_every_spacing_and_is_refused),
        cmocka_unit_test(presses_alternate_on_the_same_frame_too), cmocka_unit_test(a_fifth_layer_is_refused),
        cmocka_unit_test(a_choke_group_keeps_its_limit_6_ms_after_each_press), cmocka_unit_test(thirty_stereo_presses_sound_24_and_refuse_six_by_name),
        cmocka_unit_test(mono_voices_pair_so_that_48_sound), cmocka_unit_test(a_full_pool_takes_the_oldest_tail),
        cmocka_unit_test(loops_repeat_sample_exact_and_release_plays_the_end), cmocka_unit_test(flags_choke_and_stop_others),
        cmocka_unit_test(audition_sounds_on_its_bus_alone), cmocka_unit_test(panic_fades_in_a_second_and_cuts_the_second_time),
        cmocka_unit_test(one_script_gives_the_same_file_at_any_period), cmocka_unit_test(what_never_ends_wants_seconds),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
