/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains of both families at every rate a device may have: where a clip lands, what the converter leaves of a sine, that
 * the delay comes and goes unheard, and that no cut of a period can be seen.
 */
#include "config.h"

#include "bench_rig.h"
#include "pcm/rateconv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { BOTH = 3 };                      /* OP_FAMILIES: clips of both */
static const uint32_t device_rates[] = {44100, 48000, 88200, 96000}, chain_rates[] = {44100, 48000};
#define PI 3.14159265358979323846

/* A mono medium, a sine of `hertz` from its first frame on. */
static void load_sine(struct rig *rig, uint32_t slot, uint32_t rate, double hertz, double amplitude, int64_t frames)
{
    assert_int_equal(clipmem_prepare(rig->memory, slot, CLIPMEM_F32, 1, rate, rate, frames, frames), 0);
    int64_t block = clipmem_block_frames(CLIPMEM_F32, 1);
    for (uint32_t index = 0; index * block < frames; index++) {
        float *samples = clipmem_take(rig->memory, slot, index);
        assert_non_null(samples);
        for (int64_t i = 0; i < block; i++)
            samples[i] = (float)(amplitude * sin(2 * PI * hertz * (double)(index * block + i) / rate));
        clipmem_publish(rig->memory, slot, index);
    }
    clipmem_set_state(rig->memory, slot, CLIPMEM_READY);
}

/* Clip `slot`, hard left, in this group. */
static void install(struct rig *rig, uint32_t slot, unsigned group)
{
    struct clip_params params = rig_params(slot);
    params.group = (uint8_t)group;
    params.pan = -1;
    rig_install(rig, ENGINE_NOW, (uint16_t)slot, &params);
}

static struct rig *open_both(uint32_t device_rate, const uint32_t *periods)
{
    struct rig *rig = rig_open(device_rate, periods);
    rig_do(rig, ENGINE_NOW, OP_FAMILIES, BOTH);
    return rig;
}

/* A sine in `count` frames of a bus from `from` on, by least squares. */
struct sine {
    double amplitude, phase, rest;      /* rest: RMS of what is not the sine, over that of the sine */
};

static struct sine find_sine(const struct rig *rig, unsigned bus, uint64_t from, uint64_t count, double hertz)
{
    double cc = 0, ss = 0, cs = 0, xc = 0, xs = 0, rest = 0, step = 2 * PI * hertz / rig->rate;
    for (uint64_t i = from; i < from + count; i++) {
        double c = cos(step * (double)i), s = sin(step * (double)i), x = rig_sample(rig, bus, i, 0);
        cc += c * c, ss += s * s, cs += c * s, xc += x * c, xs += x * s;
    }
    double a = (xc * ss - xs * cs) / (cc * ss - cs * cs), b = (xs * cc - xc * cs) / (cc * ss - cs * cs);
    for (uint64_t i = from; i < from + count; i++)
        rest += pow(rig_sample(rig, bus, i, 0) - a * cos(step * (double)i) - b * sin(step * (double)i), 2);
    double amplitude = hypot(a, b);
    return (struct sine){amplitude, atan2(a, b), sqrt(rest / (double)count) / (amplitude / sqrt(2))};
}

static void a_sine_stays_that_sine(void **state)
{
    (void)state;
    static const double hertz[] = {20, 997, 10000, 19900};
    for (size_t d = 0; d < 4; d++)
        for (size_t f = 0; f < 2; f++)
            for (size_t h = 0; h < sizeof hertz / sizeof *hertz; h++) {
                struct rig *rig = open_both(device_rates[d], NULL);
                load_sine(rig, 0, chain_rates[f], hertz[h], 1, chain_rates[f]);
                install(rig, 0, 0);
                rig_press(rig, 0, 0);
                rig_run(rig, device_rates[d]);
                struct sine sine = find_sine(rig, 0, device_rates[d] / 10, device_rates[d] / 10 * 8, hertz[h]);
                assert_true(fabs(20 * log10(sine.amplitude)) < 0.1);
                assert_true(20 * log10(sine.rest) < -110);
                rig_close(rig);
            }
}

