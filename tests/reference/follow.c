/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comes when a clip ends by itself (SPEC P7, P11): see laws.h. An end is looked at before the
 * orders of the frame behind its last; whether it is seamless is decided 1 ms before it, after
 * those of that frame.
 */
#include "config.h"

#include "laws.h"

#include <math.h>
#include <stddef.h>

int follow_successor(const struct scene *scene, int clip)
{
    const struct world *world = &scene->world;
    const struct clip *about = &world->clip[clip];
    if (about->follow == FOLLOW_CLIP)
        return world->clip[about->follow_clip].gone ? -1 : about->follow_clip;
    for (int next = clip + world->tabs; about->follow == FOLLOW_NEXT && next < world->clips; next += world->tabs)
        if (!world->clip[next].gone)
            return next;
    return -1;
}

static bool may_be_followed(const struct sounding *s)
{
    return s->natural && !s->orphan && s->bus != BUS_AUDITION && s->state != STATE_GHOST;
}

static int64_t gap_of(const struct scene *scene, int clip)
{
    return lengths_frames(&scene->lengths, scene->world.clip[clip].gap_s);
}

/* --- the millisecond before an end --- */

static bool may_be_seamless(const struct scene *scene, const struct sounding *s)
{
    const struct lengths *lengths = rules_lengths(scene, s);
    return s->state == STATE_HELD && !s->stands && !s->heir.there && may_be_followed(s) && gap_of(scene, s->clip) == 0 &&
           lengths_frames(lengths, scene->world.clip[s->clip].fade_end_s) < lengths->protection &&
           sounding_nears_end(s, lengths, rules_now(scene, s), s->begun == scene->frame);
}

void follow_decide(struct scene *scene)
{
    FOR_EACH_SOUNDING(scene, s) {
        int next = may_be_seamless(scene, s) ? follow_successor(scene, s->clip) : -1;
        const struct start start = {.clip = next, .place = -1, .how = next < 0 ? START_PLAIN : rules_how_to_play(scene, next, s),
                                    .due = scene->frame, .leader = s};
        if (next < 0 || scene->world.clip[next].group != s->bus || !rules_would_be_seamless(scene, &start))
            continue;
        s->heir = (struct heir){true, next, scene->world.clip[next], turns_medium(scene, next, scene->turn[next])};
        s->end = glide_rest(1);
    }
}

/* --- ends --- */

static bool start_follower(struct scene *scene, const struct sounding *s, int next, double level)
{
    int64_t gap = gap_of(scene, s->clip);
    bool took_over;
    const struct start start = {
        .clip = next, .place = -1, .how = rules_how_to_play(scene, next, NULL), .due = scene->frame + gap, .line = s->line,
        .paused = s->leaves ? 0 : s->paused, .level = level,
        .takes_over = s->heir.there && s->heir.index == next && s->heir.clip.group == scene->world.clip[next].group};
    enum refusal refusal = rules_start(scene, &start, &took_over);
    scene->met[MET_FOLLOWER_REFUSED] += refusal != REFUSAL_NONE;
    scene->met[MET_GAP] += refusal == REFUSAL_NONE && gap > 0;
    scene->met[MET_SEAMLESS] += took_over;
    return took_over;
}

static void stop_line(struct scene *scene, int line)
{
    FOR_EACH_SOUNDING(scene, s) {
        if (s->line != line || s->state == STATE_GHOST || s->bus == BUS_AUDITION)
            continue;
        rules_stop(scene, s);
        scene->met[MET_LINE_STOPPED]++;
    }
}

/* At a seam the sound goes over to another: from all of the one to all of the other, both at this level. */
static void allow_step(struct scene *scene, const struct sounding *s, double level)
{
    double side[SIDES], loudest = 0, others = 0;
    sounding_sides(&s->heir.clip, s->heir.medium->channels, side);
    for (int i = 0; i < SIDES; i++) {
        loudest = fmax(loudest, fmax(s->side[i].from, s->side[i].to));
        others = fmax(others, side[i]);
    }
    scene->family[s->family].seam_step[s->bus] += level * (s->medium->amplitude * loudest + s->heir.medium->amplitude * others);
}

static void end_one(struct scene *scene, struct sounding *s)
{
    double level = s->pos >= s->out ? sounding_level(s, scene->family[s->family].frame) : 0;
    bool followed = may_be_followed(s), took_over = false;
    int next = followed ? follow_successor(scene, s->clip) : -1;
    s->ended = false;
    if (next >= 0)
        took_over = start_follower(scene, s, next, level);
    else if (followed && scene->world.clip[s->clip].follow == FOLLOW_STOP)
        stop_line(scene, s->line);
    if (s->heir.there && !took_over)
        rules_let_die_away(scene, s, level);
    if (s->heir.there)
        allow_step(scene, s, level);
    if (followed)
        links_run_end(scene, s);
}

void follow_ends(struct scene *scene)
{
    int there = scene->soundings;
    for (int i = 0; i < there; i++)
        if (scene->sounding[i].ended)
            end_one(scene, &scene->sounding[i]);
}
