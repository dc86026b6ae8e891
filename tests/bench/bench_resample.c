/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processor time of converting a stereo minute on load, and of making the table for it. */
#include "config.h"

#include "bench.h"
#include "pcm/resample.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 16384, RUNS = 15 };

static double minute_cpu_s(const struct resampler *r, uint32_t out_rate, const float *in, float *out)
{
    double start = bench_cpu_s();
    for (int64_t at = 0; at < 60 * (int64_t)out_rate; at += BLOCK)
        resample_make(r, out, at, BLOCK, in);
    return bench_cpu_s() - start;
}

static void measure(uint32_t in_rate, uint32_t out_rate)
{
    static struct bench tables, minutes;
    static float out[2 * BLOCK];
    for (int run = 0; run < RUNS; run++) {
        double start = bench_cpu_s();
        struct resampler *r = resample_new(in_rate, out_rate, 2);
        bench_add(&tables, bench_cpu_s() - start);
        int64_t from, to;
        resample_span(r, out_rate, BLOCK, &from, &to);
        float *in = calloc((size_t)(to - from + 2) * 2, sizeof *in);
        if (!in)
            exit(1);
        for (int64_t i = 0; i < 2 * (to - from); i++)
            in[i] = (float)(i % 1009) / 1009 - 0.5f;
        bench_add(&minutes, minute_cpu_s(r, out_rate, in, out));
        free(in);
        resample_free(r);
    }
    char name[80];
    snprintf(name, sizeof name, "%u to %u Hz, a minute", in_rate, out_rate);
    bench_print(&minutes, name);
    snprintf(name, sizeof name, "%u to %u Hz, the table", in_rate, out_rate);
    bench_print(&tables, name);
}

int main(void)
{
    bench_print_head("rate conversion on load, stereo", "cpu-s");
    measure(44100, 48000);
    measure(48000, 44100);
    measure(22050, 48000);
    measure(96000, 48000);
    measure(8363, 48000);
    return 0;
}
