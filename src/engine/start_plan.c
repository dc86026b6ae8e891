/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of a start: see start_plan.h. Audio thread. */
#include "config.h"

#include "engine/start_plan.h"
#include "engine/places.h"
#include "engine/supply.h"
#include "engine/turns.h"

void start_set_fate_rt(struct plan *plan, const struct voice *voice, enum fate fate, enum end_cause cause)
{
    ptrdiff_t place = voice - plan->engine->voice;
    plan->fate[place] = (uint8_t)fate;
    plan->cause[place] = (uint8_t)cause;
}

/* It will still have its place in the pool. */
static bool remains(const struct plan *plan, const struct voice *voice)
{
    if (!voice_in_pool_rt(voice) || voice == plan->self || voice == plan->leader || voice->over ||
        start_fate_rt(plan, voice) == FATE_END)
        return false;
    return voice->kind != VOICE_QUEUED || start_fate_rt(plan, voice) == FATE_KEEP;
}

static bool is_tail(const struct plan *plan, const struct voice *voice)
{
    return remains(plan, voice) && (voice->kind == VOICE_STOPPING || start_fate_rt(plan, voice) == FATE_STOP);
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
        start_set_fate_rt(plan, oldest, FATE_END, cause);
    return oldest != NULL;
}

enum engine_result start_plan_medium_rt(struct plan *plan)
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
        start_set_fate_rt(plan, voice, FATE_END, END_RESTART);
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
            start_set_fate_rt(plan, voice, voice->stands ? FATE_END : FATE_STOP, END_CHOKE);
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

enum engine_result start_plan_ghosts_rt(const struct plan *plan)
{
    unsigned ghosts = places_ghosts_rt(plan->engine), more = 0, taken = 0;
    FOR_EACH_VOICE(plan->engine, voice) {
        taken++;
        more += voice_sounds_rt(voice) && !voice->stands && start_fate_rt(plan, voice) == FATE_END;
    }
    bool fits = more == 0 || ghosts + more <= ENGINE_GHOSTS_HARD;
    return fits && (plan->self || taken < ENGINE_VOICES) ? RESULT_OK : RESULT_GHOSTS_FULL;
}

enum engine_result start_plan_rt(struct plan *plan, enum start_how how, uint16_t *value)
{
    enum engine_result result = start_plan_medium_rt(plan);
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
    return result == RESULT_OK ? start_plan_ghosts_rt(plan) : result;
}
