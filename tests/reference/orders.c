/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each command does (CONTRACT 3): see laws.h. */
#include "config.h"

#include "laws.h"

#include <math.h>
#include <stddef.h>

enum { AT_IN = -1 };

static bool is_of(const struct sounding *s, int clip)
{
    return s->clip == clip && s->state != STATE_GHOST && !s->orphan;
}

static bool is_held(struct scene *scene, int clip)
{
    FOR_EACH_SOUNDING(scene, s)
        if (is_of(s, clip) && s->state != STATE_TAIL && s->bus != BUS_AUDITION)
            return true;
    return false;
}

bool orders_mean(const struct scene *scene, const struct target *target, const struct sounding *s)
{
    if (s->state == STATE_GHOST)
        return false;
    switch (target->kind) {
    case TARGET_CLIP:
        return s->clip == target->index && !s->orphan;
    case TARGET_TAB:
        return !s->orphan && world_tab(&scene->world, s->clip) == target->index;
    case TARGET_GROUP:
    case TARGET_BUS:
        return s->bus == target->index;
    default:
        return true;
    }
}

/* --- presses: one that waits is on, too --- */

static void stop_clip(struct scene *scene, int clip)
{
    FOR_EACH_SOUNDING(scene, s)
        if (is_of(s, clip) && s->bus != BUS_AUDITION)
            rules_stop(scene, s);
}

static enum refusal start(struct scene *scene, int clip, int64_t place, enum start_how how)
{
    bool took_over;
    return rules_start(scene, &(struct start){.clip = clip, .place = place, .how = how}, &took_over);
}

static enum refusal toggle(struct scene *scene, int clip)
{
    if (!is_held(scene, clip))
        return start(scene, clip, AT_IN, START_PLAIN);
    stop_clip(scene, clip);
    return REFUSAL_NONE;
}

static void pause_clip(struct scene *scene, int clip)
{
    FOR_EACH_SOUNDING(scene, s)
        if (is_of(s, clip) && s->state != STATE_TAIL && s->bus != BUS_AUDITION)
            sounding_pause(s, rules_now(scene, s), HOLDER_PAUSE, rules_lengths(scene, s)->protection);
}

/* Return: whether something of it was paused. */
static bool resume_clip(struct scene *scene, int clip)
{
    bool any = false;
    FOR_EACH_SOUNDING(scene, s) {
        if (!is_of(s, clip) || s->bus == BUS_AUDITION || !s->paused || s->leaves)
            continue;
        sounding_resume(s, rules_now(scene, s), HOLDER_PAUSE, rules_lengths(scene, s)->protection);
        any = true;
    }
    return any;
}

/* anywhere: also outside of IN and OUT; parts NULL: the clip's own */
static enum refusal play_now(struct scene *scene, int clip, int64_t place, bool anywhere, const struct parts *parts)
{
    enum start_how how = scene->world.clip[clip].press == PRESS_LAYER ? START_LAYER
                         : is_held(scene, clip)                       ? START_RESTART
                                                                      : START_PLAIN;
    const struct start start = {.clip = clip, .place = place, .anywhere = anywhere, .how = how, .parts = parts};
    bool took_over;
    return rules_start(scene, &start, &took_over);
}

static enum refusal press_now(struct scene *scene, int clip, enum verb verb)
{
    const struct clip *about = &scene->world.clip[clip];
    if (resume_clip(scene, clip))
        return REFUSAL_NONE;
    if (about->mode == MODE_GATE)
        return verb == VERB_PRESS_DOWN ? play_now(scene, clip, AT_IN, false, NULL) : toggle(scene, clip);
    switch (about->press) {
    case PRESS_RESTART:
        return start(scene, clip, AT_IN, START_RESTART);
    case PRESS_LAYER:
        return start(scene, clip, AT_IN, START_LAYER);
    case PRESS_IGNORE:
        return is_held(scene, clip) ? REFUSAL_IGNORED : start(scene, clip, AT_IN, START_PLAIN);
    case PRESS_PAUSE:
        if (!is_held(scene, clip))
            return start(scene, clip, AT_IN, START_PLAIN);
        pause_clip(scene, clip);
        return REFUSAL_NONE;
    default:
        return toggle(scene, clip);
    }
}

/* P10. What was refused is no trigger. */
static enum refusal check_guard(const struct scene *scene, int clip)
{
    double own_s = scene->world.clip[clip].guard_s, guard_s = own_s >= 0 ? own_s : scene->world.guard_s;
    if (scene->emergency)
        return REFUSAL_EMERGENCY;
    bool again = scene->fired[clip] && scene->frame - scene->fired_at[clip] < lengths_frames(&scene->lengths, guard_s);
    return again ? REFUSAL_GUARD : REFUSAL_NONE;
}

