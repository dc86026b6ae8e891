/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The share of a core the engine's threads take in a running show (clock device, 64 x 2): nothing
 * sounding, and 24 stereo voices in four busses with a 25th on the Audition bus. Beside it the
 * floor player (floor_player.h): what waking once a period and copying one clip costs. Each is
 * measured at the same time, in slices of a quarter of a second.
 */
#include "config.h"

#include "bench.h"
#include "floor_player.h"
#include "running.h"

#include "platform/clock.h"

#include <stdio.h>

enum { SLICES = 40, SLICE_MS = 250, BEDS = 23 };
static const struct made_grid full_grid = {.tabs = 8, .rows = 32, .columns = 40, .beds = BEDS, .bed_seconds = 2};

enum measured { AUDIO, MAIN, FLOOR, MEASURED };

static void read_all(const struct running *running, const struct floor_player *player, uint64_t ns[MEASURED])
{
    ns[AUDIO] = running_thread_ns(running, "audio");
    ns[MAIN] = running_thread_ns(running, "");
    ns[FLOOR] = atomic_load_explicit(&player->report->cpu_ns, memory_order_relaxed);
}

static void measure(const struct running *running, const struct floor_player *player, const char *what)
{
    static const char *const names[MEASURED] = {[AUDIO] = "audio thread", [MAIN] = "main thread", [FLOOR] = "floor player"};
    static struct bench share[MEASURED];
    uint64_t before[MEASURED], after[MEASURED], begin = clock_now_rt(), end;
    char name[80];
    read_all(running, player, before);
    for (int slice = 0; slice < SLICES; slice++, begin = end) {
        clock_sleep_ms(SLICE_MS);
        read_all(running, player, after);
        end = clock_now_rt();
        for (int i = 0; i < MEASURED; i++) {
            bench_add(&share[i], 100 * (double)(after[i] - before[i]) / (double)(end - begin));
            before[i] = after[i];
        }
    }
    for (int i = 0; i < MEASURED; i++) {
        snprintf(name, sizeof name, "%s: %s", what, names[i]);
        bench_print(&share[i], name);
    }
}

int main(void)
{
    struct made_show show;
    struct running running;
    struct floor_player player;
    made_folder(&show);
    running_isolate(&show);
    made_grid(&show, &full_grid);
    running_start(&running, &show, "");
    floor_player_start(&player, RUNNING_RATE, RUNNING_PERIOD);
    bench_print_head("a running show, period 64", "% of a core");
    measure(&running, &player, "nothing sounds");
    running_do(&running, "set 1/1/24 mode loop");
    running_press_beds(&running, BEDS + 1, full_grid.columns);
    running_do(&running, "set 1/1/25 mode loop");
    running_do(&running, "audition 1/1/25");
    measure(&running, &player, "24 voices, audition, five busses");
    floor_player_stop(&player);
    running_stop(&running);
    made_remove(&show);
    return 0;
}
