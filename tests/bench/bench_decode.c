/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decoding through the sandbox beside the library alone: the same file of each format, from its
 * beginning to its end, by libsndfile in this process, and by a worker in its sandbox into staging
 * memory, of which this process copies and cleans every piece as the loader does. Then what it
 * takes to open the file and read half a second at a random place. Processor time of both processes.
 */
#include "config.h"

#include "bench.h"

#include "base/xalloc.h"
#include "decode/clean.h"
#include "decode/worker.h"
#include "wire/work.h"

#include <fcntl.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RATE = 48000, CHANNELS = 2, SECONDS = 30, RUNS = 9, JUMPS = 100, HALF = WORK_STAGING_BYTES / 2, PIECE = 32768,
       AT_ONCE = RATE };

static const struct {
    const char *name;
    int format;
} formats[] = {
    {"WAV 16 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_16}, {"WAV float", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
    {"FLAC 24 bit", SF_FORMAT_FLAC | SF_FORMAT_PCM_24}, {"Vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
    {"Opus", SF_FORMAT_OGG | SF_FORMAT_OPUS}, {"MP3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III},
};

static char path[] = "/tmp/bench-decode-XXXXXX";
static float *clip;                     /* stands for clip memory: the whole file */
static int sockets[2];
static unsigned char *staging;
static struct msg msg;
static pid_t worker;

static void make_file(int format)
{
    SF_INFO info = {.format = format, .channels = CHANNELS, .samplerate = RATE};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    unsigned random = 1;
    float low = 0;
    for (int n = 0; n < SECONDS * RATE; n++) {
        random = random * 1664525u + 1013904223u;
        low += ((float)(random >> 8) / 8388608.0f - 1 - low) * 0.1f;
        clip[n * CHANNELS] = low;
        clip[n * CHANNELS + 1] = (float)(n % 441) / 882.0f - 0.25f;
    }
    for (int at = 0; file && at < SECONDS * RATE; at += AT_ONCE)    /* the Vorbis encoder fails when it is given much more */
        sf_writef_float(file, clip + (size_t)at * CHANNELS, AT_ONCE);
    sf_close(file);
}

/* Processor time of this process and of the worker: other programs do not count. */
static double used_ms(void)
{
    clockid_t clock;
    struct timespec used = {0};
    if (clock_getcpuclockid(worker, &clock) == 0)
        clock_gettime(clock, &used);
    return 1e3 * (bench_cpu_s() + (double)used.tv_sec + (double)used.tv_nsec / 1e9);
}

static double decode_alone(void)
{
    SF_INFO info = {0};
    double begin = used_ms();
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    for (sf_count_t at = 0, got; (got = sf_readf_float(file, clip + at * CHANNELS, PIECE)) > 0; at += got)
        ;
    sf_close(file);
    return used_ms() - begin;
}

static void ask(enum msg_type type, const void *payload, size_t size, int fd)
{
    if (msg_send(sockets[0], type, 1, payload, size, &fd, fd >= 0) < 0)
        exit(1);
}

static void await(void)
{
    if (msg_recv(sockets[0], &msg) != 1)
        exit(1);
}

static int64_t open_file(uint32_t *sample)
{
    struct work_opened facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ask(MSG_WORK_OPEN, NULL, 0, fd);
    close(fd);
    await();
    if (!work_parse_opened(&facts, &msg) || facts.status != WORK_OK)
        exit(1);
    *sample = facts.sample;
    return facts.frames;
}

/* Half a staging memory is decoded into while the other is read. */
static double decode_in_sandbox(void)
{
    struct work_frames made;
    uint32_t sample;
    double begin = used_ms();
    int64_t frames = open_file(&sample), at = 0;
    uint32_t frame_bytes = work_frame_bytes(sample, CHANNELS);
    struct work_read want = {.frames = PIECE};
    ask(MSG_WORK_READ, &want, sizeof want, -1);
    for (; at < frames; at += made.count) {
        await();
        if (!work_parse_frames(&made, &msg) || made.count == 0)
            exit(1);
        struct work_read next = {.first = at + made.count, .frames = PIECE, .at = want.at ? 0 : HALF};
        if (next.first < frames)
            ask(MSG_WORK_READ, &next, sizeof next, -1);
        char *to = (char *)clip + (size_t)at * frame_bytes;
        if (sample == WORK_F32)
            clean_copy((float *)(void *)to, (const float *)(const void *)(staging + want.at), (size_t)made.count * CHANNELS);
        else
            memcpy(to, staging + want.at, (size_t)made.count * frame_bytes);
        want = next;
    }
    return used_ms() - begin;
}

static double jump(unsigned *random)
{
    uint32_t sample;
    double begin = used_ms();
    int64_t frames = open_file(&sample);
    *random = *random * 1664525u + 1013904223u;
    struct work_read want = {.first = (int64_t)(*random >> 8) % (frames - RATE / 2), .frames = RATE / 2};
    ask(MSG_WORK_READ, &want, sizeof want, -1);
    await();
    return used_ms() - begin;
}

static void start_worker(void)
{
    int memory = work_make_staging();
    staging = work_map_staging(memory, false);
    if (!staging || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        exit(1);
    worker = fork();
    if (worker == 0) {
        close(sockets[0]);
        _exit(worker_run(WORKER_WHOLE, sockets[1], memory));
    }
    close(sockets[1]);
    close(memory);
}

/* With an argument, the formats whose names begin with it. */
int main(int argc, char **argv)
{
    static struct bench alone, boxed, jumps, ratio;
    char name[64];
    clip = xaligned(64, (size_t)(SECONDS + 1) * RATE * CHANNELS * sizeof *clip);       /* as the blocks of clip memory are */
    close(mkstemp(path));
    start_worker();
    bench_print_head("half a minute of 48 kHz stereo, whole; half a second at a random place", "ms");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        unsigned random = 1;
        if (argc > 1 && strncmp(formats[i].name, argv[1], strlen(argv[1])) != 0)
            continue;
        make_file(formats[i].format);
        for (int run = 0; run < RUNS; run++) {
            double library = decode_alone(), sandbox = decode_in_sandbox();
            bench_add(&alone, library);
            bench_add(&boxed, sandbox);
            bench_add(&ratio, library / sandbox);
        }
        for (int n = 0; n < JUMPS; n++)
            bench_add(&jumps, jump(&random));
        snprintf(name, sizeof name, "%s: library alone", formats[i].name);
        bench_print(&alone, name);
        snprintf(name, sizeof name, "%s: through the sandbox", formats[i].name);
        bench_print(&boxed, name);
        snprintf(name, sizeof name, "%s: speed, of the library's", formats[i].name);
        bench_print(&ratio, name);
        snprintf(name, sizeof name, "%s: open and read", formats[i].name);
        bench_print(&jumps, name);
    }
    unlink(path);
    close(sockets[0]);
    waitpid(worker, NULL, 0);
    return 0;
}