static enum refusal note_trigger(struct scene *scene, int clip, enum refusal refusal)
{
    if (refusal == REFUSAL_NONE) {
        scene->fired[clip] = true;
        scene->fired_at[clip] = scene->frame;
    }
    return refusal;
}

static enum refusal press(struct scene *scene, int clip, enum verb verb)
{
    if (verb == VERB_PRESS_UP) {
        if (scene->world.clip[clip].mode == MODE_GATE)
            stop_clip(scene, clip);
        return REFUSAL_NONE;
    }
    enum refusal refusal = check_guard(scene, clip);
    return refusal == REFUSAL_NONE ? note_trigger(scene, clip, press_now(scene, clip, verb)) : refusal;
}

static enum refusal play(struct scene *scene, int clip, int64_t place, bool anywhere, const struct parts *parts)
{
    enum refusal refusal = check_guard(scene, clip);
    return refusal == REFUSAL_NONE ? note_trigger(scene, clip, play_now(scene, clip, place, anywhere, parts)) : refusal;
}

/* --- places --- */

static int64_t place_of(const struct scene *scene, const struct order *order)
{
    int rate = turns_medium(scene, order->target.index, scene->turn[order->target.index])->rate;
    return order->verb == VERB_PLAY_SECONDS ? (int64_t)floor(order->number * rate + 0.5) : order->place;
}

static enum refusal play_marker(struct scene *scene, const struct order *order)
{
    const struct clip *clip = &scene->world.clip[order->target.index];
    if (order->place > clip->markers)
        return REFUSAL_MARKER;
    return play(scene, order->target.index, clip->marker[order->place - 1], true, NULL);
}

static enum refusal play_markers(struct scene *scene, const struct order *order)
{
    for (int i = 0; i < order->parts.count; i++)
        if (order->parts.marker[i] >= scene->world.clip[order->target.index].markers)
            return REFUSAL_MARKER;
    return play(scene, order->target.index, AT_IN, false, &order->parts);
}

static enum refusal find_region(const struct scene *scene, const struct sounding *s, int64_t place, struct region *region)
{
    bool anywhere = s->bus == BUS_AUDITION;
    return rules_of_fault(region_of(&scene->world.clip[s->clip], s->medium, place, anywhere, NULL, region));
}

static bool may_seek(const struct sounding *s, int clip)
{
    return is_of(s, clip) && s->state != STATE_TAIL;
}

static enum refusal check_seek(struct scene *scene, int clip, int64_t place)
{
    enum refusal refusal = REFUSAL_SILENT;
    struct region region;
    int ghosts = rules_ghosts(scene);
    FOR_EACH_SOUNDING(scene, s) {
        if (!may_seek(s, clip))
            continue;
        refusal = s->state == STATE_QUEUED ? REFUSAL_NONE : find_region(scene, s, place, &region);
        if (refusal != REFUSAL_NONE)
            return refusal;
        ghosts += s->state != STATE_QUEUED && !s->stands;
    }
    return refusal == REFUSAL_NONE && ghosts > LAWS_GHOSTS_MOST ? REFUSAL_GHOSTS : refusal;
}

/* What it was ends as a ghost that is none of the clip's any more; it goes on from the new place. */
bool orders_jump(struct scene *scene, struct sounding *s, const struct region *region)
{
    if (!s->stands && rules_ghosts(scene) >= LAWS_GHOSTS_MOST)
        return false;
    if (!s->stands) {
        struct sounding *left_behind = rules_add(scene);
        *left_behind = *s;
        rules_ghost(scene, left_behind);
    }
    sounding_jump(s, rules_lengths(scene, s), &scene->world.clip[s->clip], region, rules_fade_end(scene, s),
                  rules_now(scene, s));
    return true;
}

static enum refusal seek(struct scene *scene, int clip, int64_t place)
{
    enum refusal refusal = check_seek(scene, clip, place);
    int there = refusal == REFUSAL_NONE ? scene->soundings : 0;
    for (int i = 0; i < there; i++) {
        struct sounding *s = &scene->sounding[i];
        struct region region;
        if (s->state == STATE_OVER || !may_seek(s, clip))
            continue;
        if (s->state == STATE_QUEUED)
            s->place = place;
        else if (find_region(scene, s, place, &region) == REFUSAL_NONE)
            orders_jump(scene, s, &region);
    }
    return refusal;
}

static enum refusal release(struct scene *scene, int clip)
{
    enum refusal refusal = REFUSAL_SILENT;
    FOR_EACH_SOUNDING(scene, s) {
        if (!is_of(s, clip) || s->state != STATE_HELD)
            continue;
        if (sounding_will_loop(s)) {
            s->told = scene->frame;
            sounding_release(s, rules_lengths(scene, s), rules_fade_end(scene, s), rules_now(scene, s));
            refusal = REFUSAL_NONE;
        } else if (refusal == REFUSAL_SILENT) {
            refusal = REFUSAL_NO_LOOP;
        }
    }
    return refusal;
}

