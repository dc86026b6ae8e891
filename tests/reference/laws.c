/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock of the laws: frame after frame, first the orders of the frame, then its sound. See laws.h. */
#include "config.h"

#include "laws.h"

#include <math.h>
#include <stdlib.h>

const char *refusal_words(enum refusal refusal)
{
    static const char *const words[REFUSALS] = {
        [REFUSAL_NONE] = "", [REFUSAL_POOL] = "24 voices", [REFUSAL_GROUP] = "the group's limit", [REFUSAL_LAYERS] = "4 layers",
        [REFUSAL_IGNORED] = "press is ignore", [REFUSAL_PLACE] = "past the end of its file",
        [REFUSAL_OUTSIDE] = "outside of its IN and OUT", [REFUSAL_SILENT] = "does not sound",
        [REFUSAL_NO_LOOP] = "does not loop", [REFUSAL_GHOSTS] = "too many voices", [REFUSAL_MARKER] = "marker",
        [REFUSAL_GUARD] = "its guard", [REFUSAL_EMERGENCY] = "an emergency"};
    return words[refusal];
}

static struct scene *scene_new(const struct world *world)
{
    struct scene *scene = calloc(1, sizeof *scene);
    if (!scene)
        abort();
    scene->world = *world;
    scene->lengths = (struct lengths){.rate = world->rate};
    scene->lengths.protection = lengths_frames(&scene->lengths, 0.001);
    scene->lengths.cross = lengths_frames(&scene->lengths, 0.005);
    for (int i = 0; i < WORLD_BUSSES; i++)
        for (int j = 0; j < BUS_GLIDES; j++)
            scene->bus[i][j] = glide_rest(1);
    for (int i = 0; i < WORLD_GROUPS; i++) {
        scene->bus[i][BUS_GAIN] = glide_rest(pow(10, world->group[i].gain_db / 20));
        scene->bus[i][BUS_MUTE] = glide_rest(world->group[i].mute ? 0 : 1);
    }
    return scene;
}

static void forget_what_is_over(struct scene *scene)
{
    int kept = 0;
    for (int i = 0; i < scene->soundings; i++)
        if (scene->sounding[i].state != STATE_OVER)
            scene->sounding[kept++] = scene->sounding[i];
    scene->soundings = kept;
}

static void play_busses(struct scene *scene, double *samples, float *steps)
{
    double step[LAWS_CHANNELS] = {0};
    FOR_EACH_SOUNDING(scene, s) {
        int bus = s->bus;
        sounding_play(s, scene->frame, samples + 2 * bus, step + 2 * bus);
    }
    for (int i = 0; i < LAWS_CHANNELS; i++) {
        double gain = 1, moves = 0, loudest = 1;
        for (int j = 0; j < BUS_GLIDES; j++) {
            const struct glide *glide = &scene->bus[i / 2][j];
            gain *= glide_level(glide, scene->frame);
            moves += glide_step(glide, scene->frame);
            loudest *= fmax(1, fmax(glide->from, glide->to));
        }
        steps[i] = (float)(step[i] * gain + moves * loudest * (fabs(samples[i]) + step[i]));
        samples[i] *= gain;
    }
}

void laws_render(const struct world *world, struct outcome *outcome)
{
    struct scene *scene = scene_new(world);
    size_t count = (size_t)world->frames * LAWS_CHANNELS;
    *outcome = (struct outcome){.frames = world->frames, .samples = calloc(count, sizeof *outcome->samples),
                                .steps = calloc(count, sizeof *outcome->steps)};
    if (!outcome->samples || !outcome->steps)
        abort();
    int next = 0;
    for (; scene->frame < world->frames; scene->frame++) {
        for (; next < world->orders && world->order[next].frame == scene->frame; next++) {
            outcome->refusal[next] = orders_do(scene, &world->order[next]);
            forget_what_is_over(scene);
        }
        play_busses(scene, outcome->samples + scene->frame * LAWS_CHANNELS, outcome->steps + scene->frame * LAWS_CHANNELS);
        forget_what_is_over(scene);
        int ghosts = rules_ghosts(scene);
        outcome->voices_most = scene->soundings > outcome->voices_most ? scene->soundings : outcome->voices_most;
        outcome->ghosts_most = ghosts > outcome->ghosts_most ? ghosts : outcome->ghosts_most;
    }
    free(scene);
}

void outcome_clear(struct outcome *outcome)
{
    free(outcome->samples);
    free(outcome->steps);
}
