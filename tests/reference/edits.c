/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands that change the show, what sounds following them (SPEC M1, F4, M6), and undo: see
 * laws.h. An edit is kept as the object that it changed; undoing swaps it with what is there.
 */
#include "config.h"

#include "laws.h"

#include <math.h>
#include <string.h>

/* --- what sounds of a clip follows its edit --- */

static bool is_file_of(const struct scene *scene, int clip, const struct medium *medium)
{
    const struct clip *about = &scene->world.clip[clip];
    bool any = medium == &scene->world.medium[about->medium];
    for (int i = 0; i < about->list; i++)
        any |= medium == &scene->world.medium[about->list_medium[i]];
    return any;
}

/* M1. One whose clip has got another file meanwhile keeps what it had. */
static void cut(struct scene *scene, struct sounding *s)
{
    const struct clip *clip = &scene->world.clip[s->clip];
    struct region region;
    bool released = s->released;
    if (!is_file_of(scene, s->clip, s->medium) || region_of(clip, s->medium, -1, false, NULL, &region) != REGION_FINE ||
        !sounding_cut(s, rules_lengths(scene, s), clip, &region, rules_now(scene, s)) || !orders_jump(scene, s, &region))
        return;
    s->released |= released;
    scene->met[MET_CUT]++;
}

static void edit_sounding(struct scene *scene, struct sounding *s)
{
    const struct clip *clip = &scene->world.clip[s->clip];
    double side[SIDES];
    enum state was = s->state;
    cut(scene, s);
    sounding_sides(clip, s->medium->channels, side);
    sounding_turn(s, rules_lengths(scene, s), side, rules_now(scene, s));
    if (is_file_of(scene, s->clip, s->medium))
        sounding_dip(s, rules_lengths(scene, s), &clip->dips, rules_now(scene, s));
    if (s->state != STATE_HELD)
        return;
    s->choke = clip->choke;
    sounding_edit(s, rules_lengths(scene, s), clip, rules_fade_end(scene, s), rules_now(scene, s));
    if (s->state != was)
        s->told = scene->frame;
}

static void edit_all(struct scene *scene, int clip)
{
    int there = scene->soundings;       /* what a cut leaves behind is none of the clip's any more */
    for (int i = 0; i < there; i++) {
        struct sounding *s = &scene->sounding[i];
        if (s->clip == clip && !s->orphan && (s->state == STATE_HELD || s->state == STATE_TAIL))
            edit_sounding(scene, s);
    }
}

/* It fades with the fade-out that it had, and is nobody's. */
static void part_with(struct scene *scene, int clip)
{
    FOR_EACH_SOUNDING(scene, s) {
        if (s->clip != clip || s->orphan || s->state == STATE_GHOST)
            continue;
        s->orphan = true;
        rules_stop(scene, s);
        scene->met[MET_ORPHAN]++;
    }
    scene->muted[clip] = scene->fired[clip] = false;
}

static bool same_list(const struct clip *a, const struct clip *b)
{
    return a->medium == b->medium && a->list == b->list && (a->list == 0 || a->shuffled == b->shuffled) &&
           !memcmp(a->list_medium, b->list_medium, sizeof a->list_medium);
}

/* --- objects --- */

static struct edit take_object(const struct scene *scene, enum edited what, int index)
{
    struct edit edit = {.what = what, .index = index, .fades = scene->world.fades, .guard_s = scene->world.guard_s};
    if (what == EDITED_CLIP)
        edit.clip = scene->world.clip[index];
    else if (what == EDITED_GROUP)
        edit.group = scene->world.group[index];
    return edit;
}

static void put_clip(struct scene *scene, int index, const struct clip *clip)
{
    struct clip was = scene->world.clip[index];
    if (clip->gone)
        part_with(scene, index);
    scene->world.clip[index] = *clip;
    if (was.gone || clip->gone || !same_list(&was, clip))
        scene->turn[index] = 0;
    if (!clip->gone)
        edit_all(scene, index);
}

/* Fades that clips inherit hold when they next begin. */
static void edit_heirs(struct scene *scene, int group)
{
    for (int i = 0; i < scene->world.clips; i++)
        if (!scene->world.clip[i].gone && (group < 0 || scene->world.clip[i].group == group))
            edit_all(scene, i);
}

