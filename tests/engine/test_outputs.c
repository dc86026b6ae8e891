/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of finished busses (SPEC B1, B4): mono, device channels, and what is past full scale. */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { CROSS = 240 };                   /* 5 ms */

/* +0.5 on the left and -0.25 on the right. */
static int apart(int64_t frame, unsigned channel)
{
    (void)frame;
    return channel ? -8192 : 16384;
}

static struct rig *open_with(rig_wave *wave, const uint32_t *periods, unsigned clips)
{
    struct rig *rig = rig_open(48000, periods);
    rig_load(rig, 0, CLIPMEM_S16, 2, 40000, wave);
    struct clip_params params = rig_params(0);
    for (unsigned i = 0; i < clips; i++) {
        rig_install(rig, ENGINE_NOW, (uint16_t)i, &params);
        rig_press(rig, 0, (uint16_t)i);
    }
    return rig;
}

static struct bus_params plain(void)
{
    return (struct bus_params){.sends = {1, {{{1, 2}, 1}}}};
}

static void mono_gives_both_sides_the_mean(void **state)
{
    (void)state;
    struct rig *rig = open_with(apart, NULL, 1);
    struct bus_params params = plain();
    params.mono = true;
    rig_bus(rig, 1000, 0, &params);
    rig_bus(rig, 3000, 0, &(struct bus_params){.sends = params.sends});
    rig_run(rig, 4000);
    for (uint64_t frame = 100; frame < 4000; frame++) {
        double by = frame < 1000 ? 0 : frame < 1000 + CROSS ? (double)(frame - 1000) / CROSS : frame < 3000 ? 1
                  : frame < 3000 + CROSS ? 1 - (double)(frame - 3000) / CROSS : 0;
        assert_float_equal(rig_sample(rig, 0, frame, 0), 0.5 + by * (0.125 - 0.5), 1e-6);
        assert_float_equal(rig_sample(rig, 0, frame, 1), -0.25 + by * (0.125 + 0.25), 1e-6);
    }
    assert_true(rig_sample(rig, 0, 2000, 0) == 0.125f && rig_sample(rig, 0, 2000, 1) == 0.125f);
    assert_true(rig_sample(rig, 0, 3500, 0) == 0.5f);
    assert_false(rig->shown.bus[0].mono);
    rig_close(rig);
}

static void a_silent_bus_changes_at_once(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 40000, apart);
    struct clip_params clip = rig_params(0);
    struct bus_params params = plain();
    rig_set_channels(rig, 4);
    params.mono = true;
    params.sends.send[0].channel[0] = 3;
    rig_install(rig, ENGINE_NOW, 0, &clip);
    rig_bus(rig, 100, 0, &params);
    rig_press(rig, 100, 0);
    rig_run(rig, 200);
    assert_true(rig_sample(rig, 0, 160, 1) == 0.125f && rig_channel(rig, 3, 160) == 0.125f);
    assert_true(rig_channel(rig, 1, 160) == 0 && rig_channel(rig, 2, 160) == 0.125f);
    rig_close(rig);
}

/* Changes at odd frames, two of them within one period: channels are the same however the frames are cut. */
static void periods_leave_no_trace_on_channels(void **state)
{
    (void)state;
    static const uint32_t periods[][3] = {{64}, {1}, {1024}, {7, 333}};
    enum { FRAMES = 3000, CHANNELS = 6 };
    static float first[FRAMES][CHANNELS];
    for (size_t p = 0; p < sizeof periods / sizeof *periods; p++) {
        struct rig *rig = open_with(rig_sine, periods[p], 2);
        rig_set_channels(rig, CHANNELS);
        struct bus_params params = plain();
        for (unsigned i = 0; i < 12; i++) {
            params.mono = i % 3 == 1;
            params.sends.count = (uint8_t)(1 + i % 2);
            params.sends.send[0].channel[0] = (uint8_t)(1 + i % CHANNELS);
            params.sends.send[1] = (struct bus_send){{6, (uint8_t)(i % 7)}, 0.3f};
            rig_bus(rig, 500 + 97 * i, 0, &params);
        }
        rig_run(rig, FRAMES);
        for (unsigned frame = 0; frame < FRAMES; frame++)
            for (unsigned channel = 0; channel < CHANNELS; channel++) {
                float sample = rig_channel(rig, channel + 1, frame);
                if (p == 0)
                    first[frame][channel] = sample;
                else
                    assert_true(sample == first[frame][channel]);
            }
        rig_close(rig);
    }
}

