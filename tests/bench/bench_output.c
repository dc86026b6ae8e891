/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processor time of the last step for ten channels, and of metering five busses, per minute of sound. */
#include "config.h"

#include "bench.h"
#include "pcm/meter.h"
#include "pcm/output.h"

#include <stdint.h>

enum { RATE = 48000, PERIOD = 64, CHANNELS = 10, BUSSES = 5, SLICE = 150 * PERIOD, RUNS = 500 };

static float sound[PERIOD * CHANNELS];
static int32_t converted[PERIOD * CHANNELS];
static volatile double sink;

static void measure_output(const char *name, enum output_format format, bool dither)
{
    static struct bench bench;
    for (int run = 0; run < RUNS; run++) {
        double start = bench_cpu_s();
        for (uint64_t frame = 0; frame < SLICE; frame += PERIOD)
            sink = output_convert_rt(converted, sound, format, CHANNELS, PERIOD, frame, dither);
        bench_add(&bench, (bench_cpu_s() - start) * 60 * RATE / SLICE);
    }
    bench_print(&bench, name);
}

static void measure_meters(void)
{
    static struct bench bench;
    for (int run = 0; run < RUNS; run++) {
        double start = bench_cpu_s();
        for (int frame = 0; frame < SLICE; frame += PERIOD)
            for (const float *bus = sound; bus < sound + BUSSES * 2 * PERIOD; bus += 2 * PERIOD)
                sink = (double)meter_peak_rt(bus, PERIOD) + meter_energy_rt(bus, PERIOD);
        bench_add(&bench, (bench_cpu_s() - start) * 60 * RATE / SLICE);
    }
    bench_print(&bench, "peak and energy of five busses");
}

int main(void)
{
    for (int i = 0; i < PERIOD * CHANNELS; i++)
        sound[i] = (float)(i * 7919 % 2003) / 1001.5f - 1;
    bench_print_head("ten channels at 48 kHz, period 64", "cpu-s a minute");
    measure_output("to 16 bits, dithered", OUTPUT_S16, true);
    measure_output("to 16 bits", OUTPUT_S16, false);
    measure_output("to 24 bits packed", OUTPUT_S24_3, false);
    measure_output("to 32 bits", OUTPUT_S32, false);
    measure_output("float", OUTPUT_F32, false);
    measure_meters();
    return 0;
}
