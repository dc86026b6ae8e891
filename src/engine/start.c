/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules of a start: see start.h. Audio thread.
 *
 * A plan gives each voice a fate: keep, be stopped (it becomes a tail), or be ended (it becomes
 * a ghost). The rules add to it in their order: what the press does to the clip's own voices,
 * what choke and stop_others stop, the group's limit, the pool. A voice the plan stops counts as
 * a tail, the youngest, for the rules after it. A new voice that must wait for its medium takes
 * its place now and does to others what a start does only when it sounds.
 */
#include "config.h"

#include "engine/start.h"
#include "engine/places.h"
#include "engine/resume_write.h"
#include "engine/supply.h"
#include "engine/turns.h"

enum fate { FATE_KEEP, FATE_STOP, FATE_END };

struct plan {
    struct engine *engine;
    uint16_t clip;
    const struct clip_params *params;
    const struct group_params *group;
    struct voice *self;                 /* the voice that was queued; NULL: a new one */
    const struct voice *leader;         /* ends at this frame and counts no more; NULL: nobody does */
    bool unasked;                       /* no operation started it */
    bool follows;                       /* a voice that has just ended, or is about to */
    uint8_t pauses;                     /* enum voice_pause: it begins standing */
    uint64_t line;                      /* struct voice; 0: its own */
    int64_t due_frame;
    float level;                        /* it takes over from a leader of that level; -1: it does not */
    uint32_t lent;                      /* then: frames of it that have sounded already */
    bool sounds;                        /* it starts now; else it waits for its medium */
    uint32_t turn;                      /* which of the clip's media it plays */
    struct clipmem_view view;           /* of a medium that is there */
    unsigned units;                     /* it will hold */
    bool restarts;                      /* something of the clip that is heard gives way to it */
    bool replaces;                      /* something of the clip, heard or not, gives its place to it */
    struct entry entry;
    uint8_t fate[ENGINE_VOICES], cause[ENGINE_VOICES];
};

static enum fate fate_of(const struct plan *plan, const struct voice *voice)
{
    return (enum fate)plan->fate[voice - plan->engine->voice];
}

static void set_fate(struct plan *plan, const struct voice *voice, enum fate fate, enum end_cause cause)
{
    ptrdiff_t place = voice - plan->engine->voice;
    plan->fate[place] = (uint8_t)fate;
    plan->cause[place] = (uint8_t)cause;
}

/* It will still have its place in the pool. */
static bool remains(const struct plan *plan, const struct voice *voice)
{
    if (!voice_in_pool_rt(voice) || voice == plan->self || voice == plan->leader || voice->over ||
        fate_of(plan, voice) == FATE_END)
        return false;
    return voice->kind != VOICE_QUEUED || fate_of(plan, voice) == FATE_KEEP;
}

static bool is_tail(const struct plan *plan, const struct voice *voice)
{
    return remains(plan, voice) && (voice->kind == VOICE_STOPPING || fate_of(plan, voice) == FATE_STOP);
}

/* The order of tails: by the frame they were told to stop, then by firing. */
static bool tail_before(const struct plan *plan, const struct voice *a, const struct voice *b)
{
    uint64_t now = (uint64_t)plan->engine->frame;
    uint64_t told_a = a->kind == VOICE_STOPPING ? a->told_frame : now, told_b = b->kind == VOICE_STOPPING ? b->told_frame : now;
    return told_a != told_b ? told_a < told_b : a->serial < b->serial;
}

enum scope { SCOPE_CLIP, SCOPE_GROUP, SCOPE_FREE, SCOPE_POOL };   /* FREE: all free groups */

static bool in_scope(const struct plan *plan, const struct voice *voice, enum scope scope)
{
    if (scope == SCOPE_CLIP)
        return voice_is_of_rt(voice, plan->clip);
    if (scope == SCOPE_FREE)
        return voice->bus < ENGINE_GROUPS && !plan->engine->group[voice->bus].choke;
    return scope == SCOPE_POOL || voice->bus == plan->params->group;
}

static unsigned count_voices(const struct plan *plan, enum scope scope)
{
    unsigned count = 0;
    FOR_EACH_VOICE(plan->engine, voice)
        count += remains(plan, voice) && in_scope(plan, voice, scope);
    return count;
}