static void past_full_scale_is_clamped_and_counted(void **state)
{
    (void)state;
    struct rig *rig = open_with(rig_half, NULL, 3);     /* 1.5 */
    rig_set_channels(rig, 2);
    rig_run(rig, 1024);
    uint32_t loud = 0;
    for (uint64_t frame = 0; frame < 1024; frame++) {
        float sample = rig_sample(rig, 0, frame, 0);
        loud += sample > 1;
        assert_true(rig_channel(rig, 1, frame) == fminf(sample, 1));
    }
    assert_true(loud > 900);
    assert_int_equal(rig->shown.over, 2 * loud);
    assert_int_equal(rig->shown.bus[0].over, 2 * loud);
    assert_int_equal(rig->shown.bus[1].over, 0);
    rig_close(rig);
}

/* A sine of a quarter of the rate whose peaks lie between its samples: 3 dB over them. */
static int between(int64_t frame, unsigned channel)
{
    (void)channel;
    return (int)lrint(16384 * sin(M_PI / 2 * (double)frame + M_PI / 4));
}

static void a_true_peak_lies_between_the_samples(void **state)
{
    (void)state;
    struct rig *rig = open_with(between, NULL, 1);
    rig_run(rig, 20000);
    assert_float_equal(rig->shown.bus[0].peak_lin, 0.5 * M_SQRT1_2, 1e-4);
    assert_float_equal(20 * log10((double)rig->shown.bus[0].true_peak_lin / 0.5), -0.1, 0.1);   /* of four times the rate */
    assert_true(rig->shown.bus[1].true_peak_lin == 0);
    rig_run(rig, 40000 + 48000);                        /* a second later: 20 dB less, and of no more than it was */
    assert_float_equal(20 * log10((double)rig->shown.bus[0].true_peak_lin / 0.5), -20.1, 0.11);
    rig_run(rig, 40000 + 8 * 48000);
    assert_true(rig->shown.bus[0].true_peak_lin == 0);
    rig_close(rig);
}

/* A sine of 997 Hz at -6.02 dBFS on one side: -3.01 - 6.02 LUFS within 0.05 (EBU Tech 3341). */
static int one_kilohertz(int64_t frame, unsigned channel)
{
    return channel ? 0 : (int)lrint(16384 * sin(2 * M_PI * 997 / 48000 * (double)frame));
}

static void loudness_is_shown_and_forgotten(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    rig_load(rig, 0, CLIPMEM_S16, 2, 200000, one_kilohertz);
    struct clip_params params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, &params);
    rig_press(rig, 0, 0);
    rig_run(rig, 24000);
    assert_float_equal(20 * log10((double)rig->shown.bus[0].momentary_lin), -9.03, 0.05);
    assert_float_equal(20 * log10((double)rig->shown.bus[0].short_term_lin), -9.03 - 7.78, 0.1);    /* half a second of three */
    rig_run(rig, 190000);
    assert_float_equal(20 * log10((double)rig->shown.bus[0].short_term_lin), -9.03, 0.05);
    assert_true(rig->shown.bus[1].momentary_lin == 0);
    rig_run(rig, 200000 + 30000);
    assert_true(rig->shown.bus[0].momentary_lin < 1e-6f && rig->shown.bus[0].short_term_lin > 0);
    rig_run(rig, 200000 + 5 * 48000);
    assert_true(rig->shown.bus[0].short_term_lin < 1e-6f);
    rig_close(rig);
}

static void full_scale_is_not_over(void **state)
{
    (void)state;
    struct rig *rig = open_with(rig_half, NULL, 2);     /* exactly 1 */
    rig_set_channels(rig, 2);
    rig_run(rig, 1024);
    assert_true(rig_channel(rig, 1, 1000) == 1);
    assert_int_equal(rig->shown.over, 0);
    rig_close(rig);
}

static void without_a_card_the_busses_are_counted(void **state)
{
    (void)state;
    struct rig *rig = open_with(rig_half, NULL, 3);
    rig_run(rig, 1024);
    assert_true(rig->shown.bus[0].over > 1800 && rig->shown.over == rig->shown.bus[0].over);
    assert_true(rig_sample(rig, 0, 1000, 0) == 1.5f);   /* as it is */
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mono_gives_both_sides_the_mean), cmocka_unit_test(a_silent_bus_changes_at_once),
        cmocka_unit_test(periods_leave_no_trace_on_channels), cmocka_unit_test(past_full_scale_is_clamped_and_counted),
        cmocka_unit_test(loudness_is_shown_and_forgotten),
        cmocka_unit_test(full_scale_is_not_over), cmocka_unit_test(a_true_peak_lies_between_the_samples),
        cmocka_unit_test(without_a_card_the_busses_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
