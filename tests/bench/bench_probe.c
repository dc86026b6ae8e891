/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Probes a second: what files hold, asked of sandboxed workers as `clipgrid probe` and `check` ask
 * (media/prober.h), for 10,000 files, one of a hundred of them bad. Beside it libsndfile alone, which opens and
 * closes the same files in this process. The two take turns, a thousand files at a time.
 */
#include "config.h"

#include "bench.h"

#include "decode/worker.h"
#include "media/prober.h"
#include "platform/clock.h"
#include "platform/spawn.h"
#include "wire/msg.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 10000, TURN = 1000, BAD_ONE_IN = 100, KINDS = 4, FRAMES = 4800 };

static const struct {
    const char *suffix;
    int format;
} kinds[KINDS] = {{"wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16}, {"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
                  {"aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24}, {"ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS}};

static double total_s[2];           /* through workers; alone */
static unsigned started;

static void fmt_path(char path[64], int file)
{
    snprintf(path, 64, "probe/%d.%s", file, file % BAD_ONE_IN ? kinds[file % KINDS].suffix : "bad");
}

static void die(const char *what)
{
    fprintf(stderr, "bench_probe: %s\n", what);
    exit(1);
}

static void make_file(int file)
{
    static float samples[FRAMES * 2];
    char path[64];
    fmt_path(path, file);
    if (file % BAD_ONE_IN == 0) {
        FILE *bad = fopen(path, "we");
        if (!bad || fputs("words, and no sound\n", bad) < 0 || fclose(bad) != 0)
            die(path);
        return;
    }
    SF_INFO info = {.format = kinds[file % KINDS].format, .channels = 2, .samplerate = 48000};
    SNDFILE *out = sf_open(path, SFM_WRITE, &info);
    for (int i = 0; i < FRAMES * 2; i++)
        samples[i] = (float)((i * 7919 + file) % 2001 - 1000) / 2000.0f;
    if (!out || sf_writef_float(out, samples, FRAMES) != FRAMES || sf_close(out) != 0)
        die(path);
}

static void through_workers(struct prober *prober, int from, struct bench *times)
{
    uint64_t begin = clock_now_rt(), end;
    for (int file = from; file < from + TURN; file++, begin = end) {
        struct probe_info info;
        struct err err;
        char path[64];
        fmt_path(path, file);
        if ((prober_ask(prober, path, &info, &err) == 0) != (file % BAD_ONE_IN != 0))
            die(path);
        end = clock_now_rt();
        total_s[0] += (double)(end - begin) / 1e9;
        if (file % 3 == 0)
            bench_add(times, (double)(end - begin) / 1e6);
    }
}

static void alone(int from, struct bench *times)
{
    uint64_t begin = clock_now_rt(), end;
    for (int file = from; file < from + TURN; file++, begin = end) {
        SF_INFO info = {0};
        char path[64];
        fmt_path(path, file);
        SNDFILE *in = sf_open(path, SFM_READ, &info);
        if ((in != NULL) != (file % BAD_ONE_IN != 0))
            die(path);
        if (in)
            sf_close(in);
        end = clock_now_rt();
        total_s[1] += (double)(end - begin) / 1e9;
        if (file % 3 == 0)
            bench_add(times, (double)(end - begin) / 1e6);
    }
}

/* A worker is this program, started again. */
static int serve(void)
{
    static struct msg msg;
    if (msg_recv(SPAWN_SOCKET, &msg) != 1 || msg.type != MSG_HELLO || msg.fd[0] < 0)
        return 2;
    _exit(worker_run(msg.size == 0 ? WORKER_WHOLE : WORKER_PLAIN, SPAWN_SOCKET, msg.fd[0]));
}

int main(int argc, char **argv)
{
    static struct bench workers, library;
    struct prober prober;
    char folder[] = "/tmp/clipgrid-bench-XXXXXX";
    if (argc == 2 && !strcmp(argv[1], "@worker"))
        return serve();
    if (!mkdtemp(folder) || chdir(folder) < 0 || system("mkdir probe") != 0)
        die("no folder");
    for (int file = 0; file < FILES; file++)
        make_file(file);
    prober_init(&prober);
    for (int from = 0; from < FILES; from += TURN) {
        through_workers(&prober, from, &workers);
        alone(from, &library);
    }
    started = prober.started;
    prober_clear(&prober);
    bench_print_head("probes of 10,000 files, one in a hundred bad", "ms");
    bench_print(&workers, "clipgrid, through sandboxed workers");
    bench_print(&library, "libsndfile alone, in process");
    printf("  probes a second: clipgrid %.0f, libsndfile alone %.0f; workers started: %u\n", FILES / total_s[0],
           FILES / total_s[1], started);
    return system("rm -r probe") != 0 || chdir("/") < 0 || rmdir(folder) < 0;
}
