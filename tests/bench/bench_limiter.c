/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processor time of the limiter and of the meters for a minute of one stereo bus at 48 kHz, in periods of 60 frames, samples
 * from memory; in turn with the copying of the same samples, the least that anything that passes them on can cost.
 */
#include "config.h"

#include "bench.h"
#include "pcm/kernels.h"
#include "pcm/limiter.h"
#include "pcm/lufs.h"
#include "pcm/meter.h"
#include "pcm/truepeak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, PERIOD = 60, SECONDS = 60, WAYS = 10 };

static float *sound;                /* noise of full scale */
static float bus[2 * PERIOD];
static volatile float sink;
static struct limiter limiter;
static struct truepeak truepeak;
static struct lufs_law law;
static struct lufs lufs;

static void limit(const float *in, float level)
{
    for (size_t i = 0; i < 2 * PERIOD; i++)
        bus[i] = in[i] * level;
    sink = limiter_process_rt(&limiter, bus, PERIOD, true);
}

static void do_copy(const float *in)
{
    memcpy(bus, in, sizeof bus);
    sink = bus[3];
}

static void do_limit_soft(const float *in)
{
    limit(in, 0.3f);
}

static void do_limit_below(const float *in)
{
    limit(in, 0.4f);
}

static void do_limit_6_db(const float *in)
{
    limit(in, 0.9f);
}

static void do_limit_always(const float *in)
{
    limit(in, 8);
}

static void do_peak(const float *in)
{
    sink = meter_peak_rt(in, PERIOD);
}

static void do_energy(const float *in)
{
    sink = (float)meter_energy_rt(in, PERIOD);
}

static void do_true_peak(const float *in)
{
    sink = truepeak_feed_rt(&truepeak, in, PERIOD);
}

static void do_true_peak_plain(const float *in)
{
    const struct kernels *chosen = kernels;
    kernels = kernels_plain();
    do_true_peak(in);
    kernels = chosen;
}

static void do_lufs(const float *in)
{
    lufs_feed_rt(&lufs, &law, in, PERIOD);
    sink = lufs.momentary_lin;
}

static const struct {
    const char *name;
    void (*period)(const float *in);
} ways[WAYS] = {
    {"memory: copied", do_copy},
    {"limiter, noise of 0.3: no peak possible", do_limit_soft},
    {"limiter, noise of 0.4: searched", do_limit_below},
    {"limiter, noise of 0.9: some peaks over", do_limit_6_db},
    {"limiter, noise of 8: every frame over", do_limit_always},
    {"meter: peak", do_peak},
    {"meter: energy", do_energy},
    {"meter: true peak", do_true_peak},
    {"meter: true peak, plain variant", do_true_peak_plain},
    {"meter: loudness", do_lufs},
};

int main(void)
{
    static struct bench bench[WAYS];
    sound = malloc(2 * (size_t)SECONDS * RATE * sizeof *sound);
    if (!sound)
        exit(1);
    srand(1);
    for (size_t i = 0; i < 2 * (size_t)SECONDS * RATE; i++)
        sound[i] = 2 * ((float)rand() / (float)RAND_MAX) - 1;
    limiter_init(&limiter, RATE);
    truepeak_tables_init();
    lufs_law_init(&law, RATE);
    for (size_t second = 0; second < SECONDS; second++)
        for (size_t way = 0; way < WAYS; way++) {
            double start = bench_cpu_s();
            for (size_t at = second * RATE; at < (second + 1) * RATE; at += PERIOD)
                ways[way].period(sound + 2 * at);
            bench_add(&bench[way], 60 * (bench_cpu_s() - start));
        }
    bench_print_head("a stereo minute at 48 kHz", "cpu-s");
    for (size_t way = 0; way < WAYS; way++)
        bench_print(&bench[way], ways[way].name);
    free(sound);
    return 0;
}
