/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random shows and scripts, each rendered by the program and by the laws of laws.h:
 *
 *     test_laws [FIRST [COUNT]]           seeds; without words the 32 from 1 on
 *
 * How often each kind of command, property and refusal came up, and of what comes by itself, is printed; in a
 * thousand seeds none may be missing. A difference is told with its seed, shrunk to the orders that are needed for it, and the
 * session and script are printed, so that it can be made a test of its own. $CLIPGRID is the
 * program. Exit status 1: there were differences.
 */
#include "config.h"

#include "heard.h"
#include "invent.h"
#include "scribe.h"
#include "tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEEDS = 32, SEEDS_OF_ALL = 1000, SHRINK_TRIES = 120, TOLD_MOST = 3 };

static void drop_orders(struct world *world, int first, int count)
{
    memmove(&world->order[first], &world->order[first + count], sizeof *world->order * (size_t)(world->orders - first - count));
    world->orders -= count;
}

/* Leaves orders out, halves first and single ones last, as long as there still is a difference. */
static struct difference shrink(struct world *world, const char *folder, struct difference difference)
{
    static struct world less;
    int tries = 0;
    for (int count = world->orders / 2; count >= 1; count /= 2)
        for (int first = 0; first + count <= world->orders && tries < SHRINK_TRIES; tries++) {
            less = *world;
            drop_orders(&less, first, count);
            struct difference still = heard_judge(&less, folder, NULL);
            if (still.found) {
                *world = less;
                difference = still;
            } else {
                first += count;
            }
        }
    return difference;
}

/* A clip that may follow on one that is named, or be started by it, is in use as well. */
static bool is_in_use(const struct world *world, int clip)
{
    for (int i = 0; i < world->orders; i++)
        if (world->order[i].target.kind == TARGET_CLIP && world->order[i].target.index == clip)
            return true;
    for (int i = 0; i < world->clips; i++)
        if (!world->clip[i].unwritten && (world->clip[i].follow != FOLLOW_NONE || world->clip[i].links))
            return true;
    return false;
}

static void forget_unused_clips(struct world *world)
{
    for (int i = 0; i < world->clips; i++)
        world->clip[i].unwritten = true;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < world->clips; i++)
            world->clip[i].unwritten = !is_in_use(world, i);
}

static void tell(struct world *world, const char *folder, struct difference difference)
{
    printf("FAIL: seed %" PRIu64 ": %s\n", world->seed, difference.text);
    difference = shrink(world, folder, difference);
    forget_unused_clips(world);
    printf("shrunk to %d orders: %s\n--- rate %d, period %d\n", world->orders, difference.text, world->rate, world->period);
    scribe_session(world, stdout);
    printf("---\n");
    scribe_script(world, stdout);
    fflush(stdout);
}

static struct tally tally;

/* Return: whether the program and the laws differ. */
static bool try_seed(uint64_t seed, const char *folder, bool in_detail)
{
    static struct world world;
    invent_world(&world, seed);
    scribe_media(&world, folder);
    struct difference difference = heard_judge(&world, folder, &tally);
    if (difference.found && in_detail)
        tell(&world, folder, difference);
    else if (difference.found)
        printf("FAIL: seed %" PRIu64 ": %s\n", seed, difference.text);
    world_clear(&world);
    return difference.found;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/clipgrid-laws-XXXXXX", path[64];
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : argc > 1 ? 1 : SEEDS;
    int wrong = 0;
    if (!getenv("CLIPGRID")) {
        printf("SKIP: $CLIPGRID is not set\n");
        return 77;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/media", folder);
    if (mkdir(path, 0777))
        return 1;
    for (uint64_t seed = first; seed < first + count; seed++)
        wrong += try_seed(seed, folder, wrong < TOLD_MOST);
    printf("%" PRIu64 " shows from seed %" PRIu64 " on, %d differ from the laws\n", count, first, wrong);
    int missing = tally_print(&tally, stdout);
    if (count >= SEEDS_OF_ALL && missing)
        printf("FAIL: %d kinds of things never came up: the worlds are not what they are meant to be\n", missing);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) || wrong || (count >= SEEDS_OF_ALL && missing) ? 1 : 0;
}
