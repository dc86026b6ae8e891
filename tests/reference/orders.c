/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each command does (CONTRACT 3): see laws.h. */
#include "config.h"

#include "laws.h"

#include <math.h>

enum { AT_IN = -1 };

static bool is_of(const struct sounding *s, int clip)
{
    return s->clip == clip && s->state != STATE_GHOST;
}

static bool is_held(struct scene *scene, int clip)
{
    FOR_EACH_SOUNDING(scene, s)
        if (is_of(s, clip) && s->state == STATE_HELD && s->bus != BUS_AUDITION)
            return true;
    return false;
}

static bool is_meant(const struct target *target, const struct sounding *s)
{
    if (s->state == STATE_GHOST)
        return false;
    switch (target->kind) {
    case TARGET_CLIP:
        return s->clip == target->index;
    case TARGET_GROUP:
    case TARGET_BUS:
        return s->bus == target->index;
    default:
        return true;
    }
}

/* --- presses --- */

static void stop_clip(struct scene *scene, int clip)
{
    FOR_EACH_SOUNDING(scene, s)
        if (is_of(s, clip) && s->bus != BUS_AUDITION)
            rules_stop(scene, s);
}

static enum refusal toggle(struct scene *scene, int clip)
{
    if (!is_held(scene, clip))
        return rules_start(scene, clip, AT_IN, START_PLAIN);
    stop_clip(scene, clip);
    return REFUSAL_NONE;
}

