/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peaks of one hour of stereo, 16 bits, 44.1 kHz, from the page cache: the floor (lowest and highest
 * of 256 frames by AVX2, the file mapped: no roots of squares, nothing kept), the same with the
 * kernel of pcm/peaks.h and read(2), and the whole of `clipgrid peaks`, which decodes in a sandbox
 * and keeps what it finds; beside them the hash of its bytes and, of a minute, the loudness. They
 * take turns. The folder is $TMPDIR or /tmp.
 */
#include "config.h"

#include "bench.h"

#include "base/xxh64.h"
#include "pcm/peaks.h"
#include "pcm/wavhead.h"
#include "platform/clock.h"

#include <fcntl.h>
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RATE = 44100, HOUR_S = 3600, MINUTE_S = 60, RUNS = 15, CHUNK = 64 << 10, BIN_BYTES = 4 * PEAKS_BIN_FRAMES };

static char folder[256];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Noise that gets louder and quieter by the second. */
static size_t make_wav(const char *name, unsigned seconds)
{
    static int16_t second[2 * RATE];
    unsigned char head[WAVHEAD_BYTES];
    struct wavhead about = {.format = OUTPUT_S16, .channels = 2, .rate = RATE};
    size_t length = wavhead_fmt(head, &about, (uint64_t)seconds * sizeof second);
    uint32_t noise = 1;
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(head, length, 1, file) != 1)
        die(name);
    for (unsigned s = 0; s < seconds; s++) {
        for (size_t i = 0; i < 2 * RATE; i++)
            second[i] = (int16_t)((int16_t)((noise = noise * 1664525u + 1013904223u) >> 16) / (int)(s % 7 + 1));
        if (fwrite(second, sizeof second, 1, file) != 1)
            die(name);
    }
    fclose(file);
    return length;
}

__attribute__((target("avx2"))) static void floor_bin(int16_t out[32], const unsigned char *in)
{
    __m256i low = _mm256_loadu_si256((const void *)in), high = low;
    for (size_t i = 32; i < BIN_BYTES; i += 32) {
        __m256i x = _mm256_loadu_si256((const void *)(in + i));
        low = _mm256_min_epi16(low, x);
        high = _mm256_max_epi16(high, x);
    }
    _mm256_storeu_si256((void *)out, low);
    _mm256_storeu_si256((void *)(out + 16), high);
}

static double floor_cpu_s(const char *name, size_t head)
{
    static int16_t out[32];
    double begin = bench_cpu_s();
    struct stat st;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        die(name);
    const unsigned char *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (map == MAP_FAILED)
        die("mmap");
    for (size_t at = head; at + BIN_BYTES <= (size_t)st.st_size; at += BIN_BYTES) {
        floor_bin(out, map + at);
        __asm__ volatile("" : : "r"(out) : "memory");
    }
    munmap((void *)(uintptr_t)map, (size_t)st.st_size);
    close(fd);
    return bench_cpu_s() - begin;
}

/* What reads the file by chunks: peaks or hash. */
static double read_cpu_s(const char *name, size_t head, struct xxh64 *hash)
{
    static _Alignas(64) unsigned char chunk[CHUNK];
    static struct peak bins[2 * CHUNK / BIN_BYTES];
    double begin = bench_cpu_s();
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t got;
    for (off_t at = (off_t)head; (got = pread(fd, chunk, sizeof chunk, at)) > 0; at += got)
        if (hash)
            xxh64_add(hash, chunk, (size_t)got);
        else
            peaks_s16(bins, (const int16_t *)(const void *)chunk, 2, (size_t)got / 4);
    close(fd);
    return bench_cpu_s() - begin;
}

static double children_cpu_s(void)
{
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* The program, nothing kept from before. Return: processor time of it and its decoders. */
static double program_cpu_s(const char *name, const char *option, double *wall_s)
{
    const char *program = getenv("CLIPGRID");
    uint64_t begin = clock_now_rt();
    double before = children_cpu_s();
    int status;
    if (system("rm -rf cache") != 0)
        exit(1);
    before = children_cpu_s();
    begin = clock_now_rt();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl(program ? program : "./clipgrid", "clipgrid", "peaks", name, option, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    if (status != 0) {
        fprintf(stderr, "clipgrid peaks %s: status %d\n", name, status);
        exit(1);
    }
    *wall_s = (double)(clock_now_rt() - begin) / 1e9;
    return children_cpu_s() - before;
}

static void print_ratio(struct bench *bench, struct bench *floor, const char *name)
{
    double ratio = bench_quantile(bench, 0.5) / bench_quantile(floor, 0.5);
    bench_print(bench, name);
    printf("      / floor: median %.2f\n", ratio);
}

static void measure_hour(void)
{
    static struct bench floor, kernel, hash, program, start, wall;
    size_t head = make_wav("hour.wav", HOUR_S);
    make_wav("second.wav", 1);
    for (int run = 0; run < RUNS; run++) {
        struct xxh64 sum;
        double wall_s, unused_s;
        xxh64_init(&sum, 0);
        bench_add(&floor, floor_cpu_s("hour.wav", head));
        bench_add(&kernel, read_cpu_s("hour.wav", head, NULL));
        bench_add(&hash, read_cpu_s("hour.wav", head, &sum));
        bench_add(&program, program_cpu_s("hour.wav", NULL, &wall_s));
        bench_add(&wall, wall_s);
        bench_add(&start, program_cpu_s("second.wav", NULL, &unused_s));
    }
    bench_print_head("an hour of stereo, 16 bits, from the page cache", "cpu-s");
    print_ratio(&kernel, &floor, "read and peaks.h");
    print_ratio(&hash, &floor, "read and XXH64");
    print_ratio(&program, &floor, "clipgrid peaks, the whole of it");
    bench_print(&start, "clipgrid peaks of one second");
    bench_print(&floor, "floor (AVX2, mapped)");
    bench_print(&wall, "clipgrid peaks, by the clock (s)");
}

static void measure_minute(void)
{
    static struct bench program;
    double wall_s;
    make_wav("minute.wav", MINUTE_S);
    for (int run = 0; run < RUNS; run++)
        bench_add(&program, program_cpu_s("minute.wav", "--loudness", &wall_s));
    bench_print_head("a minute of it with its loudness", "cpu-s");
    bench_print(&program, "clipgrid peaks --loudness, the whole of it");
}

int main(void)
{
    const char *base = getenv("TMPDIR"), *program = getenv("CLIPGRID");
    char whole[4096], command[300];
    if (!__builtin_cpu_supports("avx2")) {
        puts("no AVX2 here: there is no floor to measure against");
        return 0;
    }
    if (realpath(program ? program : "./clipgrid", whole))
        setenv("CLIPGRID", whole, 1);
    snprintf(folder, sizeof folder, "%s/clipgrid-bench-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder) || chdir(folder) < 0)
        die(folder);
    setenv("XDG_CACHE_HOME", strcat(strcpy(whole, folder), "/cache"), 1);
    measure_hour();
    measure_minute();
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) != 0;
}
