/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every kernel of pcm/kernels.h beside the memory's bandwidth: ns a frame of stereo, from 12 MB of
 * samples that no cache keeps, in pieces of 512 frames, the chosen variant and the plain one. The
 * floor of a kernel is the library's copy of as many bytes, to memory or to a cache, as the kernel
 * writes; it takes its turn before each. Mixing goes on into one bus, which stays in the cache.
 */
#include "config.h"

#include "bench.h"
#include "pcm/kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 512,                        /* frames */
    PIECES = 3072,                      /* 12 MB of float stereo */
    ROUNDS = 24,
    SPARE = 4096,                       /* floats: what a kernel reads past its piece */
};

static float *floats;                   /* PIECES * PIECE frames of stereo and SPARE more */
static int16_t *shorts;
static float *written;
static float cached[2 * PIECE], bus[2 * PIECE], gains[PIECE], lr[2 * PIECE], sums[2], rows[KERNEL_CONVERT_FLOATS * 160];
static double noise[2 * PIECE];
static uint64_t places[2 * PIECE];
static struct kernel_interpolator interpolator;
static const struct kernels *variant;
static volatile float sink;

/* --- one piece each; at: its first sample --- */

static void floor_s16(size_t at)
{
    memcpy(cached, shorts + at, 2 * PIECE * sizeof *shorts);
    sink = cached[0];
}

static void floor_f32(size_t at)
{
    memcpy(cached, floats + at, 2 * PIECE * sizeof *floats);
    sink = cached[0];
}

static void floor_copy(size_t at)
{
    memcpy(written + at, floats + at, 2 * PIECE * sizeof *floats);
    sink = written[at];
}

static void floor_write(size_t at)
{
    memset(written + at, (int)at & 1, 2 * PIECE * sizeof *written);
    sink = written[at];
}

static void mix_s16(size_t at)
{
    variant->mix[KERNEL_S16][1](bus, shorts + at, NULL, NULL, 0.3f, 0.4f, PIECE);
}

static void mix_s16_fade(size_t at)
{
    variant->mix[KERNEL_S16][1](bus, shorts + at, gains, NULL, 0.3f, 0.4f, PIECE);
}

static void mix_f32(size_t at)
{
    variant->mix[KERNEL_F32][1](bus, floats + at, NULL, NULL, 0.3f, 0.4f, PIECE);
}

static void mix_f32_fade(size_t at)
{
    variant->mix[KERNEL_F32][1](bus, floats + at, gains, NULL, 0.3f, 0.4f, PIECE);
}

static void mix_f32_moving(size_t at)
{
    variant->mix[KERNEL_F32][1](bus, floats + at, gains, lr, 0, 0, PIECE);
}

static void mix_f32_mono(size_t at)             /* twice as many frames, so that as many bytes are read */
{
    variant->mix[KERNEL_F32][0](bus, floats + at, NULL, NULL, 0.3f, 0.4f, PIECE);
    variant->mix[KERNEL_F32][0](bus, floats + at + PIECE, NULL, NULL, 0.3f, 0.4f, PIECE);
}

static void scale(size_t at)
{
    variant->scale(written + at, NULL, 0.999f, PIECE);
}

static void add(size_t at)
{
    variant->add(bus, floats + at, PIECE);
}

static void dot(size_t at)
{
    variant->dot(sums, floats + at, lr, 2 * PIECE);
    sink = sums[0];
}

static void convert(size_t at)
{
    const struct kernel_convert plan = {.rows = rows, .up = 160, .down = 147};
    variant->convert(&plan, written + at, floats + at, 0, PIECE);
}

static void true_peak(size_t at)
{
    variant->true_peak(&interpolator, written + at, floats + at, 1e9f, PIECE);
}

static void peak_f32(size_t at)
{
    struct kernel_peak peak;
    for (size_t i = 0; i < 2 * PIECE; i += 2 * KERNEL_PEAK_FRAMES)
        variant->peak[KERNEL_F32][1](&peak, floats + at + i);
    sink = peak.energy[0];
}

