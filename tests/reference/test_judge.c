/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the judge of the other tests can find anything: what the laws make of a few worlds is
 * spoilt in one way each, and every time it has to be told. The program is not needed.
 */
#include "config.h"

#include "heard.h"
#include "invent.h"
#include "routes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 20000 };

/* The first world of sines in which something is refused and much is heard. */
static void find_world(struct world *world, struct outcome *outcome)
{
    for (uint64_t seed = 1;; seed++) {
        bool refuses = false;
        invent_world(world, seed);
        laws_render(world, outcome);
        for (int i = 0; i < world->orders; i++)
            refuses |= outcome->refusal[i] != REFUSAL_NONE;
        if (world->sines && refuses && outcome->voices_most > 3)
            return;
        outcome_clear(outcome);
        world_clear(world);
    }
}

/* What a program would make that follows the laws. */
static struct heard follow_the_laws(const struct world *world, const struct outcome *outcome)
{
    size_t count = (size_t)outcome->frames * LAWS_CHANNELS;
    struct heard heard = {.frames = outcome->frames, .samples = malloc(count * sizeof(float)), .said = calloc(1, WORDS)};
    if (!heard.samples || !heard.said)
        abort();
    for (size_t i = 0; i < count; i++)
        heard.samples[i] = (float)outcome->samples[i];
    heard_say_refusals(world, outcome, heard.said, WORDS);
    return heard;
}

/* The loudest sample. */
static int64_t find_loudest(const struct heard *heard)
{
    int64_t loudest = 0;
    for (int64_t i = 0; i < heard->frames * LAWS_CHANNELS; i++)
        if (fabsf(heard->samples[i]) > fabsf(heard->samples[loudest]))
            loudest = i;
    return loudest;
}

static int expect(const char *what, struct difference difference, bool wanted)
{
    bool right = difference.found == wanted;
    printf("%s: %s: %s\n", right ? "ok" : "FAIL", what, difference.found ? difference.text : "no difference");
    return !right;
}

/* A voice that is cut, at its loudest, both in the sound and in the law: only the click is left to be found. */
static int cut_both(const struct world *world, struct heard *heard, struct outcome *outcome)
{
    int64_t from = find_loudest(heard);
    for (int64_t i = from; i < heard->frames * LAWS_CHANNELS; i++) {
        heard->samples[i] = 0;
        outcome->samples[i] = 0;
    }
    return expect("a cut without a fade", heard_compare(heard, world, outcome), true);
}

/* --- a bus a frame late, or at another level; of both families, too, where less can be told --- */

static int find_loud_bus(const struct heard *heard)
{
    return (int)(find_loudest(heard) % LAWS_CHANNELS / 2);
}

static void delay_bus(struct heard *heard, int bus)
{
    for (int64_t n = heard->frames - 1; n > 0; n--)
        for (int i = 2 * bus; i < 2 * bus + SIDES; i++)
            heard->samples[n * LAWS_CHANNELS + i] = heard->samples[(n - 1) * LAWS_CHANNELS + i];
}

static void turn_bus(struct heard *heard, int bus, float gain)
{
    for (int64_t n = 0; n < heard->frames; n++)
        for (int i = 2 * bus; i < 2 * bus + SIDES; i++)
            heard->samples[n * LAWS_CHANNELS + i] *= gain;
}

static int spoil_busses(const struct world *world, const struct outcome *outcome, float gain)
{
    struct heard heard = follow_the_laws(world, outcome);
    int wrong = expect("another world", heard_compare(&heard, world, outcome), false);
    delay_bus(&heard, find_loud_bus(&heard));
    wrong += expect("a bus a frame late", heard_compare(&heard, world, outcome), true);
    heard_clear(&heard);
    heard = follow_the_laws(world, outcome);
    turn_bus(&heard, find_loud_bus(&heard), gain);
    wrong += expect("a bus at another level", heard_compare(&heard, world, outcome), true);
    heard_clear(&heard);
    return wrong;
}