static void pause_clip(struct scene *scene, int clip)
{
    FOR_EACH_SOUNDING(scene, s)
        if (s->clip == clip && s->state == STATE_HELD && s->bus != BUS_AUDITION)
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

static enum refusal play_now(struct scene *scene, int clip, int64_t place)
{
    if (scene->world.clip[clip].press == PRESS_LAYER)
        return rules_start(scene, clip, place, START_LAYER);
    return rules_start(scene, clip, place, is_held(scene, clip) ? START_RESTART : START_PLAIN);
}

static enum refusal press_now(struct scene *scene, int clip, enum verb verb)
{
    const struct clip *about = &scene->world.clip[clip];
    if (resume_clip(scene, clip))
        return REFUSAL_NONE;
    if (about->mode == MODE_GATE)
        return verb == VERB_PRESS_DOWN ? play_now(scene, clip, AT_IN) : toggle(scene, clip);
    switch (about->press) {
    case PRESS_RESTART:
        return rules_start(scene, clip, AT_IN, START_RESTART);
    case PRESS_LAYER:
        return rules_start(scene, clip, AT_IN, START_LAYER);
    case PRESS_IGNORE:
        return is_held(scene, clip) ? REFUSAL_IGNORED : rules_start(scene, clip, AT_IN, START_PLAIN);
    case PRESS_PAUSE:
        if (!is_held(scene, clip))
            return rules_start(scene, clip, AT_IN, START_PLAIN);
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

static enum refusal play(struct scene *scene, int clip, int64_t place)
{
    enum refusal refusal = check_guard(scene, clip);
    return refusal == REFUSAL_NONE ? note_trigger(scene, clip, play_now(scene, clip, place)) : refusal;
}

/* --- places --- */

static int64_t place_of(const struct scene *scene, const struct order *order)
{
    int rate = scene->world.medium[scene->world.clip[order->target.index].medium].rate;
    return order->verb == VERB_PLAY_SECONDS ? (int64_t)floor(order->number * rate + 0.5) : order->place;
}

/* M1: only a marker leads outside of IN and OUT, and an audition. */
static bool is_inside(const struct scene *scene, int clip, int64_t place)
{
    const struct clip *about = &scene->world.clip[clip];
    return place >= (about->in < 0 ? 0 : about->in) && (about->out < 0 || place < about->out);
}

static enum refusal play_at(struct scene *scene, int clip, int64_t place)
{
    enum refusal refusal = check_guard(scene, clip);
    bool in_file = place < scene->world.medium[scene->world.clip[clip].medium].frames;
    if (refusal != REFUSAL_NONE || (in_file && !is_inside(scene, clip, place)))
        return refusal != REFUSAL_NONE ? refusal : REFUSAL_OUTSIDE;
    return play(scene, clip, place);
}

static enum refusal play_marker(struct scene *scene, const struct order *order)
{
    const struct clip *clip = &scene->world.clip[order->target.index];
    if (order->place > clip->markers)
        return REFUSAL_MARKER;
    return play(scene, order->target.index, clip->marker[order->place - 1]);
}

static enum refusal check_seek(struct scene *scene, int clip, int64_t place)
{
    enum refusal refusal = REFUSAL_SILENT;
    struct region region;
    int ghosts = rules_ghosts(scene);
    FOR_EACH_SOUNDING(scene, s) {
        if (s->state != STATE_HELD || s->clip != clip)
            continue;
        if (!region_of(&scene->world.clip[clip], s->medium, place, &region))
            return REFUSAL_PLACE;
        if (s->bus != BUS_AUDITION && !is_inside(scene, clip, place))
            return REFUSAL_OUTSIDE;
        ghosts += !s->stands;
        refusal = REFUSAL_NONE;
    }
    return refusal == REFUSAL_NONE && ghosts > LAWS_GHOSTS_MOST ? REFUSAL_GHOSTS : refusal;
}

/* What it was ends as a ghost that is none of the clip's any more; it goes on from the new place. */
static enum refusal seek(struct scene *scene, int clip, int64_t place)
{
    enum refusal refusal = check_seek(scene, clip, place);
    int there = refusal == REFUSAL_NONE ? scene->soundings : 0;
    for (int i = 0; i < there; i++) {
        struct sounding *s = &scene->sounding[i];
        struct region region;
        if (s->state != STATE_HELD || s->clip != clip || !region_of(&scene->world.clip[clip], s->medium, place, &region))
            continue;
        if (!s->stands) {
            struct sounding *left_behind = rules_add(scene);
            *left_behind = *s;
            rules_ghost(scene, left_behind);
        }
        sounding_jump(s, rules_lengths(scene, s), &region, rules_fade_end(scene, clip), rules_now(scene, s));
    }
    return refusal;
}

static enum refusal release(struct scene *scene, int clip)
{
    enum refusal refusal = REFUSAL_SILENT;
    FOR_EACH_SOUNDING(scene, s) {
        if (s->clip != clip || s->state != STATE_HELD)
            continue;
        if (sounding_will_loop(s)) {
            s->told = scene->frame;
            sounding_release(s, rules_lengths(scene, s), rules_fade_end(scene, clip), rules_now(scene, s));
            refusal = REFUSAL_NONE;
        } else if (refusal == REFUSAL_SILENT) {
            refusal = REFUSAL_NO_LOOP;
        }
    }
    return refusal;
}

/* --- levels --- */

static double gain_of(double db)
{
    return db <= WORLD_SILENCE_DB ? 0 : pow(10, db / 20);
}

static bool bus_sounds(struct scene *scene, int bus)
{
    FOR_EACH_SOUNDING(scene, s)
        if (s->bus == bus && !s->stands)
            return true;
    return false;
}

/* 5 ms; but where nothing sounds nobody hears it jump. */
static void turn_bus(struct scene *scene, int bus, enum bus_glide what, double level)
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

static void fade(struct scene *scene, const struct order *order)
{
    bool of_bus = order->target.kind == TARGET_GROUP || order->target.kind == TARGET_BUS;
    double level = gain_of(order->number);
    struct shape shape[FAMILIES];
    for (int i = 0; i < FAMILIES; i++) {
        struct family *family = &scene->family[i];
        shape[i] = lengths_fade(&family->lengths, order->seconds, order->curve == CURVE_ABSENT ? CURVE_LINEAR : order->curve);
        if (of_bus)
            glide_go(&family->bus[order->target.index][BUS_LIVE], family->frame, level, shape[i].curve, shape[i].frames);
    }
    FOR_EACH_SOUNDING(scene, s) {
        if (of_bus || !is_meant(&order->target, s))
            continue;
        s->dies = level == 0;
        glide_go(&s->live, rules_now(scene, s), level, shape[s->family].curve, shape[s->family].frames);
    }
}

static void mute(struct scene *scene, const struct order *order)
{
    double level = order->on ? 0 : 1;
    if (order->target.kind == TARGET_GROUP || order->target.kind == TARGET_BUS) {
        turn_bus(scene, order->target.index, BUS_MUTE, level);
        return;
    }
    for (int i = 0; i < scene->world.clips; i++)
        if (order->target.kind == TARGET_ALL || order->target.index == i)
            scene->muted[i] = order->on;
    FOR_EACH_SOUNDING(scene, s)
        if (is_meant(&order->target, s) && s->bus != BUS_AUDITION)
            glide_go(&s->mute, rules_now(scene, s), level, CURVE_LINEAR, rules_lengths(scene, s)->cross);
}

static void solo(struct scene *scene, const struct order *order)
{
    bool any = false;
    scene->soloed[order->target.index] = order->on;
    for (int i = 0; i < WORLD_GROUPS; i++)
        any |= scene->soloed[i];
    for (int i = 0; i < WORLD_GROUPS; i++)
        turn_bus(scene, i, BUS_SOLO, any && !scene->soloed[i] ? 0 : 1);
}

/* Gain or pan of a clip has changed: what sounds of it follows. */
static void turn_clip(struct scene *scene, int clip)
{
    double side[SIDES];
    FOR_EACH_SOUNDING(scene, s) {
        if (!is_of(s, clip))
            continue;
        sounding_sides(&scene->world.clip[clip], s->medium->channels, side);
        sounding_turn(s, rules_lengths(scene, s), side, rules_now(scene, s));
    }
}

static void set_gain(struct scene *scene, const struct order *order)
{
    if (order->target.kind != TARGET_CLIP) {
        scene->world.group[order->target.index].gain_db = order->number;
        turn_bus(scene, order->target.index, BUS_GAIN, gain_of(order->number));
        return;
    }
    scene->world.clip[order->target.index].gain_db = order->number;
    turn_clip(scene, order->target.index);
}

static void set_pan(struct scene *scene, const struct order *order)
{
    scene->world.clip[order->target.index].pan = order->number;
    turn_clip(scene, order->target.index);
}

/* What sounds keeps the flag up to date, unless it is on its way out. */
static void set_choke(struct scene *scene, const struct order *order)
{
    scene->world.clip[order->target.index].choke = order->on;
    FOR_EACH_SOUNDING(scene, s)
        if (s->clip == order->target.index && s->state == STATE_HELD)
            s->choke = order->on;
}

/* --- pause, emergency, panic --- */

static void lift_emergency(struct scene *scene)
{
    if (scene->emergency)
        FOR_EACH_SOUNDING(scene, s)
            sounding_resume(s, rules_now(scene, s), HOLDER_EMERGENCY, rules_lengths(scene, s)->cross);
    scene->emergency = false;
}

/* S3 by hand: everything fades out in 1 ms and stands, tails too; ghosts end. Once more: it goes on. */
static void emergency(struct scene *scene)
{
    if (scene->emergency) {
        lift_emergency(scene);
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
        lift_emergency(scene);
    FOR_EACH_SOUNDING(scene, s) {
        if (!is_meant(&order->target, s))
            continue;
        if (order->verb == VERB_RESUME)
            sounding_resume(s, rules_now(scene, s), HOLDER_PAUSE, rules_lengths(scene, s)->protection);
        else if (s->state == STATE_HELD)
            sounding_pause(s, rules_now(scene, s), HOLDER_PAUSE, rules_lengths(scene, s)->protection);
    }
}

/* P8. Down to nothing in a second; what is done sooner goes on. The second one, while something of that still sounds, cuts. */
static void panic(struct scene *scene)
{
    bool again = false;
    FOR_EACH_SOUNDING(scene, s)
        again |= s->in_panic && s->state != STATE_GHOST && !scene->emergency;
    FOR_EACH_SOUNDING(scene, s) {
        if (again) {
            rules_ghost(scene, s);
            continue;
        }
        if (s->state == STATE_GHOST)
            continue;
        struct shape shape = {rules_lengths(scene, s)->rate, rules_fade_out_curve(scene, s->clip)};
        s->in_panic = true;
        if (s->state == STATE_HELD || s->stands)
            rules_fade_away(scene, s, shape);
        else if (glide_left(&s->envelope, rules_now(scene, s)) > shape.frames)
            sounding_fade_out(s, rules_now(scene, s), shape);
    }
    lift_emergency(scene);
}

enum refusal orders_do(struct scene *scene, const struct order *order)
{
    int clip = order->target.index;
    switch (order->verb) {
    case VERB_PRESS:
    case VERB_PRESS_DOWN:
    case VERB_PRESS_UP:
        return press(scene, clip, order->verb);
    case VERB_PLAY:
        return play(scene, clip, AT_IN);
    case VERB_PLAY_AT:
    case VERB_PLAY_SECONDS:
        return play_at(scene, clip, place_of(scene, order));
    case VERB_PLAY_MARKER:
        return play_marker(scene, order);
    case VERB_AUDITION:
        return rules_audition(scene, clip, AT_IN);
    case VERB_AUDITION_AT:
        return rules_audition(scene, clip, order->place);
    case VERB_RELEASE:
        return release(scene, clip);
    case VERB_SEEK:
        return seek(scene, clip, order->place);
    case VERB_STOP:
        FOR_EACH_SOUNDING(scene, s)
            if (is_meant(&order->target, s))
                rules_stop(scene, s);
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
    case VERB_GAIN:
        set_gain(scene, order);
        break;
    case VERB_PAN:
        set_pan(scene, order);
        break;
    case VERB_SET_FADE_OUT:
        scene->world.clip[clip].fades.out_s = order->number;
        break;
    case VERB_SET_PRESS:
        scene->world.clip[clip].press = (enum press)order->place;
        break;
    case VERB_SET_CHOKE:
        set_choke(scene, order);
        break;
    }
    return REFUSAL_NONE;
}
