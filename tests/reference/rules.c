/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who may start, and who gives way (SPEC P1-P4, K1-K4): see laws.h. A start is first thought
 * through, with a fate for everything that sounds; a refusal changes nothing.
 *
 * In its order: what the press does to the clip's own copies; whom it chokes; the limit of its
 * group; the pool; the ghosts. What is stopped on the way counts as the youngest tail.
 */
#include "config.h"

#include "laws.h"

#include <stddef.h>
#include <stdlib.h>

enum fate { FATE_KEEP, FATE_STOP, FATE_GHOST };

struct thought {
    struct scene *scene;
    int clip;
    const struct clip *about;
    const struct group *group;
    bool crosses;                       /* some copy of the clip gives way to it */
    enum fate fate[LAWS_SOUNDINGS];
};

static struct thought think_of(struct scene *scene, int clip)
{
    const struct clip *about = &scene->world.clip[clip];
    return (struct thought){.scene = scene, .clip = clip, .about = about, .group = &scene->world.group[about->group]};
}

static enum fate *fate_of(struct thought *thought, const struct sounding *s)
{
    return &thought->fate[s - thought->scene->sounding];
}

/* Has a place in the pool, and will have it. */
static bool stays(struct thought *thought, const struct sounding *s)
{
    return s->state != STATE_GHOST && s->bus != BUS_AUDITION && *fate_of(thought, s) != FATE_GHOST;
}

static bool is_tail(struct thought *thought, const struct sounding *s)
{
    return stays(thought, s) && (s->state == STATE_TAIL || *fate_of(thought, s) == FATE_STOP);
}

static bool is_older(const struct scene *scene, const struct sounding *a, const struct sounding *b)
{
    int64_t told_a = a->state == STATE_TAIL ? a->told : scene->frame, told_b = b->state == STATE_TAIL ? b->told : scene->frame;
    return told_a != told_b ? told_a < told_b : a->number < b->number;
}

enum within { WITHIN_CLIP, WITHIN_GROUP, WITHIN_FREE, WITHIN_ALL };

static bool is_within(const struct thought *thought, const struct sounding *s, enum within within)
{
    switch (within) {
    case WITHIN_CLIP:
        return s->clip == thought->clip;
    case WITHIN_GROUP:
        return s->bus == thought->about->group;
    case WITHIN_FREE:
        return !thought->scene->world.group[s->bus].choke;
    default:
        return true;
    }
}

static int count_voices(struct thought *thought, enum within within)
{
    int count = 0;
    FOR_EACH_SOUNDING(thought->scene, s)
        count += stays(thought, s) && is_within(thought, s, within);
    return count;
}

static int count_units(struct thought *thought, enum within within)
{
    int units = 0;
    FOR_EACH_SOUNDING(thought->scene, s)
        if (stays(thought, s) && is_within(thought, s, within))
            units += s->units;
    return units;
}

static bool end_oldest_tail(struct thought *thought, enum within within)
{
    const struct sounding *oldest = NULL;
    FOR_EACH_SOUNDING(thought->scene, s)
        if (is_tail(thought, s) && is_within(thought, s, within) && (!oldest || is_older(thought->scene, s, oldest)))
            oldest = s;
    if (oldest)
        *fate_of(thought, oldest) = FATE_GHOST;
    return oldest != NULL;
}

/* P3, P4 */
static enum refusal think_of_own(struct thought *thought, enum start_how how)
{
    if (how == START_LAYER && count_voices(thought, WITHIN_CLIP) >= LAWS_LAYERS && !end_oldest_tail(thought, WITHIN_CLIP))
        return REFUSAL_LAYERS;
    if (how != START_RESTART)
        return REFUSAL_NONE;
    FOR_EACH_SOUNDING(thought->scene, s) {
        if (!stays(thought, s) || s->clip != thought->clip)
            continue;
        thought->crosses |= !s->stands;
        *fate_of(thought, s) = FATE_GHOST;
    }
    return REFUSAL_NONE;
}

/* P8 (stop others), K2, K3 */
static void think_of_choke(struct thought *thought)
{
    FOR_EACH_SOUNDING(thought->scene, s) {
        bool same_group = s->bus == thought->about->group;
        bool chokes = thought->about->stop_others ||
                      (same_group && (thought->group->choke || (thought->about->choke && s->choke)));
        if (chokes && stays(thought, s) && s->state == STATE_HELD)
            *fate_of(thought, s) = s->stands ? FATE_GHOST : FATE_STOP;      /* it is silent: over at once */
    }
}

