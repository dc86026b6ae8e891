/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processor time of converting a stereo minute as a bus does, in periods of 64 output frames, samples from memory: the
 * floors (copying what goes in; as many taps with fused multiply-adds), the plain variant, the one chosen, and the libraries
 * soxr and libsamplerate in the same pieces where they are installed. In turn, a second of sound each.
 */
#include "config.h"

#include "bench.h"
#include "floor.h"
#include "pcm/kernels.h"
#include "pcm/rateconv.h"
#include "rivals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERIOD = 64, SECONDS = 60, SPARE = 4 * RATECONV_TAPS };

static float *sound;                /* SECONDS of stereo at 48 kHz, and a span more */
static float out[4 * PERIOD];        /* and room for a copy of more frames in than out */
static volatile float sink;

struct subject {
    uint32_t in_rate, out_rate;
    struct rateconv *rateconv;
    float *rows;                    /* for the floor */
    struct rival *rival;
};

typedef void second_convert(struct subject *subject, int64_t second);

static void by_us(struct subject *s, int64_t second)
{
    int64_t first = second * s->out_rate, end = first + s->out_rate, from, to;
    for (int64_t n = first; n < end; n += PERIOD) {
        rateconv_span_rt(s->rateconv, n, PERIOD, &from, &to);
        rateconv_make_rt(s->rateconv, out, n, PERIOD, sound + 2 * (from + RATECONV_TAPS));
        sink = out[5];
    }
}

static void by_plain(struct subject *s, int64_t second)
{
    const struct kernels *chosen = kernels;
    kernels = kernels_plain();
    by_us(s, second);
    kernels = chosen;
}

static void by_copying(struct subject *s, int64_t second)
{
    size_t piece = (size_t)PERIOD * s->in_rate / s->out_rate;
    const float *at = sound + 2 * second * s->in_rate, *end = at + 2 * (size_t)s->in_rate;
    for (; at < end; at += 2 * piece) {
        memcpy(out, at, 2 * piece * sizeof *out);
        sink = out[5];
    }
}

static void by_floor(struct subject *s, int64_t second)
{
    const struct floor_filter filter = {.rows = s->rows, .up = s->out_rate / 300, .down = s->in_rate / 300};
    int64_t first = second * s->out_rate, end = first + s->out_rate;
    for (int64_t n = first; n < end; n += PERIOD) {
        floor_convert(filter, out, sound + 2 * (n * filter.down / filter.up), (uint32_t)(n * filter.down % filter.up), PERIOD);
        sink = out[5];
    }
}

static void by_rival(struct subject *s, int64_t second)
{
    size_t piece = (size_t)PERIOD * s->in_rate / s->out_rate;
    const float *at = sound + 2 * second * s->in_rate, *end = at + 2 * (size_t)s->in_rate;
    for (; at < end; at += 2 * piece) {
        rival_convert(s->rival, out, PERIOD, at, piece);
        sink = out[5];
    }
}

static void take(struct bench *bench, second_convert *convert, struct subject *subject, int64_t second)
{
    double start = bench_cpu_s();
    convert(subject, second);
    bench_add(bench, 60 * (bench_cpu_s() - start));
}

static void measure(uint32_t in_rate, uint32_t out_rate)
{
    static struct bench ours, plain, copy, fused, theirs[RIVALS];
    struct subject s = {.in_rate = in_rate, .out_rate = out_rate, .rateconv = rateconv_new(in_rate, out_rate)};
    struct rival *rivals[RIVALS];
    char title[80];
    s.rows = calloc((size_t)(out_rate / 300) * FLOOR_ROW, sizeof *s.rows);
    if (!s.rows)
        exit(1);
    for (unsigned i = 0; i < RIVALS; i++)
        rivals[i] = rival_new(i, in_rate, out_rate);
    for (int64_t second = 0; second < SECONDS; second++) {
        take(&copy, by_copying, &s, second);
        if (floor_available())
            take(&fused, by_floor, &s, second);
        take(&plain, by_plain, &s, second);
        take(&ours, by_us, &s, second);
        for (unsigned i = 0; i < RIVALS; i++)
            if ((s.rival = rivals[i]))
                take(&theirs[i], by_rival, &s, second);
    }
    snprintf(title, sizeof title, "%u to %u Hz, a stereo minute", in_rate, out_rate);
    bench_print_head(title, "cpu-s");
    bench_print(&copy, "memory: what goes in, copied");
    if (floor_available())
        bench_print(&fused, "floor: 68 taps, AVX2, fused");
    bench_print(&ours, "rateconv");
    bench_print(&plain, "rateconv, plain variant");
    for (unsigned i = 0; i < RIVALS; i++) {
        if (rivals[i])
            bench_print(&theirs[i], rival_name(i));
        rival_free(rivals[i]);
    }
    rateconv_free(s.rateconv);
    free(s.rows);
}

int main(void)
{
    size_t floats = 2 * ((size_t)SECONDS * 48000 + SPARE);
    sound = malloc(floats * sizeof *sound);
    if (!sound)
        exit(1);
    for (size_t i = 0; i < floats; i++)
        sound[i] = (float)(i * 7919 % 2003) / 1001.5f - 1;
    measure(44100, 48000);
    measure(48000, 44100);
    measure(44100, 96000);
    measure(48000, 96000);
    free(sound);
    return 0;
}
