/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a trigger to its sound: 10,240 clips, 24 voices sounding, `clipgrid run` on the clock device
 * at 64 x 2. A line `press CLIP` is written to the control socket at a random phase of the period,
 * CLIP being any of the 10,217 that are no loops; the latency is the time at which the first frame
 * that is not silent is due (the state segment says which frame that is, and when frames are due),
 * plus one period for the device, less the time of the write. The floor (floor_player.h) runs all
 * the while and is triggered in turn with the program, in random order.
 *
 * Frames of the clock device are due on one line, so no envelope has to be laid under times that
 * were measured. A start whose frame was due before the write means that a thread woke late, which
 * a card would have answered by an xrun: it is counted as late, not as quick.
 *
 *     bench_trigger [TRIGGERS]
 */
#include "config.h"

#include "bench.h"
#include "floor_player.h"
#include "running.h"

#include "platform/clock.h"
#include "platform/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { TRIGGERS = 500, BEDS = 23, SPACING_MS = 12, PATIENCE_MS = 200, BENCH_PRIORITY = 40 };
static const struct made_grid full_grid = {.tabs = 8, .rows = 32, .columns = 40, .beds = BEDS, .bed_seconds = 2};
static const double frame_ns = 1e9 / RUNNING_RATE;

struct contestant {
    struct bench latency, reply;            /* frames; ms */
    unsigned late, unheard;
};

static uint32_t random_below(uint32_t limit)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % limit;
}

static void add(struct contestant *contestant, double sound_ns, uint64_t write_ns)
{
    double raw_frames = (sound_ns - (double)write_ns) / frame_ns;
    if (raw_frames < 0)
        contestant->late++;
    else
        bench_add(&contestant->latency, raw_frames + RUNNING_PERIOD);
}

static void trigger_floor(struct floor_player *player, struct contestant *contestant)
{
    uint64_t before = atomic_load(&player->report->start_ns), start = before, write_ns = clock_now_rt();
    if (send(player->socket, "T", 1, MSG_NOSIGNAL) != 1)
        exit(1);
    while (start == before && clock_now_rt() < write_ns + PATIENCE_MS * UINT64_C(1000000)) {
        clock_sleep_ms(1);
        start = atomic_load(&player->report->start_ns);
    }
    if (start == before)
        contestant->unheard++;
    else
        add(contestant, (double)start, write_ns);
}

/* The voice started last. */
static const struct state_voice *newest(const struct state_live *live)
{
    const struct state_voice *found = &live->voice[0];
    for (int i = 1; i < STATE_VOICES; i++)
        if (live->voice[i].clip != STATE_NO_CLIP && (found->clip == STATE_NO_CLIP || live->voice[i].serial > found->serial))
            found = &live->voice[i];
    return found;
}

static void fmt_any_shot(char *line, size_t size)
{
    uint32_t cell = BEDS + random_below((uint32_t)(full_grid.tabs * full_grid.rows * full_grid.columns) - BEDS);
    uint32_t row = cell / (uint32_t)full_grid.columns;
    snprintf(line, size, "press %u/%u/%u", row / (uint32_t)full_grid.rows + 1, row % (uint32_t)full_grid.rows + 1,
             cell % (uint32_t)full_grid.columns + 1);
}

static void trigger_program(struct running *running, struct contestant *contestant)
{
    static struct state_live live;
    char line[64];
    fmt_any_shot(line, sizeof line);
    running_live(running, &live);
    uint64_t before = newest(&live)->serial, write_ns = clock_now_rt();
    const char *reply = client_ask(&running->link, line);
    uint64_t reply_ns = clock_now_rt();
    if (!reply || strcmp(reply, "ok") != 0) {
        contestant->unheard++;
        return;
    }
    bench_add(&contestant->reply, (double)(reply_ns - write_ns) / 1e6);
    do
        running_live(running, &live);
    while (newest(&live)->serial == before && clock_now_rt() < write_ns + PATIENCE_MS * UINT64_C(1000000));
    const struct state_voice *voice = newest(&live);
    if (voice->serial == before) {
        contestant->unheard++;
        return;
    }
    /* The first frame of a start is the silent one its protection begins with. */
    double first = (double)(voice->start_frame + 1) - (double)live.frame;
    add(contestant, (double)live.time_ns + first * frame_ns, write_ns);
}

static void print(struct contestant *contestant, const char *name)
{
    struct bench *latency = &contestant->latency;
    double least = bench_quantile(latency, 0), median = bench_quantile(latency, 0.5), p99 = bench_quantile(latency, 0.99),
           worst = bench_quantile(latency, 1);
    printf("  %-32s %6.1f %6.1f %6.1f %6.1f   %5.2f %5.2f %5.2f   %5.1f %5u %6u\n", name, least, median, p99, worst,
           median * frame_ns / 1e6, p99 * frame_ns / 1e6, worst * frame_ns / 1e6, p99 - least, contestant->late,
           contestant->unheard);
}

static void measure(struct made_show *show, bool equal_latency, int triggers)
{
    static struct contestant program, least;
    struct floor_player player;
    struct running running;
    program = least = (struct contestant){0};
    running_start(&running, show, equal_latency ? "equal_latency = true;\n" : "");
    running_press_beds(&running, BEDS, full_grid.columns);
    floor_player_start(&player, RUNNING_RATE, RUNNING_PERIOD);
    for (int i = 0; i < 2 * triggers; i++) {
        static bool floor_first;
        if (i % 2 == 0)
            floor_first = random_below(2);
        clock_sleep_until_rt(clock_now_rt() + SPACING_MS * UINT64_C(1000000) + random_below(4000000));
        if ((i % 2 == 0) == floor_first)
            trigger_floor(&player, &least);
        else
            trigger_program(&running, &program);
    }
    floor_player_stop(&player);
    running_stop(&running);
    print(&least, "floor, socket read in callback");
    print(&program, equal_latency ? "clipgrid, equal latency" : "clipgrid");
    if (!equal_latency)
        printf("    clipgrid / floor: median %.3f, p99 %.3f\n",
               bench_quantile(&program.latency, 0.5) / bench_quantile(&least.latency, 0.5),
               bench_quantile(&program.latency, 0.99) / bench_quantile(&least.latency, 0.99));
    printf("    from write to `ok`: median %.2f, p99 %.2f, worst %.2f ms\n", bench_quantile(&program.reply, 0.5),
           bench_quantile(&program.reply, 0.99), bench_quantile(&program.reply, 1));
}

int main(int argc, char **argv)
{
    struct made_show show;
    int triggers = argc > 1 ? atoi(argv[1]) : TRIGGERS;
    if (triggers < 1 || triggers > BENCH_RUNS_MAX) {
        fprintf(stderr, "usage: bench_trigger [TRIGGERS]\n");
        return 2;
    }
    made_folder(&show);
    running_isolate(&show);
    made_grid(&show, &full_grid);
    thread_set_priority(BENCH_PRIORITY, NULL, 0);       /* under the engine's threads; a clock read is then next to its write */
    printf("%-34s %6s %6s %6s %6s   %5s %5s %5s   %5s %5s %6s\n", "trigger to sound + 1 period, 64 x 2", "least", "median",
           "p99", "worst", "ms", "p99", "worst", "p99-", "late", "no");
    printf("%-34s %27s   %17s   %5s %5s %6s\n", "10,240 clips, 24 voices sounding", "frames", "median", "least", "", "sound");
    measure(&show, false, triggers);
    measure(&show, true, triggers);
    made_remove(&show);
    return 0;
}
