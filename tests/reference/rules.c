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
    const struct start *start;
    const struct clip *about;
    const struct group *group;
    const struct medium *medium;
    int turn;
    bool sounds;                        /* at once; else it waits */
    bool crosses;                       /* some copy of the clip gives way to it */
    enum fate fate[LAWS_SOUNDINGS];
};

static struct thought think_of(struct scene *scene, const struct start *start)
{
    const struct clip *about = &scene->world.clip[start->clip];
    int turn = start->self ? start->self->turn : scene->turn[start->clip];
    return (struct thought){.scene = scene, .start = start, .about = about, .group = &scene->world.group[about->group],
                            .turn = turn, .medium = turns_medium(scene, start->clip, turn),
                            .sounds = start->due <= scene->frame};
}

static enum fate *fate_of(struct thought *thought, const struct sounding *s)
{
    return &thought->fate[s - thought->scene->sounding];
}

/* Has a place in the pool, and will have it. */
static bool stays(struct thought *thought, const struct sounding *s)
{
    enum fate fate = *fate_of(thought, s);
    if (s == thought->start->self || s == thought->start->leader || s->state == STATE_GHOST || s->bus == BUS_AUDITION)
        return false;
    return s->state == STATE_QUEUED ? fate == FATE_KEEP : fate != FATE_GHOST;
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
        return s->clip == thought->start->clip && !s->orphan;
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

/* P3, P4. One that waits does this when its time comes, and then leaves alone what waits itself. */
static enum refusal think_of_own(struct thought *thought)
{
    enum start_how how = thought->start->how;
    if (how == START_LAYER && count_voices(thought, WITHIN_CLIP) >= LAWS_LAYERS && !end_oldest_tail(thought, WITHIN_CLIP))
        return REFUSAL_LAYERS;
    if (how != START_RESTART || !thought->sounds)
        return REFUSAL_NONE;
    FOR_EACH_SOUNDING(thought->scene, s) {
        bool waits = s->state == STATE_QUEUED;
        if (!stays(thought, s) || !is_within(thought, s, WITHIN_CLIP) || (waits && thought->start->self))
            continue;
        thought->crosses |= !waits && !s->stands;
        *fate_of(thought, s) = FATE_GHOST;
    }
    return REFUSAL_NONE;
}

/* P8 (stop others), K2, K3. What was fired later and waits yet has its turn still to come. */
static void think_of_choke(struct thought *thought)
{
    const struct sounding *self = thought->start->self;
    if (!thought->sounds)
        return;
    FOR_EACH_SOUNDING(thought->scene, s) {
        bool same_group = s->bus == thought->about->group, later = self && s->state == STATE_QUEUED && s->number > self->number;
        bool chokes = thought->about->stop_others ||
                      (same_group && (thought->group->choke || (thought->about->choke && s->choke)));
        if (chokes && !later && stays(thought, s) && s->state != STATE_TAIL)
            *fate_of(thought, s) = s->stands ? FATE_GHOST : FATE_STOP;      /* it is silent: over at once */
    }
}

/* K1, K2. A free group's 24 is the pool's own limit, of 48 if they are mono; one that waited is counted in it. */
static enum refusal think_of_group(struct thought *thought)
{
    int most = thought->group->voices;
    if (thought->group->choke ? !thought->sounds : thought->start->self || most >= LAWS_POOL_UNITS / 2)
        return REFUSAL_NONE;
    while (count_voices(thought, WITHIN_GROUP) + 1 > most)
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
        more += *fate_of(thought, s) == FATE_GHOST && !s->stands && s->state != STATE_QUEUED;
    return more && rules_ghosts(thought->scene) + more > LAWS_GHOSTS_MOST ? REFUSAL_GHOSTS : REFUSAL_NONE;
}

int rules_ghosts(struct scene *scene)
{
    int ghosts = 0;
    FOR_EACH_SOUNDING(scene, s)
        ghosts += s->state == STATE_GHOST;
    return ghosts;
}

int rules_family(const struct medium *medium)
{
    return medium->rate == 44100 ? FAMILY_44100 : FAMILY_48000;
}

/* One that waits does so in frames of the output. */
int64_t rules_now(const struct scene *scene, const struct sounding *s)
{
    return s->state == STATE_QUEUED ? scene->frame : scene->family[s->family].frame;
}

int64_t rules_family_frame(const struct scene *scene, int family, int64_t frame)
{
    int64_t rate = scene->lengths.rate;
    return (2 * frame * scene->family[family].lengths.rate + rate) / (2 * rate);
}

const struct lengths *rules_lengths(const struct scene *scene, const struct sounding *s)
{
    return &scene->family[s->family].lengths;
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

static struct shape fade_in(const struct scene *scene, const struct clip *clip, const struct lengths *lengths)
{
    enum curve curve = first_curve(clip->fades.in_curve, scene->world.group[clip->group].fades.in_curve,
                                   scene->world.fades.in_curve, CURVE_LINEAR);
    return lengths_fade(lengths, fade_in_seconds(scene, clip), curve);
}

enum curve rules_fade_out_curve(const struct scene *scene, int number)
{
    const struct clip *clip = &scene->world.clip[number];
    return first_curve(clip->fades.out_curve, scene->world.group[clip->group].fades.out_curve, scene->world.fades.out_curve,
                       CURVE_EXPONENTIAL);
}

struct shape rules_fade_out(const struct scene *scene, const struct sounding *s)
{
    const struct clip *clip = &scene->world.clip[s->clip];
    double seconds = first_said(clip->fades.out_s, scene->world.group[clip->group].fades.out_s, scene->world.fades.out_s);
    return lengths_fade(rules_lengths(scene, s), seconds, rules_fade_out_curve(scene, s->clip));
}

struct shape rules_fade_end(const struct scene *scene, const struct sounding *s)
{
    return lengths_fade(rules_lengths(scene, s), scene->world.clip[s->clip].fade_end_s, rules_fade_out_curve(scene, s->clip));
}

/* --- doing it --- */

struct sounding *rules_add(struct scene *scene)
{
    if (scene->soundings == LAWS_SOUNDINGS)
        abort();                        /* the laws allow fewer */
    return &scene->sounding[scene->soundings++];
}

static void end_wait(struct scene *scene, struct sounding *s)
{
    s->state = STATE_OVER;
    scene->met[MET_WAIT_ENDED]++;
}

void rules_stop(struct scene *scene, struct sounding *s)
{
    s->natural = false;
    if (s->state == STATE_QUEUED)
        end_wait(scene, s);
    else if (s->state == STATE_HELD || s->stands)
        rules_fade_away(scene, s, rules_fade_out(scene, s));
}

void rules_fade_away(struct scene *scene, struct sounding *s, struct shape fade)
{
    s->natural = false;
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
    if (s->state == STATE_QUEUED)
        end_wait(scene, s);
    if (s->state == STATE_GHOST || s->state == STATE_OVER)
        return;
    s->told = scene->frame;
    sounding_make_ghost(s, rules_now(scene, s), rules_lengths(scene, s)->cross);
    if (s->state != STATE_OVER && rules_ghosts(scene) > LAWS_GHOSTS)
        hurry_oldest_ghost(scene);
}

/* A live fade that it was given while it waited goes by the frames of its family from now on. */
static void live_by_family(struct scene *scene, struct sounding *s)
{
    int64_t start = rules_family_frame(scene, s->family, s->live.start);
    if (s->live.frames)
        s->live.frames = rules_family_frame(scene, s->family, s->live.start + s->live.frames) - start;
    s->live.start = start;
    scene->met[MET_FADED_WAITING] += s->live.to != 1;
}

/* It sounds from now on: s has its family, its clip and its bus. */
static void begin(struct scene *scene, struct sounding *s, const struct clip *clip, const struct region *region, bool crosses)
{
    const struct lengths *lengths = rules_lengths(scene, s);
    bool protection_only = lengths_frames(lengths, fade_in_seconds(scene, clip)) < lengths->protection;
    struct beginning beginning = {
        .clip = clip, .medium = s->medium, .region = *region, .fade_in = fade_in(scene, clip, lengths),
        .protection_only = protection_only, .fade_end = rules_fade_end(scene, s), .crosses = crosses,
        .muted = scene->muted[s->clip] && s->bus != BUS_AUDITION};
    s->begun = scene->frame;
    s->state = STATE_HELD;
    live_by_family(scene, s);
    sounding_begin(s, lengths, &beginning, rules_now(scene, s));
}

/* No fade-in of its own, and a cross-fade with nobody. */
static bool is_plain(const struct thought *thought)
{
    const struct lengths *lengths = &thought->scene->family[rules_family(thought->medium)].lengths;
    return thought->sounds && !thought->crosses &&
           lengths_frames(lengths, fade_in_seconds(thought->scene, thought->about)) < lengths->protection;
}

static bool takes_over(const struct thought *thought)
{
    return thought->start->takes_over && !thought->start->paused && is_plain(thought);
}

/* From the level that its leader had to its own within the protection. */
static void take_over(struct scene *scene, struct sounding *s, double level)
{
    s->envelope = glide_rest(level);
    if (level != 1)
        glide_go(&s->envelope, rules_now(scene, s), 1, CURVE_LINEAR, rules_lengths(scene, s)->protection);
    if (s->mute.to == 0) {              /* muted when it was too late for its leader to fade */
        s->mute = glide_rest(1);
        glide_go(&s->mute, rules_now(scene, s), 0, CURVE_LINEAR, rules_lengths(scene, s)->protection);
    }
}

static void meet_fates(struct thought *thought)
{
    FOR_EACH_SOUNDING(thought->scene, s) {
        if (*fate_of(thought, s) == FATE_STOP)
            rules_stop(thought->scene, s);
        else if (*fate_of(thought, s) == FATE_GHOST)
            rules_ghost(thought->scene, s);
    }
}

static struct sounding *add_new(struct thought *thought, int bus)
{
    struct scene *scene = thought->scene;
    struct sounding *s = rules_add(scene);
    int number = ++scene->numbers;
    *s = (struct sounding){.state = STATE_QUEUED, .clip = thought->start->clip, .bus = bus, .number = number,
                           .units = bus == BUS_AUDITION ? 0 : thought->medium->channels,
                           .line = thought->start->line ? thought->start->line : number, .turn = thought->turn,
                           .due = thought->start->due, .place = thought->start->place, .live = glide_rest(1)};
    return s;
}

static void note_turn(struct thought *thought)
{
    int *turn = &thought->scene->turn[thought->start->clip];
    if (thought->turn < *turn)
        return;
    *turn = thought->turn + 1;
    thought->scene->met[MET_TURN] += thought->about->list > 0;
    thought->scene->met[MET_SHUFFLED_TURN] += thought->about->list > 0 && thought->about->shuffled;
}

static void carry_out(struct thought *thought, int bus, const struct region *region)
{
    const struct start *start = thought->start;
    struct scene *scene = thought->scene;
    meet_fates(thought);
    struct sounding *s = start->self ? start->self : add_new(thought, bus);
    s->units = bus == BUS_AUDITION ? 0 : thought->medium->channels;
    if (bus != BUS_AUDITION)
        note_turn(thought);
    if (!thought->sounds) {
        sounding_hold(s, scene->frame, start->paused);
        return;
    }
    s->bus = bus;
    s->medium = thought->medium;
    s->family = rules_family(thought->medium);
    s->linking = bus != BUS_AUDITION && thought->about->links > 0;
    begin(scene, s, thought->about, region, thought->crosses);
    if (takes_over(thought))
        take_over(scene, s, start->level);
    sounding_hold(s, rules_now(scene, s), start->paused);
    scene->met[MET_HELD_FOLLOWER] += start->paused != 0;
}

enum refusal rules_of_fault(enum region_fault fault)
{
    static const enum refusal refusals[] = {[REGION_FINE] = REFUSAL_NONE, [REGION_EMPTY] = REFUSAL_EMPTY,
                                            [REGION_PAST_END] = REFUSAL_PLACE, [REGION_OUTSIDE] = REFUSAL_OUTSIDE};
    return refusals[fault];
}

static enum refusal think_through(struct thought *thought, struct region *region)
{
    const struct start *start = thought->start;
    const struct parts *parts = start->parts ? start->parts : &thought->about->sequence;
    enum refusal refusal =
        rules_of_fault(region_of(thought->about, thought->medium, start->place, start->anywhere, parts, region));
    if (refusal == REFUSAL_NONE)
        refusal = think_of_own(thought);
    if (refusal == REFUSAL_NONE)
        think_of_choke(thought);
    if (refusal == REFUSAL_NONE)
        refusal = think_of_group(thought);
    if (refusal == REFUSAL_NONE)
        refusal = think_of_pool(thought, thought->medium->channels);
    return refusal == REFUSAL_NONE ? think_of_ghosts(thought) : refusal;
}

enum refusal rules_start(struct scene *scene, const struct start *start, bool *took_over)
{
    struct thought thought = think_of(scene, start);
    struct region region;
    enum refusal refusal = think_through(&thought, &region);
    *took_over = refusal == REFUSAL_NONE && takes_over(&thought);
    if (refusal == REFUSAL_NONE)
        carry_out(&thought, thought.about->group, &region);
    return refusal;
}

bool rules_would_be_seamless(struct scene *scene, const struct start *start)
{
    struct thought thought = think_of(scene, start);
    struct region region;
    return !scene->muted[start->clip] && think_through(&thought, &region) == REFUSAL_NONE && is_plain(&thought);
}

enum start_how rules_how_to_play(struct scene *scene, int clip, const struct sounding *but)
{
    if (scene->world.clip[clip].press == PRESS_LAYER)
        return START_LAYER;
    FOR_EACH_SOUNDING(scene, s)
        if (s != but && s->clip == clip && !s->orphan && s->state <= STATE_HELD && s->bus != BUS_AUDITION)
            return START_RESTART;
    return START_PLAIN;
}

/* Within the protection; one that was being held already goes on with that fade. */
void rules_let_die_away(struct scene *scene, const struct sounding *leader, double level)
{
    const struct heir *heir = &leader->heir;
    struct region region;
    if (level <= 0 || rules_ghosts(scene) >= LAWS_GHOSTS_MOST ||
        region_of(&heir->clip, heir->medium, -1, false, &heir->clip.sequence, &region) != REGION_FINE)
        return;
    struct sounding *s = rules_add(scene);
    *s = (struct sounding){.clip = heir->index, .bus = heir->clip.group, .medium = heir->medium, .told = scene->frame,
                           .family = rules_family(heir->medium), .live = glide_rest(1)};
    begin(scene, s, &heir->clip, &region, false);
    s->mute = glide_rest(1);            /* muted or not, it ends as what it takes over from */
    int64_t held = glide_left(&leader->pause, rules_now(scene, s));
    s->state = STATE_GHOST;
    s->natural = false;
    s->envelope = glide_rest(level);
    glide_go(&s->envelope, rules_now(scene, s), 0, CURVE_LINEAR,
             leader->paused && held ? held : rules_lengths(scene, s)->protection);
    scene->met[MET_DIED_AWAY]++;
}

/* P12: one voice, outside of all this. The clip that is heard there is stopped instead, unless a place is said. */
enum refusal rules_audition(struct scene *scene, int clip, int64_t place)
{
    const struct start start = {.clip = clip, .place = place, .anywhere = true};
    struct thought thought = think_of(scene, &start);
    struct region region;
    if (scene->emergency)
        return REFUSAL_EMERGENCY;
    FOR_EACH_SOUNDING(scene, s) {
        if (s->bus != BUS_AUDITION || s->state == STATE_GHOST)
            continue;
        if (place < 0 && s->clip == clip && !s->orphan && s->state == STATE_HELD) {
            rules_stop(scene, s);
            return REFUSAL_NONE;
        }
        *fate_of(&thought, s) = FATE_GHOST;
    }
    enum refusal refusal =
        rules_of_fault(region_of(thought.about, thought.medium, place, true, &thought.about->sequence, &region));
    if (refusal == REFUSAL_NONE)
        refusal = think_of_ghosts(&thought);
    if (refusal == REFUSAL_NONE)
        carry_out(&thought, BUS_AUDITION, &region);
    return refusal;
}
