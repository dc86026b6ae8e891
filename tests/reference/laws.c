/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock of the laws: frame after frame, first the orders of the frame, then its sound. See laws.h. */
#include "config.h"

#include "laws.h"
#include "resound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *refusal_words(enum refusal refusal)
{
    static const char *const words[REFUSALS] = {
        [REFUSAL_NONE] = "", [REFUSAL_POOL] = "24 voices", [REFUSAL_GROUP] = "the group's limit", [REFUSAL_LAYERS] = "4 layers",
        [REFUSAL_IGNORED] = "press is ignore", [REFUSAL_PLACE] = "past the end of its file",
        [REFUSAL_OUTSIDE] = "outside of its IN and OUT", [REFUSAL_SILENT] = "does not sound",
        [REFUSAL_NO_LOOP] = "does not loop", [REFUSAL_GHOSTS] = "too many voices", [REFUSAL_MARKER] = "marker",
        [REFUSAL_GUARD] = "its guard", [REFUSAL_EMERGENCY] = "an emergency", [REFUSAL_EMPTY] = "did not load",
        [REFUSAL_UNKNOWN] = "no clip has this id", [REFUSAL_POINTS] = "in must be before out",
        [REFUSAL_UNDO] = "nothing to undo", [REFUSAL_REDO] = "nothing to redo", [REFUSAL_FOLLOW] = "are allowed too",
        [REFUSAL_VOICES] = "1 to 4 voices"};
    return words[refusal];
}

const char *met_words(enum met met)
{
    static const char *const words[METS] = {
        [MET_SEAMLESS] = "seamless follower", [MET_GAP] = "follower after a gap", [MET_DIED_AWAY] = "died away at a seam",
        [MET_LINE_STOPPED] = "stopped with its line", [MET_LINK_START] = "start by a link",
        [MET_LINK_LATER] = "later start by a link", [MET_LINK_STOP] = "stop by a link", [MET_LINK_FADE] = "fade by a link",
        [MET_LINK_AT_END] = "link at an end", [MET_WAIT_ENDED] = "wait ended", [MET_FOLLOWER_REFUSED] = "follower refused",
        [MET_TURN] = "turn of a list", [MET_SHUFFLED_TURN] = "shuffled turn", [MET_CUT] = "cut by IN or OUT",
        [MET_ORPHAN] = "sounded when cleared", [MET_HELD_FOLLOWER] = "follower that is held",
        [MET_FADED_WAITING] = "faded while it waited", [MET_PART] = "part of a sequence"};
    return words[met];
}

enum { BEYOND = 300 };                  /* output frames past the end, for a conversion to meet */

static void set_rate(struct lengths *lengths, int rate)
{
    lengths->rate = rate;
    lengths->protection = lengths_frames(lengths, 0.001);
    lengths->cross = lengths_frames(lengths, 0.005);
}