static void peak_s16(size_t at)
{
    struct kernel_peak peak;
    for (size_t i = 0; i < 2 * PIECE; i += 2 * KERNEL_PEAK_FRAMES)
        variant->peak[KERNEL_S16][1](&peak, shorts + at + i);
    sink = peak.energy[0];
}

static void quantise(size_t at)
{
    variant->quantise((int32_t *)(void *)(written + at), floats + at, NULL, 0x1p31, 2 * PIECE);
}

static void dither(size_t at)
{
    places[at % PIECE] = at;
    variant->dither(noise, places, 2 * PIECE);
    memcpy(written + at, noise, 2 * PIECE * sizeof *written);
}

static const struct row {
    const char *name;
    void (*run)(size_t at), (*floor)(size_t at);
} rows_of_table[] = {
    {"mix 16-bit, constant gains", mix_s16, floor_s16}, {"mix 16-bit, a buffer of gains", mix_s16_fade, floor_s16},
    {"mix float, constant gains", mix_f32, floor_f32}, {"mix float, a buffer of gains", mix_f32_fade, floor_f32},
    {"mix float, gains and sides move", mix_f32_moving, floor_f32}, {"mix float mono (two frames)", mix_f32_mono, floor_f32},
    {"scale", scale, floor_copy}, {"add", add, floor_f32}, {"dot", dot, floor_f32},
    {"convert (68 taps)", convert, floor_copy}, {"true peak", true_peak, floor_copy},
    {"peak and energy, float", peak_f32, floor_f32}, {"peak and energy, 16-bit", peak_s16, floor_s16},
    {"quantise", quantise, floor_copy}, {"dither", dither, floor_write},
};

static double pass_ns(void (*run)(size_t at))
{
    double start = bench_cpu_s();
    for (size_t piece = 0; piece < PIECES; piece++)
        run(2 * (size_t)PIECE * piece);
    return (bench_cpu_s() - start) * 1e9 / ((double)PIECES * PIECE);
}

static void measure(const struct row *row)
{
    static struct bench least, chosen, plain;
    for (int round = 0; round < ROUNDS; round++) {
        bench_add(&least, pass_ns(row->floor));
        variant = kernels;
        bench_add(&chosen, pass_ns(row->run));
        variant = kernels_plain();
        bench_add(&plain, pass_ns(row->run));
    }
    double floor_ns = bench_quantile(&least, 0.5), chosen_ns = bench_quantile(&chosen, 0.5);
    double plain_ns = bench_quantile(&plain, 0.5);
    printf("  %-36s %8.3f %8.3f %8.3f %8.1f %8.1f\n", row->name, floor_ns, chosen_ns, plain_ns, chosen_ns / floor_ns,
           plain_ns / chosen_ns);
    least.count = chosen.count = plain.count = 0;
}

static void fill(void)
{
    size_t samples = 2 * (size_t)PIECE * PIECES + SPARE;
    uint32_t seed = 1;
    floats = aligned_alloc(64, samples * sizeof *floats);
    written = aligned_alloc(64, samples * sizeof *written);
    shorts = aligned_alloc(64, samples * sizeof *shorts);
    if (!floats || !written || !shorts)
        exit(1);
    for (size_t i = 0; i < samples; i++) {
        seed = seed * 1664525 + 1013904223;
        shorts[i] = (int16_t)(seed >> 16);
        floats[i] = written[i] = (float)shorts[i] / 32768;
    }
    for (size_t i = 0; i < 2 * PIECE; i++) {
        lr[i] = floats[i];
        gains[i / 2] = floats[i + 1];
    }
    memcpy(rows, floats, sizeof rows);
}

int main(void)
{
    fill();
    printf("%-38s %8s %8s %8s %8s %8s\n", "ns a frame of stereo, medians", "memory", "kernel", "plain", "/ memory", "plain /");
    for (size_t i = 0; i < sizeof rows_of_table / sizeof *rows_of_table; i++)
        measure(&rows_of_table[i]);
    free(floats);
    free(written);
    free(shorts);
    return 0;
}
