/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audio thread's side of the engine: one period. A period is cut at the frame of every
 * operation; since all gains and positions are functions of the frame counter, and voices are
 * mixed in the order of their places, the cuts leave no trace in the samples.
 */
#include "config.h"

#include "engine/core.h"
#include "engine/follow.h"
#include "engine/ops.h"
#include "engine/places.h"
#include "engine/publish.h"
#include "engine/start.h"
#include "engine/supply.h"

void core_tell_rt(struct engine *engine, const struct event *event)
{
    ring_push_rt(&engine->events, event);       /* never full: ENGINE_EVENTS */
}

bool core_mention_rt(struct engine *engine, const struct event *event)
{
    return ring_space_rt(&engine->events) > ENGINE_EVENTS_OWED && ring_push_rt(&engine->events, event);
}

static void run_due_ops(struct engine *engine)
{
    while (schedule_due_rt(&engine->schedule) <= (uint64_t)engine->frame)
        ops_run_rt(engine, schedule_next_rt(&engine->schedule));
}

/* What happens at this frame: first what comes by itself, then operations, which have the last word. */
static void run_due(struct engine *engine)
{
    start_queued_rt(engine);
    run_due_ops(engine);
    follow_decide_rt(engine);
}

/* Frames until something happens, at most count. */
static uint32_t frames_to_next(struct engine *engine, uint32_t count)
{
    uint64_t due = schedule_due_rt(&engine->schedule), ahead = due - (uint64_t)engine->frame;
    if (due != UINT64_MAX && ahead < count)
        count = (uint32_t)ahead;
    return follow_due_in_rt(engine, start_due_in_rt(engine, count));
}

/* Mixes count frames, `offset` frames into a period of `frames`. */
static void make_frames(struct engine *engine, uint32_t frames, uint32_t offset, uint32_t count)
{
    enum chain_family family = chain_family_rt(engine->timing.rate);
    FOR_EACH_VOICE(engine, voice) {
        if (!voice_sounds_rt(voice))
            continue;
        uint32_t sounded;
        supply_check_rt(engine, voice, count);
        float *to = bus_open_rt(&engine->bus[voice->bus], family, frames, offset);
        voice->over = !voice_mix_rt(voice, to, engine->frame, count, &sounded, &engine->scratch);
        voice->over_frame = engine->frame + sounded;
    }
    for (int i = 0; i < ENGINE_BUSSES; i++)
        bus_sum_rt(&engine->bus[i], engine->frame, offset, count, engine->scratch.gains);
    outputs_make_rt(&engine->outputs, engine->bus, engine->frame, frames, offset, count, engine->scratch.gains);
    engine->frame += count;
    follow_ends_rt(engine);
}

static void process(struct engine *engine, uint32_t frames, struct engine_output *output)
{
    schedule_take_rt(&engine->schedule, &engine->ops, (uint64_t)engine->frame);
    if (!frames) {
        run_due(engine);
        return;
    }
    for (int i = 0; i < ENGINE_BUSSES; i++)
        bus_begin_rt(&engine->bus[i]);
    outputs_begin_rt(&engine->outputs);
    for (uint32_t done = 0, count; done < frames; done += count) {
        run_due(engine);
        count = frames_to_next(engine, frames - done);
        make_frames(engine, frames, done, count);
    }
    outputs_finish_rt(&engine->outputs, engine->bus, &engine->levels_law, frames, output);
    publish_period_rt(engine);
    atomic_store_explicit(&engine->sounding, engine_sounding_rt(engine), memory_order_relaxed);
}

void engine_process_rt(struct engine *engine, uint32_t frames, struct engine_output *output)
{
    if (engine->demand)
        demand_enter_rt(engine->demand);
    process(engine, frames, output);
    if (engine->demand)
        supply_tell_rt(engine);
}

void engine_set_channels_rt(struct engine *engine, uint32_t channels)
{
    outputs_set_channels_rt(&engine->outputs, channels);
}

uint64_t engine_frame_rt(const struct engine *engine)
{
    return (uint64_t)engine->frame;
}

void engine_note_rt(struct engine *engine, uint64_t time_ns, uint32_t load_ppm, uint32_t xruns, uint32_t late)
{
    engine->picture.time_ns = time_ns;
    engine->picture.load_ppm = load_ppm;
    engine->picture.xruns = xruns;
    engine->picture.late = late;
}

bool engine_sounding_rt(const struct engine *engine)
{
    uint64_t any = 0;
    for (size_t i = 0; i < sizeof engine->taken / sizeof *engine->taken; i++)
        any |= engine->taken[i];
    return any != 0 || outputs_hold_rt(&engine->outputs, engine->frame);
}

bool engine_endless_rt(const struct engine *engine)
{
    if (engine->emergency && engine_sounding_rt(engine))
        return true;
    for (int i = 0; i < ENGINE_VOICES; i++) {
        const struct voice *voice = &engine->voice[i];
        if (voice->kind == VOICE_QUEUED) {
            if (voice->pauses || follow_endless_rt(engine, voice->clip))
                return true;
        } else if (voice->kind == VOICE_PLAYING && voice_endless_rt(voice)) {
            return true;
        } else if (follow_next_rt(engine, voice) != ENGINE_CLIPS_NONE && follow_endless_rt(engine, follow_next_rt(engine, voice))) {
            return true;
        }
    }
    return false;
}
