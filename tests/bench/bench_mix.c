/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processor time of a voice-minute: 24 stereo voices at 48 kHz, half of them 16-bit and half
 * float, ten seconds each (so that samples come from memory, not from a cache), into one bus,
 * period by period. The floor, then the kernels of pcm/ with constant gains, with fades and with
 * gains on the move. One measurement is a tenth of a second of all voices.
 */
#include "config.h"

#include "bench.h"
#include "floor.h"
#include "pcm/fade.h"
#include "pcm/mix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VOICES = 24, RATE = 48000, FRAMES = 10 * RATE, SLICE = 4800, PERIOD_MAX = 1200 };

static int16_t *shorts[VOICES / 2];
static float *floats[VOICES / 2];
static float bus[2 * PERIOD_MAX];
static volatile float sink;         /* keeps the bus alive */

typedef void voice_mix(size_t voice, size_t at, uint32_t frames);

static void voices_make(void)
{
    uint32_t seed = 1;
    for (size_t v = 0; v < VOICES / 2; v++) {
        shorts[v] = malloc(2 * FRAMES * sizeof *shorts[v]);
        floats[v] = malloc(2 * FRAMES * sizeof *floats[v]);
        if (!shorts[v] || !floats[v])
            exit(1);
        for (size_t i = 0; i < 2 * FRAMES; i++) {
            seed = seed * 1664525 + 1013904223;
            shorts[v][i] = (int16_t)(seed >> 16);
            floats[v][i] = (float)shorts[v][i] / 32768;
        }
    }
}

static void mix_floor(size_t voice, size_t at, uint32_t frames)
{
    struct floor_ramp ramp = {.left = 0.3f, .right = 0.4f, .left_step = 1e-6f, .right_step = -1e-7f};
    if (voice & 1)
        floor_mix_s16(bus, shorts[voice / 2] + 2 * at, ramp, frames);
    else
        floor_mix_f32(bus, floats[voice / 2] + 2 * at, ramp, frames);
}

static void mix_voice(size_t voice, size_t at, uint32_t frames, const float *gains)
{
    if (voice & 1)
        mix_s16_stereo_rt(bus, shorts[voice / 2] + 2 * at, gains, 0.3f, 0.4f, frames);
    else
        mix_f32_stereo_rt(bus, floats[voice / 2] + 2 * at, gains, 0.3f, 0.4f, frames);
}

static void mix_steady(size_t voice, size_t at, uint32_t frames)
{
    mix_voice(voice, at, frames, NULL);
}

static void mix_fade(size_t voice, size_t at, uint32_t frames, unsigned curve)
{
    float gains[PERIOD_MAX];
    for (uint32_t i = 0; i < frames; i++)
        gains[i] = 1;
    fade_apply_rt(gains, frames, curve, 0, 1, (uint32_t)at, FRAMES);
    mix_voice(voice, at, frames, gains);
}

static void mix_fade_linear(size_t voice, size_t at, uint32_t frames)
{
    mix_fade(voice, at, frames, PCM_CURVE_LINEAR);
}

static void mix_fade_s(size_t voice, size_t at, uint32_t frames)
{
    mix_fade(voice, at, frames, PCM_CURVE_S);
}

static void mix_moving(size_t voice, size_t at, uint32_t frames)
{
    float lr[2 * PERIOD_MAX];
    for (uint32_t i = 0; i < 2 * frames; i++)
        lr[i] = 0.3f + 1e-6f * (float)i;
    if (voice & 1)
        mix_s16_stereo_lr_rt(bus, shorts[voice / 2] + 2 * at, NULL, lr, frames);
    else
        mix_f32_stereo_lr_rt(bus, floats[voice / 2] + 2 * at, NULL, lr, frames);
}

static double slice_cpu_s(voice_mix *mix, size_t at, uint32_t period)
{
    double start = bench_cpu_s();
    for (size_t end = at + SLICE; at < end; at += period) {
        memset(bus, 0, 2 * period * sizeof *bus);
        for (size_t voice = 0; voice < VOICES; voice++)
            mix(voice, at, period);
        sink = bus[3];
    }
    return bench_cpu_s() - start;
}

static void measure(const char *name, voice_mix *mix, uint32_t period)
{
    static struct bench bench;
    const double voice_minutes = (double)VOICES * SLICE / RATE / 60;
    for (int round = 0; round < 4; round++)
        for (size_t at = 0; at + SLICE <= FRAMES; at += SLICE)
            bench_add(&bench, slice_cpu_s(mix, at, period) / voice_minutes);
    bench_print(&bench, name);
}

int main(void)
{
    static const uint32_t periods[] = {60, 240, 1200};      /* even parts of a slice, multiples of 4 for the floor */
    voices_make();
    fade_tables_init();
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        char title[80];
        snprintf(title, sizeof title, "24 stereo voices, period %u", periods[i]);
        bench_print_head(title, "cpu-s a voice-minute");
        if (floor_available())
            measure("floor (AVX2, fused, ramp accumulated)", mix_floor, periods[i]);
        measure("kernels, constant gains", mix_steady, periods[i]);
        measure("kernels, all in a linear fade", mix_fade_linear, periods[i]);
        measure("kernels, all in an s-curve fade", mix_fade_s, periods[i]);
        measure("kernels, all gains on the move", mix_moving, periods[i]);
    }
    for (size_t v = 0; v < VOICES / 2; v++) {
        free(shorts[v]);
        free(floats[v]);
    }
    return 0;
}
