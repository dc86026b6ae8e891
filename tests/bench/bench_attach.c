/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen on a running show, on a terminal of 120x40: bytes a second and processor time of
 * `clipgrid attach` while nothing sounds, and while 24 clips of a grid of 10 x 12 play and the
 * meters of all five busses move: loops of 20 s, then of 2 s, whose bars run ten times as fast.
 * Counted by bench_screen, which has the pseudo-terminal.
 */
#include "config.h"

#include "running.h"

#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS = 3 };

static void count(const struct running *running, const char *self, const char *what)
{
    const char *slash = strrchr(self, '/');
    char *command = xasprintf("'%.*sbench_screen' -g 120x40 -s 3 5 '%s' attach --socket '%s'",
                              slash ? (int)(slash - self) + 1 : 0, self, running_program(), running->socket);
    printf("  %s, %d runs\n", what, RUNS);
    fflush(stdout);
    for (int run = 0; run < RUNS; run++)
        if (system(command) != 0)
            fprintf(stderr, "bench_attach: not measured\n");
    free(command);
}

static void measure(const char *self, int bed_seconds)
{
    const struct made_grid one_page = {.tabs = 1, .rows = 10, .columns = 12, .beds = 24, .bed_seconds = bed_seconds};
    struct made_show show;
    struct running running;
    char what[80];
    made_folder(&show);
    running_isolate(&show);
    made_grid(&show, &one_page);
    running_start(&running, &show, "");
    count(&running, self, "nothing sounds");
    running_press_beds(&running, one_page.beds, one_page.columns);
    running_do(&running, "set 1/10/12 mode loop");
    running_do(&running, "audition 1/10/12");
    snprintf(what, sizeof what, "24 loops of %d s play, one is auditioned", bed_seconds);
    count(&running, self, what);
    running_stop(&running);
    made_remove(&show);
}

int main(int argc, char **argv)
{
    (void)argc;
    puts("the screen of a running show, 120x40");
    measure(argv[0], 20);
    measure(argv[0], 2);
    return 0;
}