/* Ends the oldest tail of a scope. Return: false if there is none. */
static bool end_oldest_tail(struct plan *plan, enum scope scope, enum end_cause cause)
{
    const struct voice *oldest = NULL;
    FOR_EACH_VOICE(plan->engine, voice)
        if (is_tail(plan, voice) && in_scope(plan, voice, scope) && (!oldest || tail_before(plan, voice, oldest)))
            oldest = voice;
    if (oldest)
        set_fate(plan, oldest, FATE_END, cause);
    return oldest != NULL;
}

static enum engine_result plan_medium(struct plan *plan)
{
    const struct clipmem *memory = plan->engine->memory;
    uint32_t slot = turns_medium_rt(memory, plan->params, &plan->turn);
    enum clipmem_state state = clipmem_state_rt(memory, slot);
    bool known = clipmem_view_rt(memory, slot, &plan->view);
    plan->units = known ? plan->view.channels : 2;
    if (state == CLIPMEM_FAILED)
        return RESULT_NOT_READY;
    if (state != CLIPMEM_READY)
        return RESULT_OK;
    if (!known || plan->view.chain_rate != family_rate_rt(family_of_rt(plan->view.chain_rate)))
        return RESULT_NOT_READY;
    struct voice_region region;
    enum engine_result result = voice_region_rt(plan->params, &plan->view, &plan->entry, &region);
    plan->sounds = result == RESULT_OK && plan->due_frame <= plan->engine->frame &&
                   supply_has_head_rt(&plan->view, &region);
    return result;
}

static enum engine_result plan_own(struct plan *plan, enum start_how how)
{
    bool full = how == START_LAYER && count_voices(plan, SCOPE_CLIP) >= ENGINE_LAYERS_MAX;
    if (full && !end_oldest_tail(plan, SCOPE_CLIP, END_STEAL))
        return RESULT_LAYERS_FULL;
    if (how != START_RESTART || plan->due_frame > plan->engine->frame)
        return RESULT_OK;
    FOR_EACH_VOICE(plan->engine, voice) {
        bool waits = voice->kind == VOICE_QUEUED;
        if (!remains(plan, voice) || !in_scope(plan, voice, SCOPE_CLIP) || (waits && plan->self))
            continue;
        plan->restarts |= voice_sounds_rt(voice) && !voice->stands;
        plan->replaces = true;
        set_fate(plan, voice, FATE_END, END_RESTART);
    }
    return RESULT_OK;
}

/* New voices yield to load, but not those that take the place of one: what follows a voice, and a restart; nor those that
 * were let in before. */
static enum engine_result plan_load(const struct plan *plan)
{
    bool one_more = !plan->self && !plan->follows && !plan->replaces;
    return one_more && plan->engine->yields > STATE_YIELD_VOICES ? RESULT_OVERLOAD : RESULT_OK;
}

static bool chokes(const struct plan *plan, const struct voice *voice)
{
    if (plan->self && voice->kind == VOICE_QUEUED && voice->serial > plan->self->serial)
        return false;                   /* fired after it: its turn comes */
    if (plan->params->stop_others)
        return true;
    if (voice->bus != plan->params->group)
        return false;
    return plan->group->choke || (plan->params->choke && voice->choke);
}

static void plan_choke(struct plan *plan)
{
    FOR_EACH_VOICE(plan->engine, voice)
        if (remains(plan, voice) && !is_tail(plan, voice) && chokes(plan, voice))
            set_fate(plan, voice, voice->stands ? FATE_END : FATE_STOP, END_CHOKE);
}

static enum engine_result plan_group(struct plan *plan, uint16_t *value)
{
    unsigned limit = plan->group->voices;
    if (plan->group->choke) {
        while (plan->sounds && count_voices(plan, SCOPE_GROUP) + 1 > limit && end_oldest_tail(plan, SCOPE_GROUP, END_CHOKE))
            ;
        return RESULT_OK;
    }
    if (limit >= ENGINE_POOL_UNITS / 2 || plan->self)
        return RESULT_OK;
    while (count_voices(plan, SCOPE_GROUP) + 1 > limit) {
        if (end_oldest_tail(plan, SCOPE_GROUP, END_STEAL))
            continue;
        *value = (uint16_t)limit;
        return RESULT_GROUP_FULL;
    }
    return RESULT_OK;
}