static int spoil_mixed(struct world *world)
{
    struct outcome outcome;
    uint64_t seed = 3;
    for (invent_world(world, seed); !world->mixed; invent_world(world, ++seed))
        world_clear(world);
    laws_render(world, &outcome);
    int wrong = spoil_busses(world, &outcome, 0.99f);
    outcome_clear(&outcome);
    world_clear(world);
    return wrong;
}

/* --- channels of a device --- */

/* Busses A to D on their own channels; one of them, from the frame on, at half its level. */
static struct heard put_on_channels(const struct heard *busses, int bus, int64_t frame)
{
    size_t count = (size_t)busses->frames * ROUTES_CHANNELS;
    struct heard channels = {.frames = busses->frames, .samples = malloc(count * sizeof(float))};
    if (!channels.samples)
        abort();
    for (int64_t n = 0; n < busses->frames; n++)
        for (int c = 0; c < ROUTES_CHANNELS; c++) {
            float gain = c / 2 == bus && n >= frame ? 0.5f : 1;
            channels.samples[n * ROUTES_CHANNELS + c] = busses->samples[n * LAWS_CHANNELS + c] * gain;
        }
    return channels;
}

/* Where a bus that is on the device is loudest. */
static int64_t find_loudest_on_channels(const struct heard *busses)
{
    int64_t loudest = 0;
    for (int64_t i = 0; i < busses->frames * LAWS_CHANNELS; i++)
        if (i % LAWS_CHANNELS < ROUTES_CHANNELS && fabsf(busses->samples[i]) > fabsf(busses->samples[loudest]))
            loudest = i;
    return loudest;
}

static int spoil_channels(const struct world *world, struct outcome *outcome)
{
    struct heard busses = follow_the_laws(world, outcome);
    int64_t loudest = find_loudest_on_channels(&busses), frame = loudest / LAWS_CHANNELS;
    int bus = (int)(loudest % LAWS_CHANNELS / 2), moves = outcome->moves;
    outcome->moves = 0;
    struct heard channels = put_on_channels(&busses, bus, busses.frames);
    int wrong = expect("busses on their channels", routes_judge(world, outcome, &busses, &channels), false);
    channels.samples[frame * ROUTES_CHANNELS + loudest % LAWS_CHANNELS] *= 0.9999f;
    wrong += expect("a channel at another level", routes_judge(world, outcome, &busses, &channels), true);
    free(channels.samples);
    struct move was = outcome->move[0];
    outcome->move[0] = (struct move){.frame = frame, .cross = 240, .bus = bus, .channel = 2 * bus, .gain = 0.5};
    outcome->moves = 1;
    channels = put_on_channels(&busses, bus, frame);
    wrong += expect("a move at once", routes_judge(world, outcome, &busses, &channels), true);
    outcome->move[0].cross = 0;         /* by the law too: only the click is left to be found */
    wrong += expect("a move that clicks", routes_judge(world, outcome, &busses, &channels), true);
    outcome->move[0] = was;
    outcome->moves = moves;
    free(channels.samples);
    heard_clear(&busses);
    return wrong;
}

/* --- limiters --- */

/* The loudest frame of a bus with a limiter, if it is over full scale; -1: there is none. */
static int64_t find_over(const struct world *world, const struct outcome *outcome, int *bus)
{
    int64_t loudest = -1;
    double most = 1;
    for (int64_t i = 0; i < outcome->frames * LAWS_CHANNELS; i++) {
        int of = (int)(i % LAWS_CHANNELS / 2);
        if (of >= WORLD_GROUPS || !world->group[of].limiter || fabs(outcome->samples[i]) <= most)
            continue;
        most = fabs(outcome->samples[i]);
        loudest = i;
        *bus = of;
    }
    return loudest;
}

