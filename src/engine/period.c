/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audio thread's side of the engine: one period. A period is cut at the frame of every
 * operation; since all gains and positions are functions of the frame counter, and voices are
 * mixed in the order of their places, the cuts leave no trace in the samples.
 */
#include "config.h"

#include "engine/core.h"
#include "engine/emergency.h"
#include "engine/endless.h"
#include "engine/follow.h"
#include "engine/linkage.h"
#include "engine/ops.h"
#include "engine/places.h"
#include "engine/publish.h"
#include "engine/resume_write.h"
#include "engine/start.h"
#include "engine/supply.h"
#include "platform/clock.h"

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
        if (!schedule_put_off_rt(&engine->schedule, delay_frames_rt(&engine->delay)))
            ops_run_rt(engine, schedule_next_rt(&engine->schedule));
}

/* What happens at this frame: first what comes by itself, then operations, which have the last word. */
static void run_due(struct engine *engine)
{
    linkage_run_tasks_rt(engine);
    start_queued_rt(engine);
    run_due_ops(engine);
    linkage_run_starts_rt(engine);
    follow_decide_rt(engine);
}

/* Frames until something happens, at most count. */
static uint32_t frames_to_next(struct engine *engine, uint32_t count)
{
    uint64_t due = schedule_due_rt(&engine->schedule), ahead = due - (uint64_t)engine->frame;
    if (due != UINT64_MAX && ahead < count)
        count = (uint32_t)ahead;
    count = linkage_due_in_rt(engine, count);
    return follow_due_in_rt(engine, start_due_in_rt(engine, count));
}

static bool is_quiet(struct engine *engine)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice_sounds_rt(voice) && !voice->stands)
            return false;
    return !engine_rings_rt(engine, delay_frames_rt(&engine->delay));
}

void core_settle_rt(struct engine *engine, bool wanted)
{
    engine->delay.asked = false;
    for (int i = 0; i < FAMILIES; i++)
        engine->delay.asked |= engine->family[i].converter && engine->families >> i & 1;
    if (delay_differs_rt(&engine->delay, wanted))
        delay_settle_rt(&engine->delay, engine->frame, is_quiet(engine), engine->rate->hz / 200);
}

/* The frames of each family's chains from now until `count` engine frames on. */
static void count_chained(const struct engine *engine, uint32_t count, uint32_t chained[FAMILIES])
{
    for (int i = 0; i < FAMILIES; i++)
        chained[i] = (uint32_t)(family_at_rt(&engine->family[i], engine->frame + count) - engine->family[i].frame);
}

/* Its heir sounds in the same chain. */
static bool may_lend(const struct voice *voice)
{
    const struct voice_heir *heir = &voice->heir;
    return heir->params && family_of_rt(heir->view.chain_rate) == voice->family;
}

static void mix_voice(struct engine *engine, struct voice *voice, uint32_t period, uint32_t count)
{
    const struct family *family = core_family_rt(engine, voice);
    struct chain *chain = &engine->bus[voice->bus].chain[voice->family];
    uint32_t sounded = 0;
    bool stands = voice->stands;        /* then it touches no frame */
    if (count > 0) {
        supply_check_rt(engine, voice, count);
        resume_rendering_rt(engine, voice->clip);
        float *to = stands ? NULL : chain_open_rt(chain, family, period);
        voice->over = !voice_mix_rt(voice, to, family->frame, count, &sounded, &engine->scratch);
        if (voice->over && to && may_lend(voice))
            voice->lent = voice_lend_rt(voice, &family->timing, to + 2 * (size_t)sounded, family->frame + sounded,
                                        count - sounded);
    }
    if (!stands)
        chain_sounded_rt(chain, family, sounded + voice->lent, engine->frame, engine->delay.frames);
    voice->over_frame = family->frame + sounded;
    engine->ended |= voice->over;
}

/* What a voice costs is shown, so each run measures one of them; reading the clock twice costs less than a voice does. */
static void mix_measured(struct engine *engine, struct voice *voice, uint32_t period, uint32_t count)
{
    enum { SMOOTH = 8 };
    uint64_t begin = clock_now_rt();
    mix_voice(engine, voice, period, count);
    uint64_t took_ns = clock_now_rt() - begin;
    uint64_t ppm = count ? took_ns * core_family_rt(engine, voice)->timing.rate / (1000 * (uint64_t)count) : 0;
    uint32_t now = ppm < 1000000 ? (uint32_t)ppm : 1000000;
    voice->load_ppm = voice->load_ppm ? voice->load_ppm - voice->load_ppm / SMOOTH + now / SMOOTH : now;
}

static const struct voice *next_measured(struct engine *engine)
{
    const struct voice *next = engine->live ? core_voice_after_rt(engine, engine->timed) : NULL;
    engine->timed = next;
    return next;
}