/* Makes room for it within `most` units of a scope. Return: false if there is none. */
static bool make_room(struct plan *plan, enum scope scope, unsigned most)
{
    for (;;) {
        unsigned units = plan->units;
        FOR_EACH_VOICE(plan->engine, voice)
            if (remains(plan, voice) && in_scope(plan, voice, scope))
                units += voice->units;
        if (units <= most)
            return true;
        bool own = plan->group->choke && end_oldest_tail(plan, SCOPE_GROUP, END_STEAL);
        if (!own && !end_oldest_tail(plan, scope, END_STEAL))
            return false;
    }
}

/* What choke groups leave to the others (SPEC K4). */
static unsigned free_units(const struct engine *engine)
{
    unsigned units = ENGINE_POOL_UNITS;
    for (int i = 0; i < ENGINE_GROUPS; i++)
        if (engine->group[i].choke)
            units -= 2u * engine->group[i].voices;
    return units;
}

static enum engine_result plan_pool(struct plan *plan, uint16_t *value)
{
    unsigned free = free_units(plan->engine);
    *value = (uint16_t)(free / 2);
    if (!plan->group->choke && !make_room(plan, SCOPE_FREE, free))
        return RESULT_POOL_FULL;
    *value = ENGINE_POOL_UNITS / 2;
    return make_room(plan, SCOPE_POOL, ENGINE_POOL_UNITS) ? RESULT_OK : RESULT_POOL_FULL;
}

static enum engine_result plan_ghosts(const struct plan *plan)
{
    unsigned ghosts = places_ghosts_rt(plan->engine), more = 0, taken = 0;
    FOR_EACH_VOICE(plan->engine, voice) {
        taken++;
        more += voice_sounds_rt(voice) && !voice->stands && fate_of(plan, voice) == FATE_END;
    }
    bool fits = more == 0 || ghosts + more <= ENGINE_GHOSTS_HARD;
    return fits && (plan->self || taken < ENGINE_VOICES) ? RESULT_OK : RESULT_GHOSTS_FULL;
}

static enum engine_result plan_start(struct plan *plan, enum start_how how, uint16_t *value)
{
    enum engine_result result = plan_medium(plan);
    if (result == RESULT_OK)
        result = plan_own(plan, how);
    if (result == RESULT_OK)
        result = plan_load(plan);
    if (result == RESULT_OK && plan->sounds)
        plan_choke(plan);
    if (result == RESULT_OK)
        result = plan_group(plan, value);
    if (result == RESULT_OK)
        result = plan_pool(plan, value);
    return result == RESULT_OK ? plan_ghosts(plan) : result;
}

/* Without a fade-in, in a cross-fade with nobody: it may begin at full level. */
static bool is_plain(const struct plan *plan)
{
    const struct timing *timing = &plan->engine->family[family_of_rt(plan->view.chain_rate)].timing;
    return plan->sounds && !plan->restarts && timing_frames_rt(timing, plan->params->fade_in_s) < timing->protection_frames;
}

static bool takes_over(const struct plan *plan)
{
    return plan->level >= 0 && !plan->pauses && is_plain(plan);
}

static void begin(struct plan *plan, struct voice *voice)
{
    struct engine *engine = plan->engine;
    const struct clip_slot *slot = &engine->clip[plan->clip];
    bool muted = slot->muted && voice->bus != ENGINE_BUS_AUDITION;
    voice->family = (uint8_t)family_of_rt(plan->view.chain_rate);
    const struct family *family = core_family_rt(engine, voice);
    core_settle_rt(engine, family->converter != NULL);
    voice->start_frame = (uint64_t)engine->frame;
    voice_begin_rt(voice, &family->timing, plan->params, &slot->sides, &plan->view, family->frame, plan->restarts, muted);
    if (takes_over(plan)) {
        voice_take_over_rt(voice, &family->timing, family->frame, plan->level);
        voice_skip_rt(voice, plan->lent);
    }
    voice->linking = plan->params->links && voice->bus != ENGINE_BUS_AUDITION;
    engine->quiet_links &= !voice->linking;
    struct event start = {.type = EVENT_START, .bus = voice->bus, .clip = plan->clip, .voice = voice->serial,
                          .frame = (uint64_t)engine->frame};
    if (voice->unasked)
        voice->echo = !core_mention_rt(engine, &start);
    else
        core_tell_rt(engine, &start);
}

