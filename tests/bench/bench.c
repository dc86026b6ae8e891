/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measurements kept, sorted and printed. */
#include "config.h"

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double bench_cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void bench_add(struct bench *bench, double value)
{
    if (bench->count < BENCH_RUNS_MAX)
        bench->value[bench->count++] = value;
}

static int value_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_quantile(struct bench *bench, double share)
{
    qsort(bench->value, bench->count, sizeof bench->value[0], value_compare);
    return bench->count ? bench->value[(size_t)(share * (double)(bench->count - 1) + 0.5)] : 0;
}

void bench_print_head(const char *title, const char *unit)
{
    printf("%-52s %10s %10s %10s  %s\n", title, "median", "p99", "worst", unit);
}

void bench_print(struct bench *bench, const char *name)
{
    double median = bench_quantile(bench, 0.5), p99 = bench_quantile(bench, 0.99), worst = bench_quantile(bench, 1);
    printf("  %-50s %10.6f %10.6f %10.6f\n", name, median, p99, worst);
    bench->count = 0;
}
