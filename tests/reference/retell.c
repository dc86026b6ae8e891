/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A show that was played live, told again as a script (SPEC E1, E2). Live commands have no frames
 * of their own; but each of those here changes the sound, so the frame of each is where the
 * recording leaves what the laws make of those before it. With all frames found, `render` has to
 * give the recording, bit for bit.
 *
 *     retell write FOLDER                 media, show.orp, and `commands`, a line each
 *     retell judge FOLDER RECORDING       what FOLDER/show.orp and the commands came to on a file device
 */
#include "config.h"

#include "heard.h"
#include "invent.h"
#include "scribe.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, PERIOD = 64, MEDIUM_FRAMES = 40000 };

/* --- the show --- */

static void make_medium(struct medium *medium, int channels)
{
    *medium = (struct medium){.rate = RATE, .channels = channels, .format = MEDIUM_S16, .frames = MEDIUM_FRAMES,
                              .amplitude = 0.1};
    medium->samples = calloc((size_t)(MEDIUM_FRAMES * channels), sizeof *medium->samples);
    if (!medium->samples)
        abort();
    uint32_t noise = 12345;
    for (int i = 0; i < MEDIUM_FRAMES * channels; i++) {
        noise = noise * 1664525 + 1013904223;
        medium->samples[i] = floor(((double)(noise >> 16) / 65536 - 0.5) * 6000) / 32768;
    }
}

/* Clips k0 to k7, endless, so that nothing but a command changes what is heard. */
static void make_clips(struct world *world)
{
    static const int group[] = {0, 0, 1, 2, 2, 3, 3, 0};
    for (world->clips = 0; world->clips < 8; world->clips++) {
        struct clip *clip = &world->clip[world->clips];
        *clip = (struct clip){.medium = world->clips % 2, .group = group[world->clips], .mode = MODE_LOOP, .in = 1000,
                              .out = 21000};
        clip->fades = (struct fades){-1, 0.02, CURVE_LINEAR, CURVE_LINEAR};
    }
    world->clip[1].press = PRESS_RESTART;
    world->clip[2].press = PRESS_LAYER;
    world->clip[5].choke = world->clip[6].choke = true;
    world->clip[7].seam_ms = 5;
}

static void add(struct world *world, enum verb verb, enum target_kind kind, int index, double number, bool on)
{
    world->order[world->orders++] = (struct order){.verb = verb, .target = {kind, index}, .number = number, .seconds = 0.03,
                                                   .place = 15000, .curve = CURVE_ABSENT, .on = on};
}

static void make_script(struct world *world)
{
    for (int i = 0; i < 8; i++)
        add(world, VERB_PRESS, TARGET_CLIP, i, 0, false);
    add(world, VERB_PRESS, TARGET_CLIP, 1, 0, false);           /* a restart */
    add(world, VERB_PRESS, TARGET_CLIP, 2, 0, false);           /* a layer */
    add(world, VERB_GAIN, TARGET_CLIP, 0, -6, false);
    add(world, VERB_PAN, TARGET_CLIP, 0, 0.5, false);
    add(world, VERB_FADE, TARGET_CLIP, 1, -12, false);
    add(world, VERB_FADE, TARGET_BUS, 1, -3, false);
    add(world, VERB_MUTE, TARGET_GROUP, 0, 0, true);
    add(world, VERB_MUTE, TARGET_GROUP, 0, 0, false);
    add(world, VERB_SOLO, TARGET_GROUP, 1, 0, true);
    add(world, VERB_SOLO, TARGET_GROUP, 1, 0, false);
    add(world, VERB_SEEK, TARGET_CLIP, 7, 0, false);
    add(world, VERB_AUDITION, TARGET_CLIP, 3, 0, false);
    add(world, VERB_GAIN, TARGET_GROUP, 2, -10, false);
    add(world, VERB_PLAY_AT, TARGET_CLIP, 3, 0, false);
    add(world, VERB_PRESS, TARGET_CLIP, 0, 0, false);           /* stops */
    add(world, VERB_STOP, TARGET_GROUP, 1, 0, false);
    add(world, VERB_FADE, TARGET_CLIP, 1, WORLD_SILENCE_DB, false);
    add(world, VERB_PRESS, TARGET_CLIP, 5, 0, false);           /* k6 choked it: it plays again */
    add(world, VERB_PANIC, TARGET_ALL, 0, 0, false);
    add(world, VERB_PANIC, TARGET_ALL, 0, 0, false);
}