/* Fired together on each of as many successive frames as there are phases, from silence. */
static void both_rates_start_on_the_frame(void **state)
{
    (void)state;
    enum { PHASES = 160, LENGTH = 2000, APART = 4800 + 1 };
    for (size_t d = 0; d < 4; d++) {
        struct rig *rig = open_both(device_rates[d], NULL);
        double sum = 0, delay = rateconv_delay_frames(device_rates[d]);
        for (uint32_t slot = 0; slot < 2; slot++) {
            load_sine(rig, slot, chain_rates[slot], 1000, 0.5, LENGTH);
            install(rig, slot, slot);
            for (int n = 0; n < PHASES; n++)
                rig_press(rig, 1000 + (uint64_t)n * APART, (uint16_t)slot);
        }
        rig_run(rig, 1000 + PHASES * APART);
        for (int n = 0; n < PHASES; n++) {
            uint64_t at = 1000 + (uint64_t)n * APART + (uint64_t)delay;
            double phase[2];
            for (unsigned bus = 0; bus < 2; bus++) {
                for (uint64_t i = at - 200; i < at; i++)
                    assert_true(rig_sample(rig, bus, i, 0) == 0);
                phase[bus] = find_sine(rig, bus, at + 200, device_rates[d] / 50, 1000).phase;
                double late = remainder(-phase[bus] - 2 * PI * 1000 * (double)at / device_rates[d], 2 * PI) /
                              (2 * PI * 1000) * 44100;
                assert_true(fabs(late) < (chain_rates[bus] == device_rates[d] ? 1e-3 : 0.501));
            }
            double apart = remainder(phase[0] - phase[1], 2 * PI) / (2 * PI * 1000) * 44100;
            assert_true(device_rates[d] > 48000 || fabs(apart) < 0.501);
            sum += apart;
        }
        /* at twice a rate half of them are halves, made whole */
        assert_true(device_rates[d] > 48000 || fabs(sum / PHASES) < 0.05);
        rig_close(rig);
    }
}

/* Starts, stops, restarts, loops, fades and mutes of both families, on frames that fall close together. */
static void play_much(struct rig *rig)
{
    for (uint32_t slot = 0; slot < 6; slot++) {
        load_sine(rig, slot, chain_rates[slot % 2], 200 + 37 * slot, 0.3, 6000);
        struct clip_params params = rig_params(slot);
        params.group = (uint8_t)(slot / 2);
        params.mode = slot % 3 ? CLIP_LOOP : CLIP_ONCE;
        params.press = slot < 2 ? CLIP_PRESS_RESTART : CLIP_PRESS_STOP;
        params.fade_out_s = 0.01 * slot;
        rig_install(rig, ENGINE_NOW, (uint16_t)slot, &params);
    }
    for (uint64_t n = 0, frame = 100; frame < 30000; n++, frame += 1 + n * n % 797) {
        rig_press(rig, frame, (uint16_t)(n % 6));
        if (n % 5 == 0)
            rig_fade(rig, frame + 1, TARGET_GROUP, (uint16_t)(n % 3), n % 2 ? 1 : 0.5f, 0.003 * (double)(n % 7));
        if (n % 7 == 0)
            rig_mute(rig, frame + 38, TARGET_BUS, (uint16_t)(n % 3), n % 2);
        if (n % 11 == 0)
            rig_stop(rig, frame + 2, TARGET_ALL, 0);
        if (n % 13 == 0)
            rig_do(rig, frame + 40, n % 2 ? OP_PANIC : OP_EMERGENCY, 0);
    }
}

static void no_cut_leaves_a_trace(void **state)
{
    (void)state;
    static const uint32_t one[] = {1, 0}, odd[] = {7, 331, 16, 4096, 1, 48, 0}, long_[] = {4096, 0};
    static const uint32_t *const periods[] = {one, odd, long_};
    enum { FRAMES = 40000 };
    for (size_t d = 0; d < 4; d++) {
        struct rig *usual = open_both(device_rates[d], NULL);
        play_much(usual);
        rig_run(usual, FRAMES);
        for (size_t p = 0; p < 3; p++) {
            struct rig *rig = open_both(device_rates[d], periods[p]);
            play_much(rig);
            rig_run(rig, FRAMES);
            for (int bus = 0; bus < 3; bus++)
                assert_memory_equal(rig->bus[bus], usual->bus[bus], FRAMES * 2 * sizeof(float));
            rig_close(rig);
        }
        rig_close(usual);
    }
}

static void one_family_has_no_delay(void **state)
{
    (void)state;
    for (uint16_t family = 0; family < 2; family++) {
        struct rig *rig = rig_open(chain_rates[family], NULL);
        rig_do(rig, ENGINE_NOW, OP_FAMILIES, (uint16_t)(1 << family));
        rig_load(rig, 0, CLIPMEM_S16, 2, 1000, rig_count);
        install(rig, 0, 0);
        rig_press(rig, 777, 0);
        rig_run(rig, 2000);
        assert_int_equal(rig->shown.latency_frames, 0);
        assert_true(rig_sample(rig, 0, 777 + 500, 0) * 32768 == (float)rig_count(500, 0));
        rig_close(rig);
    }
}