/* Makes count frames, `offset` frames into a period of `frames`; period: chain frames of all of it. */
static void make_frames(struct engine *engine, uint32_t frames, const uint32_t *period, uint32_t offset, uint32_t count)
{
    uint32_t chained[FAMILIES];
    count_chained(engine, count, chained);
    const struct voice *measured = next_measured(engine);
    FOR_EACH_VOICE(engine, voice) {
        if (!voice_sounds_rt(voice))
            continue;
        if (voice == measured)
            mix_measured(engine, voice, period[voice->family], chained[voice->family]);
        else
            mix_voice(engine, voice, period[voice->family], chained[voice->family]);
    }
    resume_rendering_rt(engine, ENGINE_CLIPS_NONE);
    for (unsigned i = 0; i < ENGINE_BUSSES; i++) {
        bus_sum_rt(&engine->bus[i], engine->family, &engine->delay, engine->frame, frames, offset, count, chained,
                   engine->scratch.gains, engine->scratch.lr);
        emergency_guard_rt(engine, i, offset, count);
    }
    outputs_make_rt(&engine->outputs, engine->bus, engine->frame, frames, offset, count, engine->scratch.gains);
    emergency_mute_rt(engine, offset, count);
    engine->frame += count;
    for (int i = 0; i < FAMILIES; i++)
        engine->family[i].frame += chained[i];
    follow_ends_rt(engine);
}

static void process(struct engine *engine, uint32_t frames, struct engine_output *output)
{
    uint32_t period[FAMILIES];
    schedule_take_rt(&engine->schedule, &engine->ops, (uint64_t)engine->frame);
    if (!frames) {
        run_due(engine);
        resume_write_rt(engine);
        return;
    }
    core_settle_rt(engine, false);
    count_chained(engine, frames, period);
    for (int i = 0; i < ENGINE_BUSSES; i++)
        bus_begin_rt(&engine->bus[i], engine->family, period);
    outputs_begin_rt(&engine->outputs);
    for (uint32_t done = 0, count; done < frames; done += count) {
        run_due(engine);
        count = frames_to_next(engine, frames - done);
        make_frames(engine, frames, period, done, count);
    }
    const struct levels_law *law = engine->live ? &engine->rate->levels_law : NULL;
    outputs_finish_rt(&engine->outputs, engine->bus, law, frames, output);
    emergency_measure_rt(engine, frames, output);
    publish_period_rt(engine);
    resume_write_rt(engine);
    emergency_verify_rt(engine);
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

void engine_note_rt(struct engine *engine, const struct engine_note *note)
{
    engine->picture.time_ns = note->time_ns;
    engine->picture.load_ppm = note->load_ppm;
    engine->picture.median_ppm = note->median_ppm;
    engine->picture.worst_ppm = note->worst_ppm;
    engine->picture.xruns = note->xruns;
    engine->picture.late = note->late;
}

bool engine_sounding_rt(const struct engine *engine)
{
    uint64_t any = 0;
    for (size_t i = 0; i < sizeof engine->taken / sizeof *engine->taken; i++)
        any |= engine->taken[i];
    return any != 0 || outputs_hold_rt(&engine->outputs, engine->frame);
}

bool engine_rings_rt(const struct engine *engine, uint32_t late_frames)
{
    for (int i = 0; i < ENGINE_BUSSES * FAMILIES; i++) {
        const struct family *family = &engine->family[i % FAMILIES];
        if (chain_rings_rt(&engine->bus[i / FAMILIES].chain[i % FAMILIES], family, engine->frame - late_frames))
            return true;
    }
    return false;
}

uint32_t engine_rate_rt(const struct engine *engine)
{
    return engine->rate->hz;
}

uint32_t engine_delay_rt(const struct engine *engine)
{
    return delay_frames_rt(&engine->delay);
}

void engine_follow_rt(struct engine *engine, uint32_t rate)
{
    int index = rates_index_rt(rate);
    const struct rate *known = index < 0 ? NULL : atomic_load_explicit(&engine->known[index], memory_order_acquire);
    if (known && known != engine->rate)
        core_follow_rt(engine, known);
}

void core_follow_rt(struct engine *engine, const struct rate *rate)
{
    bool all_converted = true;
    engine->rate = rate;
    for (int i = 0; i < FAMILIES; i++) {
        all_converted &= rate->converter[i] != NULL;
        family_follow_rt(&engine->family[i], rate->hz, rate->converter[i], engine->frame);
    }
    for (int i = 0; i < ENGINE_BUSSES; i++)
        bus_forget_rt(&engine->bus[i]);
    outputs_follow_rt(&engine->outputs, &rate->limiter, rate->limiter_frames);
    delay_init_rt(&engine->delay, rate->delay_frames, all_converted || engine->always_late);
}

bool engine_endless_rt(struct engine *engine)
{
    return endless_rt(engine);
}