static void make_world(struct world *world)
{
    *world = (struct world){.rate = RATE, .period = PERIOD, .media = 2, .tabs = 1, .fades = {-1, -1, CURVE_ABSENT, CURVE_ABSENT}};
    make_medium(&world->medium[0], 2);
    make_medium(&world->medium[1], 1);
    for (int i = 0; i < WORLD_GROUPS; i++)
        world->group[i] = (struct group){.voices = 24, .fades = {-1, -1, CURVE_ABSENT, CURVE_ABSENT}};
    world->group[2].choke = true;
    world->group[2].voices = 2;
    make_clips(world);
    make_script(world);
}

/* Its commands as they are said to a show that runs: without their times. */
static void write_commands(const struct world *world, FILE *to)
{
    for (int i = 0; i < world->orders; i++) {
        char line[320];
        scribe_order(&world->order[i], line, sizeof line);
        fprintf(to, "%s\n", strchr(line, ' ') + 1);
    }
}

static void write_show(const struct world *world, const char *folder)
{
    char path[200];
    snprintf(path, sizeof path, "%s/show.orp", folder);
    FILE *session = fopen(path, "w");
    snprintf(path, sizeof path, "%s/commands", folder);
    FILE *commands = fopen(path, "w");
    if (!session || !commands)
        abort();
    scribe_media(world, folder);
    scribe_session(world, session);
    write_commands(world, commands);
    if (fclose(session) || fclose(commands))
        abort();
}

/* --- the recording --- */

/* The first frame from `from` on that is not what the laws make of the first `orders` orders; -1: there is none. */
static int64_t first_difference(const struct world *world, int orders, const struct heard *heard, int64_t from)
{
    struct outcome outcome;
    struct world known = *world;
    int64_t found = -1;
    known.orders = orders;
    laws_render(&known, &outcome);
    for (int64_t i = from * LAWS_CHANNELS; i < known.frames * LAWS_CHANNELS && found < 0; i++)
        if (fabs(heard->samples[i] - outcome.samples[i]) > 1e-6)
            found = i / LAWS_CHANNELS;
    outcome_clear(&outcome);
    return found;
}

/* Return: false if some order cannot be found. A glide leaves its level in the frame after the order's, or seems to a few frames
 * later when it is slow; and orders are done at the beginning of a period. */
static bool find_frames(struct world *world, const struct heard *heard)
{
    int64_t at = 0;
    for (int i = 0; i < world->orders; i++) {
        char line[320];
        int64_t difference = first_difference(world, i, heard, at);
        at = difference < 0 ? at : (difference - 1) / PERIOD * PERIOD;
        world->order[i].frame = at;
        scribe_order(&world->order[i], line, sizeof line);
        printf("%s\n", line);
        if (difference < 0) {
            printf("FAIL: it is not heard\n");
            return false;
        }
    }
    return true;
}

static int compare_with_render(struct world *world, const struct heard *recorded, const char *folder)
{
    struct heard rendered;
    int64_t different = 0;
    if (heard_render(&rendered, world, folder, 0) < 0 || rendered.frames != world->frames) {
        printf("FAIL: it does not render: %s\n", rendered.said ? rendered.said : "");
        return 1;
    }
    for (int64_t i = 0; i < world->frames * LAWS_CHANNELS; i++)
        different += memcmp(&rendered.samples[i], &recorded->samples[i], sizeof(float)) != 0 &&
                     !(rendered.samples[i] == 0 && recorded->samples[i] == 0);
    printf("%" PRId64 " of %" PRId64 " samples differ between live and render\n", different, world->frames * LAWS_CHANNELS);
    heard_clear(&rendered);
    return different != 0;
}

static int judge(struct world *world, const char *folder, const char *recording)
{
    struct heard heard = {0};
    heard_read(&heard, recording, LAWS_CHANNELS);
    world->frames = heard.frames;
    int wrong = !heard.samples || !find_frames(world, &heard) || compare_with_render(world, &heard, folder);
    heard_clear(&heard);
    return wrong;
}

int main(int argc, char **argv)
{
    static struct world world;
    if (argc < 3)
        return 2;
    make_world(&world);
    int status = 0;
    if (argc == 4)
        status = judge(&world, argv[2], argv[3]);
    else
        write_show(&world, argv[2]);
    world_clear(&world);
    return status;
}