/* --- levels --- */

double orders_gain(double db)
{
    return db <= WORLD_SILENCE_DB ? 0 : pow(10, db / 20);
}

static bool bus_sounds(struct scene *scene, int bus)
{
    FOR_EACH_SOUNDING(scene, s)
        if (s->bus == bus && !s->stands && s->state != STATE_QUEUED)
            return true;
    return false;
}

/* 5 ms; but where nothing sounds nobody hears it jump. */
void orders_turn_bus(struct scene *scene, int bus, enum bus_glide what, double level)
{
    bool sounds = bus_sounds(scene, bus);
    for (struct family *family = scene->family; family < scene->family + FAMILIES; family++) {
        struct glide *glide = &family->bus[bus][what];
        if (!sounds)
            *glide = glide_rest(level);
        else if (glide->to != level)
            glide_go(glide, family->frame, level, CURVE_LINEAR, family->lengths.cross);
    }
}

static enum curve said_or_linear(enum curve curve)
{
    return curve == CURVE_ABSENT ? CURVE_LINEAR : curve;
}

void orders_fade_bus(struct scene *scene, int bus, double level, double seconds, enum curve curve)
{
    for (struct family *family = scene->family; family < scene->family + FAMILIES; family++) {
        struct shape shape = lengths_fade(&family->lengths, seconds, said_or_linear(curve));
        glide_go(&family->bus[bus][BUS_LIVE], family->frame, level, shape.curve, shape.frames);
    }
}

/* To nothing ends it; if it waits, at once. */
void orders_fade(struct scene *scene, struct sounding *s, double level, double seconds, enum curve curve)
{
    s->dies = level == 0;
    if (s->state == STATE_QUEUED) {
        struct shape shape = lengths_fade(&scene->lengths, seconds, said_or_linear(curve));
        if (s->dies)
            rules_stop(scene, s);
        else
            glide_go(&s->live, scene->frame, level, shape.curve, shape.frames);
        return;
    }
    if (s->state == STATE_HELD)
        s->natural = !s->dies;
    struct shape shape = lengths_fade(rules_lengths(scene, s), seconds, said_or_linear(curve));
    glide_go(&s->live, rules_now(scene, s), level, shape.curve, shape.frames);
}

static bool is_bus(const struct target *target)
{
    return target->kind == TARGET_GROUP || target->kind == TARGET_BUS;
}

static void fade(struct scene *scene, const struct order *order)
{
    double level = orders_gain(order->number);
    if (is_bus(&order->target)) {
        orders_fade_bus(scene, order->target.index, level, order->seconds, order->curve);
        return;
    }
    FOR_EACH_SOUNDING(scene, s)
        if (orders_mean(scene, &order->target, s))
            orders_fade(scene, s, level, order->seconds, order->curve);
}

static void mute(struct scene *scene, const struct order *order)
{
    double level = order->on ? 0 : 1;
    const struct target *target = &order->target;
    if (is_bus(target)) {
        orders_turn_bus(scene, target->index, BUS_MUTE, level);
        return;
    }
    for (int i = 0; i < scene->world.clips; i++)
        if (!scene->world.clip[i].gone &&
            (target->kind == TARGET_ALL || (target->kind == TARGET_CLIP && target->index == i) ||
             (target->kind == TARGET_TAB && target->index == world_tab(&scene->world, i))))
            scene->muted[i] = order->on;
    FOR_EACH_SOUNDING(scene, s)
        if (orders_mean(scene, target, s) && s->bus != BUS_AUDITION && s->state != STATE_QUEUED)
            glide_go(&s->mute, rules_now(scene, s), level, CURVE_LINEAR, rules_lengths(scene, s)->cross);
}

static void solo(struct scene *scene, const struct order *order)
{
    bool any = false;
    scene->soloed[order->target.index] = order->on;
    for (int i = 0; i < WORLD_GROUPS; i++)
        any |= scene->soloed[i];
    for (int i = 0; i < WORLD_GROUPS; i++)
        orders_turn_bus(scene, i, BUS_SOLO, any && !scene->soloed[i] ? 0 : 1);
}

/* --- pause, emergency, panic --- */

/* What links were to do meanwhile is done now. */
void orders_lift_emergency(struct scene *scene)
{
    if (!scene->emergency)
        return;
    FOR_EACH_SOUNDING(scene, s)
        sounding_resume(s, rules_now(scene, s), HOLDER_EMERGENCY, rules_lengths(scene, s)->cross);
    scene->emergency = false;
    links_run_tasks(scene);
}

