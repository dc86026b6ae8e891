/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the judge of the other tests can find anything: what the laws make of a few worlds is
 * spoilt in one way each, and every time it has to be told. The program is not needed.
 */
#include "config.h"

#include "heard.h"
#include "invent.h"

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
    wrong += cut_both(&world, &heard, &outcome);
    heard_clear(&heard);
    outcome_clear(&outcome);
    world_clear(&world);
    return wrong ? 1 : 0;
}
