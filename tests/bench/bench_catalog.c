/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the catalogue costs at the start of a show of 10,240 files that have not changed, beside the stats alone; and what it
 * takes to learn of them all. */
#include "config.h"

#include "bench.h"
#include "library/catalog.h"
#include "media/known.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 10240, RUNS = 30 };

static char path[FILES][64];
static struct stat about[FILES];

/* Of the processor, for a catalogue waits for nobody; its writer's is in it. */
static double now_ms(void)
{
    return bench_cpu_s() * 1e3;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void make_files(const char *folder)
{
    for (int i = 0; i < FILES; i++) {
        snprintf(path[i], sizeof path[i], "%s/%d.wav", folder, i);
        int fd = open(path[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || close(fd) < 0 || stat(path[i], &about[i]) < 0)
            die(path[i]);
    }
}

static void measure_learning(const char *file)
{
    static struct bench posted, written;
    struct work_opened facts = {.status = WORK_OK, .rate = 48000, .channels = 2, .frames = 480000, .seekable = 1,
                                .place = {WORK_LEFT, WORK_RIGHT}, .format = "WAV", .encoding = "16 bit"};
    for (int run = 0; run < 3; run++) {
        struct media_known known;
        unlink(file);
        struct catalog *catalog = catalog_open(file);
        catalog_known(catalog, &known);
        double start = now_ms();
        for (int i = 0; i < FILES; i++)
            known.learned(known.context, path[i], &about[i], &facts);
        bench_add(&posted, now_ms() - start);
        if (!catalog_flush(catalog, 60000))
            die("the catalogue is not written");
        bench_add(&written, now_ms() - start);
        catalog_close(catalog);
    }
    bench_print(&posted, "to learn: for the loader");
    bench_print(&written, "to learn: until it is written");
}

static void stat_all(void)
{
    for (int i = 0; i < FILES; i++)
        if (stat(path[i], &about[i]) < 0)
            die(path[i]);
}

static void find_all(struct catalog *catalog)
{
    struct media_known known;
    struct work_opened facts;
    catalog_known(catalog, &known);
    for (int i = 0; i < FILES; i++)
        if (stat(path[i], &about[i]) < 0 || !known.find(known.context, path[i], &about[i], &facts))
            die("a file that is not known");
}

static void measure_finding(const char *file)
{
    static struct bench floor, opened, found;
    for (int run = 0; run < RUNS; run++) {
        double start = now_ms();
        stat_all();
        bench_add(&floor, now_ms() - start);
        start = now_ms();
        struct catalog *catalog = catalog_open(file);
        bench_add(&opened, now_ms() - start);
        start = now_ms();
        find_all(catalog);
        bench_add(&found, now_ms() - start);
        catalog_close(catalog);
    }
    bench_print(&floor, "floor: the stats alone");
    bench_print(&opened, "to open the catalogue");
    bench_print(&found, "to stat and find them all");
}

int main(void)
{
    char folder[] = "/tmp/clipgrid-bench-XXXXXX", file[64], command[64];
    if (!mkdtemp(folder))
        die(folder);
    snprintf(file, sizeof file, "%s/catalogue.sqlite", folder);
    make_files(folder);
    bench_print_head("10,240 files", "ms");
    measure_learning(file);
    measure_finding(file);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