/* A sine of 100 Hz that sounds while the delay comes: no step is steeper than the sine and 5 ms of 0.8 ms of it allow. */
static void the_delay_comes_and_goes_unheard(void **state)
{
    (void)state;
    enum { COMES = 5000, GOES = 15000, ENDS = 24000 };
    struct rig *rig = rig_open(48000, NULL);
    const uint32_t delay = rateconv_delay_frames(48000);
    const double slope = 0.5 * 2 * PI * 100 / 48000;
    load_sine(rig, 0, 48000, 100, 0.5, ENDS);
    install(rig, 0, 0);
    rig_press(rig, 0, 0);
    rig_do(rig, COMES, OP_FAMILIES, BOTH);
    rig_do(rig, GOES, OP_FAMILIES, 1 << 1);
    rig_run(rig, GOES - 1);
    assert_int_equal(rig->shown.latency_frames, delay);
    rig_run(rig, 30000);
    for (uint64_t i = 100; i < ENDS - 100; i++)
        assert_true(fabs(rig_sample(rig, 0, i, 0) - rig_sample(rig, 0, i - 1, 0)) < slope * (1 + delay / 240.0) + 1e-6);
    for (uint64_t i = 1000; i < ENDS - 100; i++)
        if (i < COMES || i > COMES + 240)
            assert_true(fabs(rig_sample(rig, 0, i, 0) -
                             0.5 * sin(2 * PI * 100 * (double)(i - (i < COMES ? 0 : delay)) / 48000)) < 1e-6);
    assert_int_equal(rig->shown.latency_frames, 0);         /* it went when nothing sounded any more */
    rig_press(rig, 31000, 0);
    rig_run(rig, 32000);
    assert_true(rig_sample(rig, 0, 31000, 0) == 0 && rig_sample(rig, 0, 31001, 0) > 0);
    rig_close(rig);
}

/* A bus is sent elsewhere just before the delay comes, and again just after, before what was made then is heard: each change is as
 * late as what it is a change of, be it asked for long before or as its frame comes; and it is told with that frame. */
static void a_bus_is_changed_as_late_as_it_is_heard(void **state)
{
    (void)state;
    enum { FRAMES = 4000, OUTPUTS = 4 };
    static const uint32_t whole[] = {4096, 0}, odd[] = {1, 3, 2, 0};
    struct rig *rig[2] = {rig_open(48000, whole), rig_open(48000, odd)};
    for (int r = 0; r < 2; r++) {
        rig_set_channels(rig[r], OUTPUTS);
        load_sine(rig[r], 0, 48000, 300, 0.25, 9000);
        load_sine(rig[r], 1, 44100, 1000, 0.5, 4410);
        install(rig[r], 0, 0);
        install(rig[r], 1, 0);
        rig_press(rig[r], 100, 0);
        struct bus_params params = {.sends = {.count = 1, .send = {{{3, 4}, 1}}}};
        uint32_t before = rig_bus(rig[r], 1000, 0, &params);
        rig_press(rig[r], 1001, 1);
        params.sends.send[0] = (struct bus_send){{1, 2}, 0.5f};
        if (r)
            rig_run(rig[r], 1008);
        uint32_t after = rig_bus(rig[r], 1010, 0, &params);
        rig_mute(rig[r], 1010 + rateconv_delay_frames(48000), TARGET_GROUP, 0, true);
        rig_run(rig[r], FRAMES);
        for (unsigned i = 0; i < rig[r]->events; i++) {
            const struct event *event = &rig[r]->event[i];
            if (event->type == EVENT_RESULT && (event->serial == before || event->serial == after))
                assert_int_equal(event->frame, event->serial == before ? 1000 : 1010);
        }
    }
    for (int pair = 0; pair < OUTPUTS / 2; pair++)
        assert_memory_equal(rig[0]->pair[pair], rig[1]->pair[pair], FRAMES * 2 * sizeof(float));
    rig_close(rig[0]);
    rig_close(rig[1]);
}

/* A clip of the other family that nobody spoke of brings the delay with it. */
static void a_stranger_brings_the_delay(void **state)
{
    (void)state;
    struct rig *rig = rig_open(48000, NULL);
    load_sine(rig, 0, 44100, 1000, 0.5, 4410);
    install(rig, 0, 0);
    rig_press(rig, 1000, 0);
    rig_run(rig, 4000);
    uint32_t delay = rateconv_delay_frames(48000);
    assert_int_equal(rig->shown.latency_frames, delay);
    for (uint64_t i = 0; i <= 1000 + delay; i++)
        assert_true(fabs(rig_sample(rig, 0, i, 0)) < 1e-3);
    assert_true(fabs(rig_sample(rig, 0, 1000 + delay + 60, 0) - 0.5 * sin(2 * PI * 1000 * 60 / 48000)) < 0.02);
    rig_close(rig);
}

