/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clips fired at random in a show of 10,240, each with a file of its own (tests/tools/make_show), on the clock device at 64 x 2:
 * at the clip memory that `clipgrid check` recommends, and at 64 MiB. The next press comes as soon as four voices are free.
 * Counted by the audio thread itself: starts that had to wait for their first samples, and times that a voice fell silent
 * because its samples were not there. Goal: none of either at the recommended memory.
 *
 * bench_cold [FIRES [CLIPS]]
 */
#include "config.h"

#include "bench.h"
#include "running.h"

#include "base/xalloc.h"
#include "platform/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRES = 2000, CLIPS = 10240, SMALL_MB = 64, BUSY_HALVES = 40, TAB_CLIPS = 1280, COLUMNS = 40, LOOP_EVERY = 16 };

static uint32_t random_below(uint32_t limit)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % limit;
}

/* What check says would hold every head. */
static unsigned recommended_mb(const struct made_show *show)
{
    char *command = xasprintf("'%s' check '%s' --device clock --json", running_program(), show->session);
    static char line[1 << 20];
    FILE *in = popen(command, "r");
    const char *at = in && fgets(line, sizeof line, in) ? strstr(line, "\"heads_mb\":") : NULL;
    if (in)
        pclose(in);
    free(command);
    if (!at) {
        fputs("bench_cold: check says nothing of memory\n", stderr);
        exit(1);
    }
    return (unsigned)atoi(at + strlen("\"heads_mb\":"));
}

static void fire(struct running *running, unsigned clips, struct bench *reply, unsigned *refused)
{
    static struct state_live live;
    uint32_t clip;
    char press[32];
    do
        clip = random_below(clips);
    while (clip % LOOP_EVERY == LOOP_EVERY - 1);
    snprintf(press, sizeof press, "play %u/%u/%u", clip / TAB_CLIPS + 1, clip % TAB_CLIPS / COLUMNS + 1, clip % COLUMNS + 1);
    for (running_live(running, &live); live.voices_used > BUSY_HALVES; running_live(running, &live))
        clock_sleep_ms(1);
    uint64_t begin = clock_now_rt();
    const char *answer = client_ask(&running->link, press);
    if (!answer)
        exit(1);
    *refused += strncmp(answer, "ok", 2) != 0;
    bench_add(reply, (double)(clock_now_rt() - begin) / 1e6);
}

static void measure(struct made_show *show, unsigned memory_mb, unsigned fires, unsigned clips)
{
    static struct state_live before, after;
    static struct bench reply;
    struct running running;
    unsigned refused = 0;
    char config[64];
    snprintf(config, sizeof config, "memory_mb = %u;\n", memory_mb);
    running_start(&running, show, config);
    running_live(&running, &before);
    uint64_t begin = clock_now_rt();
    for (unsigned i = 0; i < fires; i++)
        fire(&running, clips, &reply, &refused);
    running_live(&running, &after);
    printf("  %u MB: %u fires in %.1f s: %u refused, %u starts late, %u times dry, %u xruns\n", memory_mb, fires,
           (double)(clock_now_rt() - begin) / 1e9, refused, after.starts_late - before.starts_late, after.dry - before.dry,
           after.xruns - before.xruns);
    bench_print(&reply, "from write to `ok`");
    running_stop(&running);
}

int main(int argc, char **argv)
{
    unsigned fires = argc > 1 ? (unsigned)atoi(argv[1]) : FIRES, clips = argc > 2 ? (unsigned)atoi(argv[2]) : CLIPS;
    struct made_show show;
    made_folder(&show);
    running_isolate(&show);
    char *command = xasprintf("'%s' '%s' %u", running_tool("make_show"), show.folder, clips);
    if (system(command) != 0)
        return 1;
    free(command);
    bench_print_head("clips fired cold", "ms");
    measure(&show, recommended_mb(&show), fires, clips);
    measure(&show, SMALL_MB, fires, clips);
    made_remove(&show);
    return 0;
}