/* K1, K2. A free group's 24 is the pool's own limit, of 48 if they are mono. */
static enum refusal think_of_group(struct thought *thought)
{
    if (!thought->group->choke && thought->group->voices >= LAWS_POOL_UNITS / 2)
        return REFUSAL_NONE;
    while (count_voices(thought, WITHIN_GROUP) + 1 > thought->group->voices)
        if (!end_oldest_tail(thought, WITHIN_GROUP))
            return thought->group->choke ? REFUSAL_NONE : REFUSAL_GROUP;
    return REFUSAL_NONE;
}

/* K4 */
static int free_units(const struct scene *scene)
{
    int units = LAWS_POOL_UNITS;
    for (int i = 0; i < WORLD_GROUPS; i++)
        if (scene->world.group[i].choke)
            units -= 2 * scene->world.group[i].voices;
    return units;
}

/* P1, P2 */
static enum refusal think_of_pool(struct thought *thought, int units)
{
    while (!thought->group->choke && count_units(thought, WITHIN_FREE) + units > free_units(thought->scene))
        if (!end_oldest_tail(thought, WITHIN_FREE))
            return REFUSAL_POOL;
    while (count_units(thought, WITHIN_ALL) + units > LAWS_POOL_UNITS)
        if (!end_oldest_tail(thought, WITHIN_ALL))
            return REFUSAL_POOL;
    return REFUSAL_NONE;
}

static enum refusal think_of_ghosts(struct thought *thought)
{
    int more = 0;
    FOR_EACH_SOUNDING(thought->scene, s)
        more += *fate_of(thought, s) == FATE_GHOST && !s->stands;
    return more && rules_ghosts(thought->scene) + more > LAWS_GHOSTS_MOST ? REFUSAL_GHOSTS : REFUSAL_NONE;
}

int rules_ghosts(struct scene *scene)
{
    int ghosts = 0;
    FOR_EACH_SOUNDING(scene, s)
        ghosts += s->state == STATE_GHOST;
    return ghosts;
}

int rules_family(const struct scene *scene, int clip)
{
    return scene->world.medium[scene->world.clip[clip].medium].rate == 44100 ? FAMILY_44100 : FAMILY_48000;
}

int64_t rules_now(const struct scene *scene, const struct sounding *s)
{
    return scene->family[s->family].frame;
}

const struct lengths *rules_lengths(const struct scene *scene, const struct sounding *s)
{
    return &scene->family[s->family].lengths;
}

static const struct lengths *lengths_of(const struct scene *scene, const struct clip *clip)
{
    return &scene->family[rules_family(scene, (int)(clip - scene->world.clip))].lengths;
}

/* --- fades of a clip: its own, else its group's, else the show's (F1) --- */

static double first_said(double clip, double group, double show)
{
    return clip >= 0 ? clip : group >= 0 ? group : show >= 0 ? show : 0;
}

static enum curve first_curve(enum curve clip, enum curve group, enum curve show, enum curve otherwise)
{
    return clip != CURVE_ABSENT ? clip : group != CURVE_ABSENT ? group : show != CURVE_ABSENT ? show : otherwise;
}

static double fade_in_seconds(const struct scene *scene, const struct clip *clip)
{
    return first_said(clip->fades.in_s, scene->world.group[clip->group].fades.in_s, scene->world.fades.in_s);
}

static struct shape fade_in(const struct scene *scene, const struct clip *clip)
{
    enum curve curve = first_curve(clip->fades.in_curve, scene->world.group[clip->group].fades.in_curve,
                                   scene->world.fades.in_curve, CURVE_LINEAR);
    return lengths_fade(lengths_of(scene, clip), fade_in_seconds(scene, clip), curve);
}

enum curve rules_fade_out_curve(const struct scene *scene, int number)
{
    const struct clip *clip = &scene->world.clip[number];
    return first_curve(clip->fades.out_curve, scene->world.group[clip->group].fades.out_curve, scene->world.fades.out_curve,
                       CURVE_EXPONENTIAL);
}

struct shape rules_fade_out(const struct scene *scene, int number)
{
    const struct clip *clip = &scene->world.clip[number];
    double seconds = first_said(clip->fades.out_s, scene->world.group[clip->group].fades.out_s, scene->world.fades.out_s);
    return lengths_fade(lengths_of(scene, clip), seconds, rules_fade_out_curve(scene, number));
}

struct shape rules_fade_end(const struct scene *scene, int number)
{
    const struct clip *clip = &scene->world.clip[number];
    return lengths_fade(lengths_of(scene, clip), clip->fade_end_s, rules_fade_out_curve(scene, number));
}

/* --- doing it --- */

struct sounding *rules_add(struct scene *scene)
{
    if (scene->soundings == LAWS_SOUNDINGS)
        abort();                        /* the laws allow fewer */
    return &scene->sounding[scene->soundings++];
}

