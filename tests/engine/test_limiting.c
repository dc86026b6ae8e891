/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limiters of busses and of pairs of channels (SPEC B4): what they let through, and that all stays aligned. */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

enum { RATE = 48000, LATE = RATE / 1000, CROSS = 240, FRAMES = 12000 };
#define CEILING 0.891250938             /* -1 dB */

/* A square of 1 kHz that goes up to full scale and a sine between whose samples the peaks are, in turn. */
static int hot(int64_t frame, unsigned channel)
{
    if (frame / 2400 % 2)
        return (frame + 13 * channel) / 24 % 2 ? -32768 : 32767;
    return (int)lrint(32767 * sin(M_PI / 2 * (double)frame + M_PI / 4));
}

static struct rig *open_with(rig_wave *wave, const uint32_t *periods)
{
    struct rig *rig = rig_open(RATE, periods);
    rig_load(rig, 0, CLIPMEM_S16, 2, 10000, wave);
    for (uint8_t group = 0; group < 2; group++) {
        struct clip_params params = rig_params(0);
        params.group = group;
        params.gain_lin = 1.5f;
        rig_install(rig, ENGINE_NOW, group, &params);
        rig_press(rig, 100, group);
    }
    return rig;
}

static void limit(struct rig *rig, uint64_t frame, unsigned bus, bool on)
{
    struct bus_params params = {.limiter = on, .sends = {1, {{{(uint8_t)(2 * bus + 1), (uint8_t)(2 * bus + 2)}, 1}}}};
    rig_bus(rig, frame, bus, &params);
}

static void limit_pairs(struct rig *rig, uint64_t frame, uint32_t pairs)
{
    rig_post(rig, (struct op){.type = OP_LIMITERS, .frame = frame, .pairs = pairs});
}

/* The highest of the wave between the samples, by 64 taps of a windowed sinc at 8 places a frame. */
static double true_peak(const float *stereo, unsigned side, int64_t frames)
{
    double highest = 0, tap[8][64];
    for (int k = 0; k < 8; k++)
        for (int i = 0; i < 64; i++) {
            double x = i - 31 - k / 8.0, w = cos(x * M_PI / 66);
            tap[k][i] = x == 0 ? 1 : sin(M_PI * x) / (M_PI * x) * w * w;
        }
    for (int64_t n = 32; n < frames - 32; n++)
        for (int k = 0; k < 8; k++) {
            double value = 0;
            for (int i = 0; i < 64; i++)
                value += stereo[2 * (n - 31 + i) + side] * tap[k][i];
            highest = fmax(highest, fabs(value));
        }
    return highest;
}

static void no_true_peak_passes_a_limiter(void **state)
{
    (void)state;
    struct rig *rig = open_with(hot, NULL);
    rig_set_channels(rig, 4);
    limit(rig, 0, 0, true);
    limit_pairs(rig, 0, 2);
    rig_run(rig, FRAMES);
    assert_true(true_peak(rig->bus[1], 0, FRAMES) > 1.6);                        /* bus B is not limited, */
    for (unsigned side = 0; side < 2; side++) {
        assert_true(true_peak(rig->bus[0], side, FRAMES) <= CEILING);
        assert_true(true_peak(rig->bus[0], side, FRAMES) > 0.95 * CEILING);     /* and is not just turned down */
        assert_true(true_peak(rig->pair[1], side, FRAMES) <= CEILING);          /* but its channels are */
    }
    assert_int_equal(rig->shown.over, 0);
    assert_int_equal(rig->shown.bus[0].over, 0);
    assert_true(rig->shown.bus[1].over > 1000);
    rig_close(rig);
}

static void below_the_ceiling_a_limiter_is_a_delay(void **state)
{
    (void)state;
    struct rig *plain = open_with(rig_sine, NULL), *limited = open_with(rig_sine, NULL);
    limit(limited, 0, 0, true);
    rig_set_channels(plain, 4);
    rig_set_channels(limited, 4);
    limit_pairs(limited, 0, 3);
    rig_run(plain, FRAMES);
    rig_run(limited, FRAMES);
    for (uint64_t frame = 0; frame < FRAMES; frame++)
        for (unsigned side = 0; side < 2; side++) {
            float was = frame < LATE ? 0 : rig_sample(plain, 0, frame - LATE, side);
            float twice = frame < 2 * LATE ? 0 : rig_channel(plain, 1 + side, frame - 2 * LATE);
            assert_true(rig_sample(limited, 0, frame, side) == was && rig_channel(limited, 1 + side, frame) == twice);
        }
    rig_close(plain);
    rig_close(limited);
}

