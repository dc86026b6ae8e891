/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A start that is carried out as it was planned (start_plan.h): see start.h. Audio thread.
 *
 * A new voice that must wait for its medium takes its place now and does to others what a start
 * does only when it sounds.
 */
#include "config.h"

#include "engine/start_plan.h"
#include "engine/places.h"
#include "engine/resume_write.h"
#include "engine/supply.h"
#include "engine/turns.h"

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

/* A live fade that it was given while it was queued went by engine frames; from now on it goes by those of its family. */
static void live_by_family(const struct family *family, struct ramp *live)
{
    int64_t start = family_at_rt(family, live->start);
    live->length = live->length ? (uint32_t)(family_at_rt(family, live->start + live->length) - start) : 0;
    live->start = start;
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
    live_by_family(family, &voice->factor[FACTOR_LIVE]);
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
        enum fate fate = start_fate_rt(plan, voice);
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
    enum engine_result result = start_plan_rt(&plan, how, value);
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
    if (start_plan_rt(&plan, how_to_play(engine, order->clip, order->leader), &value) != RESULT_OK || !is_plain(&plan) ||
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
    enum engine_result result = start_plan_rt(&plan, how_to_play(engine, order->clip, order->leader), &value);
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
        start_set_fate_rt(&plan, voice, FATE_END, END_RESTART);
    }
    if (engine->yields > STATE_YIELD_PREVIEW)
        return RESULT_OVERLOAD;
    plan.entry.anywhere = true;
    enum engine_result result = start_plan_medium_rt(&plan);
    if (result == RESULT_OK)
        result = start_plan_ghosts_rt(&plan);
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
    enum engine_result result = audition ? start_plan_medium_rt(&plan)
                                         : start_plan_rt(&plan, how_to_play(engine, voice->clip, voice), &value);
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