static void send_bus(struct scene *scene, int bus, const struct group *group)
{
    scene->move[scene->moves++] = (struct move){
        .frame = scene->frame, .cross = scene->heard[bus] ? scene->lengths.cross : 0, .bus = bus,
        .channel = group->output ? group->output - 1 : 2 * bus, .gain = pow(10, group->output_gain_db / 20),
    };
}

static void put_group(struct scene *scene, int index, const struct group *group)
{
    struct group was = scene->world.group[index];
    struct glide *mono = &scene->mono[index];
    scene->world.group[index] = *group;
    orders_turn_bus(scene, index, BUS_GAIN, orders_gain(group->gain_db));
    if (was.mute != group->mute)
        orders_turn_bus(scene, index, BUS_MUTE, group->mute ? 0 : 1);
    if (was.mono != group->mono)
        glide_go(mono, scene->frame, group->mono, CURVE_LINEAR, scene->heard[index] ? scene->lengths.cross : 0);
    if (was.output != group->output || was.output_gain_db != group->output_gain_db)
        send_bus(scene, index, group);
    edit_heirs(scene, index);
}

static void put_object(struct scene *scene, const struct edit *edit)
{
    switch (edit->what) {
    case EDITED_CLIP:
        put_clip(scene, edit->index, &edit->clip);
        break;
    case EDITED_GROUP:
        put_group(scene, edit->index, &edit->group);
        break;
    case EDITED_SHOW:
        scene->world.fades = edit->fades;
        scene->world.guard_s = edit->guard_s;
        edit_heirs(scene, -1);
        break;
    }
}

static enum refusal swap(struct scene *scene, struct edit *edit)
{
    struct edit now = take_object(scene, edit->what, edit->index), then = *edit;
    *edit = now;
    put_object(scene, &then);
    return REFUSAL_NONE;
}

/* --- commands --- */

static enum refusal set_show(struct edit *edit, const struct order *order)
{
    if (order->property == PROPERTY_SHOW_GUARD)
        edit->guard_s = order->number;
    else
        edit->fades.out_s = order->number;
    return REFUSAL_NONE;
}

static enum refusal set_group(struct group *group, const struct order *order)
{
    switch (order->property) {
    case PROPERTY_GROUP_MODE:
        group->choke = order->on;
        break;
    case PROPERTY_GROUP_VOICES:
        group->voices = (int)order->place;
        break;
    case PROPERTY_GROUP_MUTE:
        group->mute = order->on;
        break;
    case PROPERTY_GROUP_MONO:
        group->mono = order->on;
        break;
    case PROPERTY_GROUP_FADE_OUT:
        group->fades.out_s = order->number;
        break;
    case PROPERTY_GROUP_OUTPUT:
        group->output = (int)order->place;
        break;
    case PROPERTY_GROUP_OUTPUT_GAIN:
        group->output_gain_db = order->number;
        break;
    default:
        break;
    }
    return group->choke && group->voices > 4 ? REFUSAL_VOICES : REFUSAL_NONE;
}

static enum refusal set_fades(struct clip *clip, const struct order *order)
{
    switch (order->property) {
    case PROPERTY_FADE_IN:
        clip->fades.in_s = order->number;
        break;
    case PROPERTY_FADE_OUT:
        clip->fades.out_s = order->number;
        break;
    case PROPERTY_FADE_IN_CURVE:
        clip->fades.in_curve = (enum curve)order->place;
        break;
    case PROPERTY_FADE_OUT_CURVE:
        clip->fades.out_curve = (enum curve)order->place;
        break;
    case PROPERTY_FADE_END:
        clip->fade_end_s = order->number;
        break;
    default:
        clip->seam_ms = order->number;
    }
    return REFUSAL_NONE;
}

static enum refusal set_points(struct clip *clip, const struct order *order)
{
    *(order->property == PROPERTY_IN ? &clip->in : &clip->out) = order->place;
    return clip->out >= 0 && (clip->in < 0 ? 0 : clip->in) >= clip->out ? REFUSAL_POINTS : REFUSAL_NONE;
}

static enum refusal set_markers(struct clip *clip, const struct order *order)
{
    clip->markers = order->markers;
    memcpy(clip->marker, order->marker, sizeof clip->marker);
    return REFUSAL_NONE;
}