void rules_stop(struct scene *scene, struct sounding *s)
{
    if (s->state == STATE_HELD || s->stands)
        rules_fade_away(scene, s, rules_fade_out(scene, s->clip));
}

void rules_fade_away(struct scene *scene, struct sounding *s, struct shape fade)
{
    s->told = scene->frame;
    sounding_stop(s, rules_now(scene, s), fade);
}

/* P2: past 64 the oldest that was not hurried yet ends in 1 ms more. */
static void hurry_oldest_ghost(struct scene *scene)
{
    struct sounding *oldest = NULL;
    FOR_EACH_SOUNDING(scene, s)
        if (s->state == STATE_GHOST && !s->hurried &&
            (!oldest || s->told < oldest->told || (s->told == oldest->told && s->number < oldest->number)))
            oldest = s;
    if (!oldest)
        return;
    oldest->hurried = true;
    sounding_make_ghost(oldest, rules_now(scene, oldest), rules_lengths(scene, oldest)->protection);
}

void rules_ghost(struct scene *scene, struct sounding *s)
{
    if (s->state == STATE_GHOST)
        return;
    s->told = scene->frame;
    sounding_make_ghost(s, rules_now(scene, s), rules_lengths(scene, s)->cross);
    if (s->state != STATE_OVER && rules_ghosts(scene) > LAWS_GHOSTS)
        hurry_oldest_ghost(scene);
}

static void carry_out(struct thought *thought, int bus, const struct region *region)
{
    struct scene *scene = thought->scene;
    FOR_EACH_SOUNDING(scene, s) {
        if (*fate_of(thought, s) == FATE_STOP)
            rules_stop(scene, s);
        else if (*fate_of(thought, s) == FATE_GHOST)
            rules_ghost(scene, s);
    }
    const struct medium *medium = &scene->world.medium[thought->about->medium];
    const struct lengths *lengths = lengths_of(scene, thought->about);
    struct beginning beginning = {
        .clip = thought->about, .medium = medium, .region = *region, .fade_in = fade_in(scene, thought->about),
        .protection_only = lengths_frames(lengths, fade_in_seconds(scene, thought->about)) < lengths->protection,
        .fade_end = rules_fade_end(scene, thought->clip), .crosses = thought->crosses,
        .muted = scene->muted[thought->clip] && bus != BUS_AUDITION};
    struct sounding *s = rules_add(scene);
    *s = (struct sounding){.clip = thought->clip, .bus = bus, .units = bus == BUS_AUDITION ? 0 : medium->channels,
                           .number = ++scene->numbers, .family = rules_family(scene, thought->clip)};
    sounding_begin(s, lengths, &beginning, rules_now(scene, s));
}

enum refusal rules_start(struct scene *scene, int clip, int64_t place, enum start_how how)
{
    struct thought thought = think_of(scene, clip);
    const struct medium *medium = &scene->world.medium[thought.about->medium];
    struct region region;
    if (scene->emergency)
        return REFUSAL_EMERGENCY;
    if (!region_of(thought.about, medium, place, &region))
        return REFUSAL_PLACE;
    enum refusal refusal = think_of_own(&thought, how);
    if (refusal == REFUSAL_NONE)
        think_of_choke(&thought);
    if (refusal == REFUSAL_NONE)
        refusal = think_of_group(&thought);
    if (refusal == REFUSAL_NONE)
        refusal = think_of_pool(&thought, medium->channels);
    if (refusal == REFUSAL_NONE)
        refusal = think_of_ghosts(&thought);
    if (refusal == REFUSAL_NONE)
        carry_out(&thought, thought.about->group, &region);
    return refusal;
}

/* P12: one voice, outside of all this. The clip that is heard there is stopped instead, unless a place is said. */
enum refusal rules_audition(struct scene *scene, int clip, int64_t place)
{
    struct thought thought = think_of(scene, clip);
    struct region region;
    if (scene->emergency)
        return REFUSAL_EMERGENCY;
    FOR_EACH_SOUNDING(scene, s) {
        if (s->bus != BUS_AUDITION || s->state == STATE_GHOST)
            continue;
        if (place < 0 && s->clip == clip && s->state == STATE_HELD) {
            rules_stop(scene, s);
            return REFUSAL_NONE;
        }
        *fate_of(&thought, s) = FATE_GHOST;
    }
    if (!region_of(thought.about, &scene->world.medium[thought.about->medium], place, &region))
        return REFUSAL_PLACE;
    enum refusal refusal = think_of_ghosts(&thought);
    if (refusal == REFUSAL_NONE)
        carry_out(&thought, BUS_AUDITION, &region);
    return refusal;
}
