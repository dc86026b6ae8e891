/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clips do to others: see linkage.h. Audio thread. */
#include "config.h"

#include "engine/linkage.h"
#include "engine/ops.h"
#include "engine/places.h"
#include "engine/start.h"

/* Others: not the clip itself, and nothing on the Audition bus. */
static bool is_other(const struct engine *engine, const struct link_task *task, const struct voice *voice)
{
    return !voice->over && voice->bus != ENGINE_BUS_AUDITION && !voice_is_of_rt(voice, task->clip) &&
           ops_mean_rt(engine, &task->link.target, voice);
}

static void run_task(struct engine *engine, const struct link_task *task)
{
    const struct clip_link *link = &task->link;
    const struct engine_target *target = &link->target;
    if (link->does == LINK_FADE && (target->kind == TARGET_GROUP || target->kind == TARGET_BUS)) {
        bus_fade_rt(&engine->bus[target->index], engine->family, link->level_lin, link->seconds, link->curve);
        return;
    }
    FOR_EACH_VOICE(engine, voice) {
        if (!is_other(engine, task, voice))
            continue;
        if (link->does == LINK_STOP)
            places_stop_rt(engine, voice, END_STOP);
        else
            ops_fade_voice_rt(engine, voice, link->level_lin, link->seconds, link->curve);
    }
}

static void refuse(struct engine *engine, uint16_t clip)
{
    core_mention_rt(engine, &(struct event){
        .type = EVENT_REFUSED, .result = RESULT_LINKS_FULL, .clip = clip, .frame = (uint64_t)engine->frame});
}

static bool has_started_now(struct engine *engine, uint16_t clip)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice_is_of_rt(voice, clip) && voice_sounds_rt(voice) && voice->start_frame == (uint64_t)engine->frame)
            return true;
    return false;
}

/* In an emergency it stands at its beginning. */
static void start(struct engine *engine, uint16_t clip, uint64_t line, int64_t due_frame)
{
    struct start_order order = {.clip = clip, .line = line, .due_frame = due_frame,
                                .pauses = engine->emergency ? PAUSE_EMERGENCY : 0};
    bool taken;
    if (clip >= ENGINE_CLIPS || !engine->clip[clip].params || (due_frame == engine->frame && has_started_now(engine, clip)))
        return;
    if (engine->linked_frame != engine->frame)
        engine->linked = 0;
    engine->linked_frame = engine->frame;
    if (engine->linked++ < ENGINE_LINKED)
        start_unasked_rt(engine, &order, -1, &taken);
    else
        refuse(engine, clip);
}

static void run_link(struct engine *engine, uint16_t clip, const struct clip_link *link, uint64_t line)
{
    struct link_task task = {.due_frame = engine->frame + timing_frames_rt(&engine->rate->timing, link->delay_s), .clip = clip,
                             .link = *link};
    if (link->does == LINK_START)
        start(engine, link->target.index, line, task.due_frame);
    else if (task.due_frame == engine->frame)
        run_task(engine, &task);
    else if (engine->tasks < ENGINE_LINK_TASKS)
        engine->task[engine->tasks++] = task;
    else
        refuse(engine, clip);
}

static void run_links(struct engine *engine, uint16_t clip, const struct clip_params *params, bool at_end, uint64_t line)
{
    for (unsigned i = 0; i < params->links; i++)
        if (params->link[i].at_end == at_end)
            run_link(engine, clip, &params->link[i], line);
}

void linkage_end_rt(struct engine *engine, uint16_t clip, const struct clip_params *params, uint64_t line)
{
    run_links(engine, clip, params, true, line);
}

void linkage_run_starts_rt(struct engine *engine)
{
    while (!engine->quiet_links) {
        struct voice *first = NULL;
        FOR_EACH_VOICE(engine, voice)
            if (voice->linking && (!first || voice->serial < first->serial))
                first = voice;
        engine->quiet_links = !first;
        if (!first)
            return;
        first->linking = false;
        if (!first->orphan)
            run_links(engine, first->clip, engine->clip[first->clip].params, false, first->line);
    }
}

void linkage_run_tasks_rt(struct engine *engine)
{
    unsigned kept = 0, tasks = engine->tasks;
    if (engine->emergency)              /* done when it is lifted */
        return;
    for (unsigned i = 0; i < tasks; i++) {
        struct link_task task = engine->task[i];
        if (task.due_frame <= engine->frame)
            run_task(engine, &task);
        else
            engine->task[kept++] = task;
    }
    engine->tasks = kept;
}

uint32_t linkage_due_in_rt(const struct engine *engine, uint32_t count)
{
    for (unsigned i = 0; i < engine->tasks; i++)
        if (engine->task[i].due_frame > engine->frame && engine->task[i].due_frame - engine->frame < count)
            count = (uint32_t)(engine->task[i].due_frame - engine->frame);
    return count;
}

void linkage_forget_rt(struct engine *engine)
{
    engine->tasks = 0;
}