/* It names markers that are there; one that goes later is passed over. */
static enum refusal set_sequence(struct clip *clip, const struct order *order)
{
    clip->sequence = order->parts;
    for (int i = 0; i < order->parts.count; i++)
        if (order->parts.marker[i] >= clip->markers)
            return REFUSAL_MARKER;
    return REFUSAL_NONE;
}

/* To -1 none, -2 next, -3 stop, else a clip, which has to be there. */
static enum refusal set_follow(struct scene *scene, struct clip *clip, int64_t to)
{
    static const enum follow words[] = {FOLLOW_NONE, FOLLOW_NEXT, FOLLOW_STOP};
    if (to >= 0 && scene->world.clip[to].gone)
        return REFUSAL_FOLLOW;
    clip->follow = to < 0 ? words[-to - 1] : FOLLOW_CLIP;
    clip->follow_clip = to < 0 ? 0 : (int)to;
    return REFUSAL_NONE;
}

static enum refusal set_clip(struct scene *scene, struct clip *clip, const struct order *order)
{
    switch (order->property) {
    case PROPERTY_PRESS:
        clip->press = (enum press)order->place;
        break;
    case PROPERTY_MODE:
        clip->mode = (enum mode)order->place;
        break;
    case PROPERTY_LOOPS:
        clip->loops = (int)order->place;
        break;
    case PROPERTY_CHOKE:
        clip->choke = order->on;
        break;
    case PROPERTY_STOP_OTHERS:
        clip->stop_others = order->on;
        break;
    case PROPERTY_GROUP:
        clip->group = (int)order->place;
        break;
    case PROPERTY_GUARD:
        clip->guard_s = order->number;
        break;
    case PROPERTY_GAP:
        clip->gap_s = order->number;
        break;
    case PROPERTY_LIST_ORDER:
        clip->shuffled = order->on;
        break;
    case PROPERTY_MARKERS:
        return set_markers(clip, order);
    case PROPERTY_SEQUENCE:
        return set_sequence(clip, order);
    case PROPERTY_FADE_MARKERS:
        clip->dips = order->dips;
        break;
    case PROPERTY_FOLLOW:
        return set_follow(scene, clip, order->place);
    case PROPERTY_IN:
    case PROPERTY_OUT:
        return set_points(clip, order);
    default:
        return set_fades(clip, order);
    }
    return REFUSAL_NONE;
}

static enum refusal change_clip(struct scene *scene, struct clip *clip, const struct order *order)
{
    switch (order->verb) {
    case VERB_GAIN:
        clip->gain_db = order->number;
        break;
    case VERB_PAN:
        clip->pan = order->number;
        break;
    case VERB_LOAD:
        clip->medium = (int)order->place;
        break;
    case VERB_CLEAR:
        clip->gone = true;
        break;
    default:
        return set_clip(scene, clip, order);
    }
    return REFUSAL_NONE;
}

static enum refusal change(struct scene *scene, struct edit *edit, const struct order *order)
{
    if (edit->what == EDITED_CLIP)
        return change_clip(scene, &edit->clip, order);
    if (edit->what == EDITED_SHOW)
        return set_show(edit, order);
    if (order->verb != VERB_GAIN)
        return set_group(&edit->group, order);
    edit->group.gain_db = order->number;
    return REFUSAL_NONE;
}

enum refusal edits_do(struct scene *scene, const struct order *order)
{
    static const enum edited objects[] = {[TARGET_CLIP] = EDITED_CLIP, [TARGET_GROUP] = EDITED_GROUP, [TARGET_ALL] = EDITED_SHOW};
    if (order->verb == VERB_UNDO)
        return scene->done ? swap(scene, &scene->edit[--scene->done]) : REFUSAL_UNDO;
    if (order->verb == VERB_REDO)
        return scene->done < scene->edits ? swap(scene, &scene->edit[scene->done++]) : REFUSAL_REDO;
    struct edit edit = take_object(scene, objects[order->target.kind], order->target.index);
    enum refusal refusal = change(scene, &edit, order);
    if (refusal != REFUSAL_NONE)
        return refusal;
    scene->edit[scene->done] = edit;
    scene->edits = ++scene->done;
    return swap(scene, &scene->edit[scene->done - 1]);
}