/* S3 by hand: everything fades out in 1 ms and stands, tails too; ghosts end. Once more: it goes on. */
static void emergency(struct scene *scene)
{
    if (scene->emergency) {
        orders_lift_emergency(scene);
        return;
    }
    scene->emergency = true;
    FOR_EACH_SOUNDING(scene, s) {
        if (s->state == STATE_GHOST)
            sounding_make_ghost(s, rules_now(scene, s), rules_lengths(scene, s)->protection);
        else
            sounding_pause(s, rules_now(scene, s), HOLDER_EMERGENCY, rules_lengths(scene, s)->protection);
    }
}

static void pause_or_resume(struct scene *scene, const struct order *order)
{
    if (order->verb == VERB_RESUME && order->target.kind == TARGET_ALL)
        orders_lift_emergency(scene);
    FOR_EACH_SOUNDING(scene, s) {
        if (!orders_mean(scene, &order->target, s))
            continue;
        if (order->verb == VERB_RESUME)
            sounding_resume(s, rules_now(scene, s), HOLDER_PAUSE, rules_lengths(scene, s)->protection);
        else if (s->state != STATE_TAIL)
            sounding_pause(s, rules_now(scene, s), HOLDER_PAUSE, rules_lengths(scene, s)->protection);
    }
}

static void fade_in_panic(struct scene *scene, struct sounding *s)
{
    struct shape shape = {rules_lengths(scene, s)->rate, rules_fade_out_curve(scene, s->clip)};
    s->natural = false;
    if (s->state == STATE_QUEUED || s->stands) {
        rules_stop(scene, s);
        return;
    }
    s->in_panic = true;
    if (s->state == STATE_HELD)
        rules_fade_away(scene, s, shape);
    else if (glide_left(&s->envelope, rules_now(scene, s)) > shape.frames)
        sounding_fade_out(s, rules_now(scene, s), shape);
}

/* P8. Down to nothing in a second; what is done sooner goes on. The second one, while something of that still sounds, cuts. */
static void panic(struct scene *scene)
{
    bool again = false;
    scene->tasks = 0;
    FOR_EACH_SOUNDING(scene, s)
        again |= s->in_panic && s->state != STATE_GHOST && !scene->emergency;
    FOR_EACH_SOUNDING(scene, s) {
        if (again)
            rules_ghost(scene, s);
        else if (s->state != STATE_GHOST)
            fade_in_panic(scene, s);
    }
    orders_lift_emergency(scene);
}

static void stop(struct scene *scene, const struct target *target)
{
    FOR_EACH_SOUNDING(scene, s)
        if (orders_mean(scene, target, s))
            rules_stop(scene, s);
    if (target->kind == TARGET_ALL)
        scene->tasks = 0;
}

/* Those that name no clip, or are no edits, or both. */
static enum refusal do_other(struct scene *scene, const struct order *order)
{
    switch (order->verb) {
    case VERB_STOP:
        stop(scene, &order->target);
        break;
    case VERB_FADE:
        fade(scene, order);
        break;
    case VERB_PANIC:
        panic(scene);
        break;
    case VERB_PAUSE:
    case VERB_RESUME:
        pause_or_resume(scene, order);
        break;
    case VERB_EMERGENCY:
        emergency(scene);
        break;
    case VERB_MUTE:
        mute(scene, order);
        break;
    case VERB_SOLO:
        solo(scene, order);
        break;
    default:
        return edits_do(scene, order);
    }
    return REFUSAL_NONE;
}

enum refusal orders_do(struct scene *scene, const struct order *order)
{
    int clip = order->target.index;
    if (order->target.kind == TARGET_CLIP && clip >= 0 && scene->world.clip[clip].gone)
        return REFUSAL_UNKNOWN;
    switch (order->verb) {
    case VERB_PRESS:
    case VERB_PRESS_DOWN:
    case VERB_PRESS_UP:
        return press(scene, clip, order->verb);
    case VERB_PLAY:
        return play(scene, clip, AT_IN, false, NULL);
    case VERB_PLAY_AT:
    case VERB_PLAY_SECONDS:
        return play(scene, clip, place_of(scene, order), false, NULL);
    case VERB_PLAY_MARKER:
        return play_marker(scene, order);
    case VERB_PLAY_MARKERS:
        return play_markers(scene, order);
    case VERB_AUDITION:
        return rules_audition(scene, clip, AT_IN);
    case VERB_AUDITION_AT:
        return rules_audition(scene, clip, order->place);
    case VERB_RELEASE:
        return release(scene, clip);
    case VERB_SEEK:
        return seek(scene, clip, order->place);
    default:
        return do_other(scene, order);
    }
}
