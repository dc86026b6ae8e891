/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * asktimes COUNT GAP_MS LINE: writes a command line to the control socket ($CLIPGRID_SOCKET) COUNT times, GAP_MS apart, and
 * measures each answer. Prints: answers lost, and of the others the median, the 99th percentile and the worst in ms.
 * Whether the answer is ok or an error does not matter: it was answered. Lost: none within 10 s; then it gives up.
 */
#include "config.h"

#include "platform/clock.h"
#include "process/client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATIENCE_MS = 10000 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Return: ms, or -1. */
static double ask(struct client_link *link, const char *line)
{
    uint64_t began = clock_now_rt();
    struct pollfd ready = {.fd = link->fd, .events = POLLIN};
    if (client_send(link, line) < 0 || (!client_has_line(link) && poll(&ready, 1, PATIENCE_MS) <= 0) ||
        !client_receive(link, NULL))
        return -1;
    return (double)(clock_now_rt() - began) / 1e6;
}

int main(int argc, char **argv)
{
    struct client_link link;
    int count = argc == 4 ? atoi(argv[1]) : 0, made = 0;
    const char *socket = getenv("CLIPGRID_SOCKET");
    if (count < 1 || !socket) {
        fputs("usage: asktimes COUNT GAP_MS LINE\n", stderr);
        return 2;
    }
    double *ms = calloc((size_t)count, sizeof *ms);
    if (!ms || client_open(&link, socket) < 0) {
        fputs("asktimes: no show\n", stderr);
        return 2;
    }
    while (made < count && (ms[made] = ask(&link, argv[3])) >= 0) {
        made++;
        clock_sleep_ms((unsigned)atoi(argv[2]));
    }
    client_close(&link);
    qsort(ms, (size_t)made, sizeof *ms, by_value);
    if (made)
        printf("%d %.3f %.3f %.3f\n", count - made, ms[made / 2], ms[made * 99 / 100], ms[made - 1]);
    else
        printf("%d - - -\n", count);
    free(ms);
    return made < count;
}