static void carry_out(struct plan *plan, uint8_t bus)
{
    struct engine *engine = plan->engine;
    FOR_EACH_VOICE(engine, voice) {
        enum fate fate = fate_of(plan, voice);
        enum end_cause cause = (enum end_cause)plan->cause[voice - engine->voice];
        if (fate == FATE_STOP)
            places_stop_rt(engine, voice, cause);
        else if (fate == FATE_END)
            places_ghost_rt(engine, voice, cause);
    }
    struct voice *voice = plan->self ? plan->self : places_take_rt(engine, plan->clip, bus);
    voice->units = (uint8_t)(bus == ENGINE_BUS_AUDITION ? 0 : plan->units);
    voice->entry = plan->entry;
    voice->turn = plan->turn;
    if (bus != ENGINE_BUS_AUDITION && plan->turn >= engine->clip[plan->clip].turn) {
        engine->clip[plan->clip].turn = plan->turn + 1;
        resume_touch_rt(engine, plan->clip);
    }
    if (!plan->self) {
        voice->unasked = plan->unasked;
        voice->line = plan->line ? plan->line : voice->serial;
        voice->due_frame = plan->due_frame;
        voice_hold_rt(voice, plan->sounds ? engine->family[family_of_rt(plan->view.chain_rate)].frame : engine->frame,
                      plan->pauses);
    }
    if (plan->sounds)
        begin(plan, voice);
}

static struct plan new_plan(struct engine *engine, uint16_t clip, const struct entry *entry, struct voice *self)
{
    const struct clip_params *params = engine->clip[clip].params;
    return (struct plan){
        .engine = engine, .clip = clip, .params = params, .group = &engine->group[params->group], .entry = *entry,
        .self = self, .turn = self ? self->turn : engine->clip[clip].turn, .due_frame = self ? self->due_frame : INT64_MIN,
        .level = -1};
}

enum engine_result start_clip_rt(struct engine *engine, uint16_t clip, const struct entry *entry, enum start_how how,
                                 uint16_t *value)
{
    if (engine->emergency)
        return RESULT_EMERGENCY;
    struct plan plan = new_plan(engine, clip, entry, NULL);
    enum engine_result result = plan_start(&plan, how, value);
    if (result == RESULT_OK)
        carry_out(&plan, plan.params->group);
    return result;
}

/* A clip has more than one voice if its press is layer; otherwise a new one takes the place of the old. but: is not counted. */
static enum start_how how_to_play(struct engine *engine, uint16_t clip, const struct voice *but)
{
    if (engine->clip[clip].params->press == CLIP_PRESS_LAYER)
        return START_LAYER;
    FOR_EACH_VOICE(engine, voice)
        if (voice != but && !voice->over && voice_in_pool_rt(voice) && voice_is_of_rt(voice, clip) &&
            voice->kind != VOICE_STOPPING)
            return START_RESTART;
    return START_PLAIN;
}

static struct plan plan_of_order(struct engine *engine, const struct start_order *order)
{
    static const struct entry at_in;    /* ENTRY_IN */
    struct plan plan = new_plan(engine, order->clip, &at_in, NULL);
    plan.leader = order->leader;
    plan.unasked = true;
    plan.follows = order->follows || order->leader;
    plan.line = order->line;
    plan.lent = order->lent;
    plan.pauses = order->pauses;
    plan.due_frame = order->due_frame;
    return plan;
}

bool start_would_follow_rt(struct engine *engine, const struct start_order *order, struct voice_heir *heir)
{
    struct plan plan = plan_of_order(engine, order);
    uint16_t value = 0;
    if (plan_start(&plan, how_to_play(engine, order->clip, order->leader), &value) != RESULT_OK || !is_plain(&plan) ||
        plan.params->group != order->leader->bus || engine->clip[order->clip].muted)
        return false;
    *heir = (struct voice_heir){
        .params = plan.params, .clip = order->clip, .sides = engine->clip[order->clip].sides, .view = plan.view};
    return true;
}

