/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a terminal program writes: runs a command on a pty that reads all it can, and prints bytes
 * and writes a second and the processor time of the command and its children.
 *
 *     ptycount [-g COLUMNSxROWS] [-s SETTLE] [-k KEYS] SECONDS COMMAND...
 *
 * -s: seconds before counting starts (1); -k: bytes typed as it starts (a show to play: "qwer").
 * Prints `BYTES_PER_SECOND READS_PER_SECOND CPU_PERCENT`; CPU is that of the one process started.
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

int main(int argc, char **argv)
{
    struct options options;
    int pty;
    long reads;
    if (parse(&options, argc, argv) < 0) {
        fprintf(stderr, "usage: ptycount [-g COLUMNSxROWS] [-s SETTLE] [-k KEYS] SECONDS COMMAND...\n");
        return 2;
    }
    pid_t pid = forkpty(&pty, NULL, NULL, &options.size);
    if (pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        execvp(options.command[0], options.command);
        _exit(127);
    }
    double start = now();
    long settled = count_bytes(pty, start + options.settle / 2, &reads);
    if (write(pty, options.keys, strlen(options.keys)) < 0)
        return 1;
    if (settled < 0 || count_bytes(pty, start + options.settle, &reads) < 0) {
        fprintf(stderr, "ptycount: %s ended\n", options.command[0]);
        return 1;
    }
    double cpu = cpu_of(pid);
    long bytes = count_bytes(pty, start + options.settle + options.seconds, &reads);
    printf("%.0f B/s  %.1f reads/s  %.2f %% CPU\n", (double)bytes / options.seconds, (double)reads / options.seconds,
           100 * (cpu_of(pid) - cpu) / options.seconds);
    kill(pid, SIGTERM);
    struct pollfd out = {.fd = pty, .events = POLLIN};
    char rest[4096];
    while (poll(&out, 1, 500) > 0 && read(pty, rest, sizeof rest) > 0)
        ;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return bytes < 0;
}
