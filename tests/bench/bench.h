/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the benchmarks share: processor time, runs of measurements, one form of print. A
 * benchmark makes many short measurements and prints their median, 99th percentile and worst;
 * ratios are to be taken within one run of one program, since machines drift.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>

#define BENCH_RUNS_MAX 4096

struct bench {
    double value[BENCH_RUNS_MAX];   /* in the unit that is printed */
    size_t count;
};

double bench_cpu_s(void);                                   /* of this process, seconds */
void bench_add(struct bench *bench, double value);          /* past BENCH_RUNS_MAX: dropped */
double bench_quantile(struct bench *bench, double share);   /* 0.5 is the median, 1 the worst */
void bench_print_head(const char *title, const char *unit);
void bench_print(struct bench *bench, const char *name);    /* and empties it */

#endif