enum engine_result start_unasked_rt(struct engine *engine, const struct start_order *order, float level, bool *taken)
{
    struct plan plan = plan_of_order(engine, order);
    uint16_t value = 0;
    plan.level = level;
    enum engine_result result = plan_start(&plan, how_to_play(engine, order->clip, order->leader), &value);
    *taken = result == RESULT_OK && takes_over(&plan);
    if (result == RESULT_OK)
        carry_out(&plan, plan.params->group);
    else
        core_mention_rt(engine, &(struct event){
            .type = EVENT_REFUSED, .result = (uint8_t)result, .value = value, .clip = order->clip, .bus = plan.params->group,
            .frame = (uint64_t)engine->frame});
    return result;
}

enum engine_result start_audition_rt(struct engine *engine, uint16_t clip, const struct entry *entry, bool keep)
{
    if (engine->emergency)
        return RESULT_EMERGENCY;
    struct plan plan = new_plan(engine, clip, entry, NULL);
    FOR_EACH_VOICE(engine, voice) {
        if (voice->bus != ENGINE_BUS_AUDITION || voice->kind == VOICE_GHOST)
            continue;
        if (entry->kind == ENTRY_IN && voice_is_of_rt(voice, clip) && voice->kind != VOICE_STOPPING) {
            if (!keep)
                places_stop_rt(engine, voice, END_STOP);
            return RESULT_OK;
        }
        set_fate(&plan, voice, FATE_END, END_RESTART);
    }
    if (engine->yields > STATE_YIELD_PREVIEW)
        return RESULT_OVERLOAD;
    plan.entry.anywhere = true;
    enum engine_result result = plan_medium(&plan);
    if (result == RESULT_OK)
        result = plan_ghosts(&plan);
    if (result == RESULT_OK)
        carry_out(&plan, ENGINE_BUS_AUDITION);
    return result;
}

/* A queued voice whose medium has come, or will not. */
static void wake(struct engine *engine, struct voice *voice)
{
    struct plan plan = new_plan(engine, voice->clip, &voice->entry, voice);
    uint16_t value = 0;
    bool audition = voice->bus == ENGINE_BUS_AUDITION;
    if (!audition)
        voice->bus = plan.params->group;        /* it may have been edited meanwhile */
    enum engine_result result = audition ? plan_medium(&plan)
                                         : plan_start(&plan, how_to_play(engine, voice->clip, voice), &value);
    if (result == RESULT_OK) {
        engine->picture.starts_late += voice->due_frame < engine->frame;
        carry_out(&plan, voice->bus);
        return;
    }
    struct event refused = {.type = EVENT_REFUSED, .result = (uint8_t)result, .value = value, .clip = voice->clip,
                            .bus = voice->bus,
                            .voice = voice->serial, .frame = (uint64_t)engine->frame};
    if (voice->unasked)
        core_mention_rt(engine, &refused);
    else
        core_tell_rt(engine, &refused);
    places_end_rt(engine, voice, engine->frame);
}

static bool has_come(const struct engine *engine, const struct voice *voice)
{
    const struct clip_params *params = engine->clip[voice->clip].params;
    uint32_t turn = voice->turn, medium = turns_medium_rt(engine->memory, params, &turn);
    enum clipmem_state state = clipmem_state_rt(engine->memory, medium);
    struct clipmem_view view;
    struct voice_region region;
    if (voice->due_frame > engine->frame)
        return false;
    if (state != CLIPMEM_READY)
        return state == CLIPMEM_FAILED;
    bool playable = clipmem_view_rt(engine->memory, medium, &view) &&
                    voice_region_rt(params, &view, &voice->entry, &region) == RESULT_OK;
    return !playable || (!voice->pauses && supply_has_head_rt(&view, &region));
}

void start_queued_rt(struct engine *engine)
{
    while (!engine->emergency && !engine->quiet_queue) {
        struct voice *first = NULL;
        bool any = false;
        FOR_EACH_VOICE(engine, voice) {
            any |= voice->kind == VOICE_QUEUED;
            if (voice->kind == VOICE_QUEUED && has_come(engine, voice) && (!first || voice->serial < first->serial))
                first = voice;
        }
        engine->quiet_queue = !any;
        if (!first)
            return;
        wake(engine, first);
    }
}

uint32_t start_due_in_rt(struct engine *engine, uint32_t count)
{
    if (engine->quiet_queue)
        return count;
    FOR_EACH_VOICE(engine, voice)
        if (voice->kind == VOICE_QUEUED && voice->due_frame > engine->frame && voice->due_frame - engine->frame < count)
            count = (uint32_t)(voice->due_frame - engine->frame);
    return count;
}