/* As a limiter might that is down for good as soon as it has something to do. */
static void limit(struct heard *heard, const struct world *world, const struct outcome *outcome)
{
    for (int bus = 0; bus < WORLD_GROUPS; bus++) {
        double most = 0;
        for (int64_t i = 0; i < outcome->frames * LAWS_CHANNELS; i++)
            most = i % LAWS_CHANNELS / 2 == bus ? fmax(most, fabs(outcome->samples[i])) : most;
        bool down = false;
        for (int64_t n = 0; n < outcome->frames && world->group[bus].limiter && most > 0.5; n++) {
            float *got = heard->samples + n * LAWS_CHANNELS + 2 * bus;
            down |= fmaxf(fabsf(got[LEFT]), fabsf(got[RIGHT])) > 0.5f;
            for (int i = 0; down && i < SIDES; i++)
                got[i] *= (float)(0.89 / fmax(1, most));
        }
    }
}

static bool has_limiter(const struct world *world)
{
    bool any = false;
    for (int i = 0; i < WORLD_GROUPS; i++)
        any |= world->group[i].limiter;
    return any;
}

static int spoil_limited(struct world *world)
{
    struct outcome outcome;
    int64_t over;
    int bus = 0;
    for (uint64_t seed = 1;; seed++) {
        invent_world(world, seed);
        if (has_limiter(world) && world->orders > 100) {
            laws_render(world, &outcome);
            over = find_over(world, &outcome, &bus);
            if (over >= 0)
                break;
            outcome_clear(&outcome);
        }
        world_clear(world);
    }
    struct heard heard = follow_the_laws(world, &outcome);
    int wrong = expect("no limiter where there ought to be one", heard_compare(&heard, world, &outcome), true);
    limit(&heard, world, &outcome);
    wrong += expect("a limiter", heard_compare(&heard, world, &outcome), false);
    float *side = &heard.samples[over / 2 * 2], was[SIDES] = {side[LEFT], side[RIGHT]}, by = 0.9f / fabsf(heard.samples[over]);
    side[LEFT] *= by;
    side[RIGHT] *= by;
    wrong += expect("a limiter lets 0.9 pass once", heard_compare(&heard, world, &outcome), true);
    side[LEFT] = was[LEFT] * 0.5f;
    side[RIGHT] = was[RIGHT];
    wrong += expect("a limiter turns one side down alone", heard_compare(&heard, world, &outcome), true);
    side[LEFT] = was[LEFT];
    int64_t first = 0;
    while (outcome.samples[first * LAWS_CHANNELS + 2 * bus] == 0)
        first++;
    heard.samples[first * LAWS_CHANNELS + 2 * bus] += 1.5e-6f;
    wrong += expect("a limiter touches what is quiet", heard_compare(&heard, world, &outcome), true);
    heard_clear(&heard);
    outcome_clear(&outcome);
    world_clear(world);
    return wrong;
}

int main(void)
{
    static struct world world;
    struct outcome outcome;
    int wrong = 0;
    find_world(&world, &outcome);
    struct heard heard = follow_the_laws(&world, &outcome);
    int64_t loudest = find_loudest(&heard);
    wrong += expect("the laws themselves", heard_compare(&heard, &world, &outcome), false);
    heard.samples[loudest] += 1.5e-6f;
    wrong += expect("-116 dB at one frame", heard_compare(&heard, &world, &outcome), true);
    heard.samples[loudest] = (float)outcome.samples[loudest];
    heard.frames--;
    wrong += expect("a frame less", heard_compare(&heard, &world, &outcome), true);
    heard.frames++;
    char *second = strchr(heard.said, '\n') + 1;
    memmove(heard.said, second, strlen(second) + 1);
    wrong += expect("a refusal less", heard_compare(&heard, &world, &outcome), true);
    heard_say_refusals(&world, &outcome, heard.said, WORDS);
    strcat(heard.said, "0f press k0: a refusal more\n");
    wrong += expect("a refusal more", heard_compare(&heard, &world, &outcome), true);
    heard_say_refusals(&world, &outcome, heard.said, WORDS);
    wrong += spoil_busses(&world, &outcome, 0.9999f);
    wrong += spoil_channels(&world, &outcome);
    wrong += cut_both(&world, &heard, &outcome);
    heard_clear(&heard);
    outcome_clear(&outcome);
    world_clear(&world);
    wrong += spoil_mixed(&world);
    wrong += spoil_limited(&world);
    return wrong ? 1 : 0;
}