/* One limiter on one bus and one on one pair: every bus is 1 ms late, every channel 2 ms, to the frame. */
static void all_outputs_are_late_alike(void **state)
{
    (void)state;
    struct rig *rig = open_with(rig_sine, NULL);
    rig_set_channels(rig, 4);
    limit(rig, 0, 1, true);
    limit_pairs(rig, 0, 2);
    rig_run(rig, FRAMES);
    for (uint64_t frame = 0; frame < FRAMES; frame++) {
        assert_true(rig_sample(rig, 0, frame, 0) == rig_sample(rig, 1, frame, 0));
        assert_true(rig_channel(rig, 1, frame) == rig_channel(rig, 3, frame));
        if (frame >= LATE)
            assert_true(rig_channel(rig, 2, frame) == rig_sample(rig, 0, frame - LATE, 1));
    }
    assert_true(rig_sample(rig, 0, 100 + LATE, 0) == 0 && rig_sample(rig, 0, 100 + LATE + 2, 0) != 0);
    rig_close(rig);
}

static void the_last_frames_come_out(void **state)
{
    (void)state;
    enum { END = 100 + 10000 };
    struct rig *rig = open_with(rig_full, NULL);
    rig_set_channels(rig, 2);
    limit(rig, 0, 0, true);
    limit_pairs(rig, 0, 1);
    rig_run(rig, END);
    assert_true(engine_sounding_rt(rig->engine));
    rig_run(rig, FRAMES);
    assert_true(rig_sample(rig, 0, END + LATE - 2, 0) != 0 && rig_sample(rig, 0, END + LATE, 0) == 0);
    assert_true(rig_channel(rig, 1, END + 2 * LATE - 2) != 0 && rig_channel(rig, 1, END + 2 * LATE) == 0);
    assert_false(engine_sounding_rt(rig->engine));
    rig_close(rig);
}

/* The largest step of the left side. */
static double steepest(const float *stereo)
{
    double most = 0;
    for (uint64_t frame = 400; frame < 9000; frame++)
        most = fmax(most, fabs((double)stereo[2 * frame] - (double)stereo[2 * frame - 2]));
    return most;
}

/* Put on, off, and on again in the middle of a fade, on sine material: no step beyond the sine's and that of a fade that turns it
 * by 1 ms at most. Were it turned at once, that would be told. */
static void switching_makes_no_click(void **state)
{
    (void)state;
    struct rig *rig = open_with(rig_sine, NULL);
    rig_set_channels(rig, 4);
    static const uint64_t changes[] = {1000, 2000, 2100, 2200, 4000, 4500, 4520, 6000};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        limit(rig, changes[i], 0, i % 2 == 0);
        limit_pairs(rig, changes[i] + 77, i % 2 == 0 ? 3 : 0);
    }
    rig_run(rig, 9000);
    const double sine = 0.75 * 2 * M_PI * 100 / RATE, turned = 0.75 * 2 * sin(M_PI * 100 * LATE / RATE) / CROSS;
    const double allowed[2] = {1.001 * (sine + turned) + 1e-4, 1.001 * (sine + 2 * turned) + 1e-4};
    float *stereo[2] = {rig->bus[0], rig->pair[0]};
    for (int i = 0; i < 2; i++) {
        assert_true(steepest(stereo[i]) > 0.9 * sine && steepest(stereo[i]) < allowed[i]);
        memmove(stereo[i] + 2 * 7000, stereo[i] + 2 * (7000 + LATE), 2 * 1000 * sizeof(float));
        assert_true(steepest(stereo[i]) > allowed[i]);
    }
    rig_close(rig);
}

static void periods_leave_no_trace(void **state)
{
    (void)state;
    static const uint32_t periods[][3] = {{64}, {1}, {1024}, {7, 333}};
    static float first[FRAMES][4];
    for (size_t p = 0; p < sizeof periods / sizeof *periods; p++) {
        struct rig *rig = open_with(hot, periods[p]);
        rig_set_channels(rig, 3);
        limit_pairs(rig, 500, 2);
        limit_pairs(rig, 9000, 0);
        for (unsigned i = 0; i < 8; i++)
            limit(rig, 700 + 311 * i, i % 2, i % 3 != 0);
        rig_run(rig, FRAMES);
        for (unsigned frame = 0; frame < FRAMES; frame++) {
            float made[4] = {rig_sample(rig, 0, frame, 0), rig_sample(rig, 1, frame, 1), rig_channel(rig, 1, frame),
                             rig_channel(rig, 3, frame)};
            for (unsigned i = 0; i < 4; i++) {
                if (p == 0)
                    first[frame][i] = made[i];
                assert_true(made[i] == first[frame][i]);
            }
        }
        rig_close(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_true_peak_passes_a_limiter), cmocka_unit_test(below_the_ceiling_a_limiter_is_a_delay),
        cmocka_unit_test(all_outputs_are_late_alike), cmocka_unit_test(the_last_frames_come_out),
        cmocka_unit_test(switching_makes_no_click), cmocka_unit_test(periods_leave_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