static struct scene *scene_new(const struct world *world)
{
    struct scene *scene = calloc(1, sizeof *scene);
    if (!scene)
        abort();
    scene->world = *world;
    set_rate(&scene->lengths, world->rate);
    for (int i = 0; i < WORLD_GROUPS; i++)
        scene->mono[i] = glide_rest(world->group[i].mono);
    for (int f = 0; f < FAMILIES; f++) {
        struct family *family = &scene->family[f];
        set_rate(&family->lengths, f == FAMILY_44100 ? 44100 : 48000);
        for (int i = 0; i < WORLD_BUSSES * BUS_GLIDES; i++)
            family->bus[i / BUS_GLIDES][i % BUS_GLIDES] = glide_rest(1);
        for (int i = 0; i < WORLD_GROUPS; i++) {
            family->bus[i][BUS_GAIN] = glide_rest(pow(10, world->group[i].gain_db / 20));
            family->bus[i][BUS_MUTE] = glide_rest(world->group[i].mute ? 0 : 1);
        }
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

/* One frame of a family's chains, the busses' gains and all. */
static void play_family(struct scene *scene, int which, struct chain *chain)
{
    struct family *family = &scene->family[which];
    double *samples = chain->samples + family->frame * LAWS_CHANNELS, step[LAWS_CHANNELS] = {0};
    float *steps = chain->steps + family->frame * LAWS_CHANNELS;
    FOR_EACH_SOUNDING(scene, s) {
        if (s->family != which)
            continue;
        if (!s->stands && s->state != STATE_QUEUED)
            chain->played_to[s->bus] = family->frame + 1;
        sounding_play(s, family->frame, samples + 2 * s->bus, step + 2 * s->bus);
        family->seam_step[s->bus] += s->joint;
        scene->met[MET_PART] += s->joined;
    }
    for (int i = 0; i < LAWS_CHANNELS; i++) {
        double gain = 1, moves = 0, loudest = 1;
        for (int j = 0; j < BUS_GLIDES; j++) {
            const struct glide *glide = &family->bus[i / 2][j];
            gain *= glide_level(glide, family->frame);
            moves += glide_step(glide, family->frame);
            loudest *= fmax(1, fmax(glide->from, glide->to));
        }
        steps[i] = (float)(step[i] * gain + moves * loudest * (fabs(samples[i]) + step[i]));
        if (family->frame > 0)
            steps[i - LAWS_CHANNELS] += (float)(family->seam_step[i / 2] * gain);
        samples[i] *= gain;
    }
    for (int i = 0; i < WORLD_BUSSES; i++)
        family->seam_step[i] = 0;
    family->frame++;
}

/* B4: both sides go to the mean of both. Pre: the outputs have the rate of the chain, whose frame this is. */
static void make_mono(struct scene *scene, struct chain *chain, int64_t frame)
{
    for (int i = 0; i < WORLD_BUSSES; i++) {
        double *side = chain->samples + frame * LAWS_CHANNELS + 2 * i, by = glide_level(&scene->mono[i], frame);
        float *step = chain->steps + frame * LAWS_CHANNELS + 2 * i;
        double mean = (side[LEFT] + side[RIGHT]) / 2, apart = fabs(side[LEFT] - side[RIGHT]);
        float most = fmaxf(step[LEFT], step[RIGHT]);
        for (int s = 0; s < SIDES; s++) {
            step[s] = (by > 0 ? most : step[s]) + (float)(glide_step(&scene->mono[i], frame) * (apart + 2 * (double)most));
            side[s] += (mean - side[s]) * by;
        }
    }
}

static void note_who_plays(struct scene *scene, struct chain chain[FAMILIES])
{
    FOR_EACH_SOUNDING(scene, s)
        chain[s->family].plays[scene->frame * WORLD_BUSSES + s->bus] |= !s->stands && s->state != STATE_QUEUED;
}

static void note_who_is_heard(struct scene *scene)
{
    memset(scene->heard, 0, sizeof scene->heard);
    FOR_EACH_SOUNDING(scene, s)
        scene->heard[s->bus] |= !s->stands && s->state != STATE_QUEUED;
}

static void note_crowd(struct outcome *outcome, struct scene *scene)
{
    int ghosts = rules_ghosts(scene);
    outcome->voices_most = scene->soundings > outcome->voices_most ? scene->soundings : outcome->voices_most;
    outcome->ghosts_most = ghosts > outcome->ghosts_most ? ghosts : outcome->ghosts_most;
}

/* What happens at a frame: what comes by itself, then orders, which have the last word, then what comes of them. */
static int do_orders(struct scene *scene, const struct world *world, struct outcome *outcome, int next)
{
    links_run_tasks(scene);
    links_run_waiting(scene);
    forget_what_is_over(scene);
    for (; next < world->orders && world->order[next].frame == scene->frame; next++) {
        outcome->refusal[next] = orders_do(scene, &world->order[next]);
        forget_what_is_over(scene);
    }
    links_run_starts(scene);
    follow_decide(scene);
    forget_what_is_over(scene);
    return next;
}

static void play_frame(struct scene *scene, const struct world *world, struct chain chain[FAMILIES])
{
    if (scene->frame < world->frames)
        note_who_plays(scene, chain);
    note_who_is_heard(scene);
    for (int i = 0; i < FAMILIES; i++)
        while (scene->family[i].frame < rules_family_frame(scene, i, scene->frame + 1)) {
            play_family(scene, i, &chain[i]);
            if (!world->mixed && scene->family[i].lengths.rate == world->rate)
                make_mono(scene, &chain[i], scene->family[i].frame - 1);
        }
    for (int i = 0; i < FAMILIES * WORLD_BUSSES && scene->frame < world->frames; i++) {
        struct chain *of = &chain[i / WORLD_BUSSES];
        of->until[scene->frame * WORLD_BUSSES + i % WORLD_BUSSES] = of->played_to[i % WORLD_BUSSES];
    }
    scene->frame++;
    follow_ends(scene);
    forget_what_is_over(scene);
}

static void play_all(struct scene *scene, const struct world *world, struct outcome *outcome, struct chain chain[FAMILIES])
{
    for (int next = 0; scene->frame < world->frames + BEYOND;) {
        next = do_orders(scene, world, outcome, next);
        play_frame(scene, world, chain);
        note_crowd(outcome, scene);
    }
    memcpy(outcome->met, scene->met, sizeof scene->met);
    memcpy(outcome->move, scene->move, sizeof scene->move);
    outcome->moves = scene->moves;
}

void laws_render(const struct world *world, struct outcome *outcome)
{
    struct scene *scene = scene_new(world);
    struct chain chain[FAMILIES];
    size_t count = (size_t)world->frames * LAWS_CHANNELS;
    *outcome = (struct outcome){.frames = world->frames, .samples = calloc(count, sizeof *outcome->samples),
                                .steps = calloc(count, sizeof *outcome->steps)};
    if (!outcome->samples || !outcome->steps)
        abort();
    for (int i = 0; i < FAMILIES; i++)
        chain_open(&chain[i], scene->family[i].lengths.rate,
                   rules_family_frame(scene, i, world->frames + BEYOND) + 1, world->frames);
    play_all(scene, world, outcome, chain);
    for (int i = 0; i < FAMILIES; i++)
        chain_finish(&chain[i], world->rate, outcome);
    free(scene);
}

void outcome_clear(struct outcome *outcome)
{
    free(outcome->samples);
    free(outcome->steps);
}