/* Fades are whole, so nothing is missing when the converter's ringing is left out. */
static void what_ended_is_silent_from_its_end_on(void **state)
{
    (void)state;
    struct rig *rig = open_both(48000, NULL);
    load_sine(rig, 0, 44100, 5000, 1, 4410);
    install(rig, 0, 0);
    rig_press(rig, 0, 0);
    rig_run(rig, 8000);
    uint64_t end = 4800 + rateconv_delay_frames(48000);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->frame, 4800);
    assert_int_equal(rig_last_event(rig, EVENT_END, 0)->heard_frames, 4800);
    assert_true(rig_sample(rig, 0, end - 2, 0) != 0);
    for (uint64_t i = end; i < 8000; i++)
        assert_true(rig_sample(rig, 0, i, 0) == 0);
    rig_close(rig);
}

/* A device of another rate: nothing is loaded again, and what sounds goes on where it is, at its own pitch. */
static void a_device_of_another_rate_is_followed(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        struct rig *rig = open_both(48000, NULL);
        load_sine(rig, 0, chain_rates[f], 1000, 0.5, chain_rates[f]);
        install(rig, 0, 0);
        rig_press(rig, 0, 0);
        rig_run(rig, 9600);
        engine_know_rate(rig->engine, 44100);
        engine_follow_rt(rig->engine, 44100);
        rig->rate = 44100;
        rig_run(rig, 9600 + 22050);
        assert_true(llabs((long long)rig->shown.voice[0].elapsed_ns - 700000000) < 1000000);
        double delay = rateconv_delay_frames(44100), begin = 9600 - 0.2 * 44100 + delay;      /* where its first frame would be */
        struct sine sine = find_sine(rig, 0, 9600 + 2205, 17640, 1000);
        double late = remainder(-sine.phase - 2 * PI * 1000 * begin / 44100, 2 * PI) / (2 * PI * 1000) * 44100;
        assert_true(fabs(sine.amplitude - 0.5) < 1e-4 && sine.rest < 1e-4);
        assert_true(fabs(late) < 0.6);
        rig_close(rig);
    }
}

/* A clip of one family on a device of the other, fired on each of 160 successive frames, and 1 ms after its end another. At 44.1 kHz
 * the protection of its end may begin between two frames of the device. */
static void what_follows_a_converted_clip_is_on_its_frame(void **state)
{
    (void)state;
    enum { PHASES = 160, APART = 1600 + 1, LENGTH = 480 };
    static const uint32_t single[] = {1, 0}, long_[] = {4096, 0};
    for (size_t d = 0; d < 2; d++) {
        struct rig *rig[2] = {open_both(device_rates[d], single), open_both(device_rates[d], long_)};
        for (int i = 0; i < 2; i++) {
            for (uint32_t slot = 0; slot < 2; slot++) {
                load_sine(rig[i], slot, chain_rates[!d], 1000, 0.5, LENGTH);
                struct clip_params params = rig_params(slot);
                params.follow = slot ? FOLLOW_NONE : FOLLOW_CLIP;
                params.follow_clip = 1;
                params.follow_gap_s = 0.001;
                rig_install(rig[i], ENGINE_NOW, (uint16_t)slot, &params);
            }
            for (int n = 0; n < PHASES; n++)
                rig_press(rig[i], 1000 + (uint64_t)n * APART, 0);
            rig_run(rig[i], 1000 + PHASES * APART);
            uint64_t ended = 0;
            for (unsigned e = 0; e < rig[i]->events; e++) {
                const struct event *event = &rig[i]->event[e];
                if (event->type == EVENT_END && event->clip == 0)
                    ended = event->frame;
                if (event->type == EVENT_START && event->clip == 1)
                    assert_in_range(event->frame - ended, device_rates[d] / 1000, device_rates[d] / 1000 + 1);
            }
            assert_int_equal(rig_count_events(rig[i], EVENT_START, 1), PHASES);
        }
        assert_memory_equal(rig[0]->bus[0], rig[1]->bus[0], (1000 + PHASES * APART) * 2 * sizeof(float));
        rig_close(rig[0]);
        rig_close(rig[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_stays_that_sine), cmocka_unit_test(both_rates_start_on_the_frame),
        cmocka_unit_test(no_cut_leaves_a_trace), cmocka_unit_test(one_family_has_no_delay),
        cmocka_unit_test(the_delay_comes_and_goes_unheard), cmocka_unit_test(a_stranger_brings_the_delay),
        cmocka_unit_test(a_bus_is_changed_as_late_as_it_is_heard),
        cmocka_unit_test(what_ended_is_silent_from_its_end_on), cmocka_unit_test(a_device_of_another_rate_is_followed),
        cmocka_unit_test(what_follows_a_converted_clip_is_on_its_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
