/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening shows of 100, 960 and 10,240 clips, each with a file of its own (tests/tools/make_show): the first time, with nothing
 * known of the media, and again. From the fork of `clipgrid run` to a grid that can be used (the screens' picture has every
 * clip), to the first press that sounds (of the last clip), and until every clip can be fired; what processor time engine and
 * store had used when the grid was there, their memory beside clip memory, and the store's descriptors. The floor beside it:
 * asking the kernel for the state of every file, once.
 *
 * bench_open [CLIPS...]
 */
#include "config.h"

#include "running.h"

#include "base/xalloc.h"
#include "platform/clock.h"

#include <dirent.h>
#include <ftw.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { AGAIN = 5 };

struct opened {
    double usable_ms, fired_ms, all_ms;
    double engine_ms, store_ms;         /* processor time of their main threads when the grid could be used */
    double anon_mb, file_mb;            /* of engine and store; what they share is not in it */
    int descriptors;
};

static double ms_since(uint64_t begin)
{
    return (double)(clock_now_rt() - begin) / 1e6;
}

/* Kilobytes that /proc says of a process. */
static double proc_kb(int pid, const char *key)
{
    char path[64], line[128];
    double kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *in = fopen(path, "r");
    while (in && fgets(line, sizeof line, in))
        if (!strncmp(line, key, strlen(key)))
            kb = strtod(line + strlen(key) + 1, NULL);
    if (in)
        fclose(in);
    return kb;
}

/* Processor time of its main thread, as the kernel counts it. */
static double main_thread_ms(int pid)
{
    char path[64];
    double ns = 0;
    snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    FILE *in = fopen(path, "r");
    if (in) {
        if (fscanf(in, "%lf", &ns) != 1)
            ns = 0;
        fclose(in);
    }
    return ns / 1e6;
}

static int descriptors(int pid)
{
    char path[64];
    int count = -2;                     /* . and .. */
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *folder = opendir(path);
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

/* The store answers to no client: it is the child of the supervisor that says so. */
static int store_pid(const struct running *running)
{
    char path[64], line[4096] = "", role[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)running->pid, (int)running->pid);
    FILE *in = fopen(path, "r");
    if (in && !fgets(line, sizeof line, in))
        line[0] = '\0';
    if (in)
        fclose(in);
    for (char *at = line, *end; strtol(at, &end, 10) > 0; at = end) {
        snprintf(path, sizeof path, "/proc/%ld/cmdline", strtol(at, NULL, 10));
        size_t got = 0;
        if ((in = fopen(path, "r"))) {
            got = fread(role, 1, sizeof role - 1, in);
            fclose(in);
        }
        role[got] = '\0';
        if (got > sizeof "clipgrid" && !strcmp(role + sizeof "clipgrid", "@store"))
            return (int)strtol(at, NULL, 10);
    }
    return 0;
}

/* The last clip of the show. */
static void fmt_last(char *text, size_t size, unsigned clips)
{
    snprintf(text, size, "%u/%u/%u", (clips - 1) / 1280 + 1, (clips - 1) % 1280 / 40 + 1, (clips - 1) % 40 + 1);
}

static struct opened open_once(struct made_show *show, unsigned clips)
{
    static struct state_desk desk;
    struct opened opened = {0};
    struct running running;
    char last[32], press[64];
    fmt_last(last, sizeof last, clips);
    snprintf(press, sizeof press, "press %s", last);
    uint64_t begin = clock_now_rt();
    running_begin(&running, show, "memory_mb = 3072;\n");
    do
        running_desk(&running, &desk);
    while (desk.clips != clips);
    opened.usable_ms = ms_since(begin);
    int engine = (int)running.state->engine_pid, store = store_pid(&running);
    opened.engine_ms = main_thread_ms(engine);
    opened.store_ms = main_thread_ms(store);
    for (const char *reply = ""; strncmp(reply, "ok", 2); clock_sleep_ms(1))
        if (!(reply = client_ask(&running.link, press)))
            exit(1);
    opened.fired_ms = ms_since(begin);
    running_await(&running);
    opened.all_ms = ms_since(begin);
    opened.anon_mb = (proc_kb(engine, "RssAnon:") + proc_kb(store, "RssAnon:")) / 1024;
    opened.file_mb = (proc_kb(engine, "RssFile:") + proc_kb(store, "RssFile:")) / 1024;
    opened.descriptors = descriptors(store);
    running_stop(&running);
    return opened;
}

static void print(const char *when, const struct opened *opened)
{
    printf("    %-8s %9.1f %9.1f %9.1f %9.1f %9.1f %8.1f %8.1f %6d\n", when, opened->usable_ms, opened->engine_ms,
           opened->store_ms, opened->fired_ms, opened->all_ms, opened->anon_mb, opened->file_mb, opened->descriptors);
    fflush(stdout);
}

static int take_state(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)path, (void)st, (void)kind, (void)place;
    return 0;
}

static double floor_ms(const struct made_show *show)
{
    char *media = xasprintf("%s/media", show->folder);
    uint64_t begin = clock_now_rt();
    nftw(media, take_state, 16, FTW_PHYS);
    free(media);
    return ms_since(begin);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Each figure's own median and worst: a run that was quick to draw may have been slow to load. */
static void judge(const struct opened *opened, struct opened *median, struct opened *worst)
{
    enum { FIGURES = offsetof(struct opened, descriptors) / sizeof(double) };
    *median = *worst = opened[AGAIN - 1];
    for (int f = 0; f < FIGURES; f++) {
        double each[AGAIN];
        for (int i = 0; i < AGAIN; i++)
            memcpy(&each[i], (const char *)&opened[i] + (size_t)f * sizeof(double), sizeof(double));
        qsort(each, AGAIN, sizeof *each, by_size);
        memcpy((char *)median + (size_t)f * sizeof(double), &each[AGAIN / 2], sizeof(double));
        memcpy((char *)worst + (size_t)f * sizeof(double), &each[AGAIN - 1], sizeof(double));
    }
}

static void measure(unsigned clips)
{
    struct made_show show;
    struct opened opened, again[AGAIN], median, worst;
    char *command;
    made_folder(&show);
    running_isolate(&show);
    command = xasprintf("'%s' '%s' %u", running_tool("make_show"), show.folder, clips);
    if (system(command) != 0)
        exit(1);
    free(command);
    printf("  %u clips: floor %.1f ms\n", clips, floor_ms(&show));
    opened = open_once(&show, clips);
    print("first", &opened);
    for (int i = 0; i < AGAIN; i++)
        again[i] = open_once(&show, clips);
    judge(again, &median, &worst);
    print("again", &median);
    print("worst", &worst);
    made_remove(&show);
}

int main(int argc, char **argv)
{
    static const unsigned sizes[] = {100, 960, 10240};
    printf("opening a show\n    %-8s %9s %9s %9s %9s %9s %8s %8s %6s\n", "ms:", "grid", "engine", "store", "sounds", "all ready",
           "anon MB", "file MB", "fds");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && argc == 1; i++)
        measure(sizes[i]);
    for (int i = 1; i < argc; i++)
        measure((unsigned)atoi(argv[i]));
    return 0;
}
