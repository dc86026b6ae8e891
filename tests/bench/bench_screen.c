/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the screen writes: runs it, or any command, on a pseudo-terminal that reads all it can, and
 * prints bytes and reads a second and the processor time of that one process.
 *
 *     bench_screen                        the screen on a made-up show, playing and still
 *     bench_screen [-g COLUMNSxROWS] [-s SETTLE] [-k KEYS] SECONDS COMMAND...
 *
 * -s: seconds before counting starts (1); -k: bytes typed half-way to there.
 */
#include "config.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct options {
    struct winsize size;
    double settle, seconds;
    const char *keys;
    char **command;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Return: seconds of processor time the process has used, without its children. */
static double cpu_of(pid_t pid)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    char *got = fgets(line, sizeof line, file);
    fclose(file);
    unsigned long user = 0, system = 0;
    char *fields = got ? strrchr(line, ')') : NULL;
    if (fields)
        sscanf(fields + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* Reads until the time is over. Return: bytes; -1: the command ended. */
static long count_bytes(int pty, double until, long *reads)
{
    static char bytes[1 << 16];
    long total = 0;
    for (*reads = 0; now() < until;) {
        struct pollfd in = {.fd = pty, .events = POLLIN};
        if (poll(&in, 1, (int)((until - now()) * 1000) + 1) <= 0)
            continue;
        ssize_t count = read(pty, bytes, sizeof bytes);
        if (count <= 0)
            return -1;
        total += count;
        ++*reads;
    }
    return total;
}

static int parse(struct options *options, int argc, char **argv)
{
    int option;
    unsigned short columns = 120, rows = 40;
    *options = (struct options){.settle = 1, .keys = ""};
    while ((option = getopt(argc, argv, "+g:s:k:")) != -1) {
        if (option == 'g' && sscanf(optarg, "%hux%hu", &columns, &rows) != 2)
            return -1;
        if (option == 's')
            options->settle = atof(optarg);
        if (option == 'k')
            options->keys = optarg;
        if (option == '?')
            return -1;
    }
    if (optind + 1 >= argc)
        return -1;
    options->size = (struct winsize){.ws_row = rows, .ws_col = columns};
    options->seconds = atof(argv[optind]);
    options->command = argv + optind + 1;
    return options->seconds > 0 ? 0 : -1;
}

static void finish(pid_t pid, int pty)
{
    char rest[4096];
    struct pollfd out = {.fd = pty, .events = POLLIN};
    kill(pid, SIGTERM);
    while (poll(&out, 1, 500) > 0 && read(pty, rest, sizeof rest) > 0)
        ;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(pty);
}

/* Return: 0, or -1 if the command ended. */
static int measure(const struct options *options, const char *title)
{
    int pty;
    long reads;
    pid_t pid = forkpty(&pty, NULL, NULL, &options->size);
    if (pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        execvp(options->command[0], options->command);
        _exit(127);
    }
    double start = now();
    long bytes = count_bytes(pty, start + options->settle / 2, &reads);
    if (bytes >= 0 && write(pty, options->keys, strlen(options->keys)) >= 0)
        bytes = count_bytes(pty, start + options->settle, &reads);
    double cpu = cpu_of(pid);
    if (bytes >= 0)
        bytes = count_bytes(pty, start + options->settle + options->seconds, &reads);
    cpu = cpu_of(pid) - cpu;
    finish(pid, pty);
    if (bytes < 0) {
        fprintf(stderr, "bench_screen: %s ended\n", options->command[0]);
        return -1;
    }
    printf("    %-36s %8.0f B/s %6.1f reads/s %6.2f %% CPU\n", title, (double)bytes / options->seconds,
           (double)reads / options->seconds, 100 * cpu / options->seconds);
    return 0;
}

/* The table of tests/bench/README: the screen on a show that is not there. */
static int measure_screen(const char *self)
{
    static const struct { const char *title, *voices; unsigned short columns, rows; } cases[] = {
        {"120x40, 24 clips playing", "24", 120, 40}, {"80x24, 24 clips playing", "24", 80, 24},
        {"200x60, 24 clips playing", "24", 200, 60}, {"120x40, nothing sounds", "0", 120, 40},
    };
    char fake[4096], count[8];
    const char *slash = strrchr(self, '/');
    snprintf(fake, sizeof fake, "%.*s../screen/fake_state", slash ? (int)(slash - self) + 1 : 0, self);
    setenv("LC_ALL", "C.UTF-8", 1);
    puts("screen: what it writes, and its processor time");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *command[] = {fake, (char[]){"-n"}, strcpy(count, cases[i].voices), NULL};
        struct options options = {{.ws_row = cases[i].rows, .ws_col = cases[i].columns}, 1.5, 6, "", command};
        if (measure(&options, cases[i].title) < 0)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct options options;
    if (argc == 1)
        return measure_screen(argv[0]);
    if (parse(&options, argc, argv) < 0) {
        fprintf(stderr, "usage: bench_screen [-g COLUMNSxROWS] [-s SETTLE] [-k KEYS] SECONDS COMMAND...\n");
        return 2;
    }
    return measure(&options, options.command[0]) < 0;
}
