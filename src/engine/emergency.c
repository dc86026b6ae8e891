/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The emergency protocol: see emergency.h. Audio thread. Ghosts, which have no place to go back
 * to, are ended by hand. The only clock here is that of the stamps; nothing depends on it but
 * whether a period was made in time.
 */
#include "config.h"

#include "engine/emergency.h"
#include "engine/linkage.h"
#include "engine/places.h"
#include "pcm/meter.h"
#include "pcm/mix.h"
#include "platform/clock.h"

#include <string.h>

enum { ALL_BUSSES = (1 << ENGINE_BUSSES) - 1, FINE_MS = 5 };
#define SILENT 0.001f                   /* -60 dBFS */
#define IN_TIME_NS UINT64_C(10000000)   /* so much later than it is due the next period may begin */

/* --- phases --- */

static void stamp(struct state_emergency *record, int64_t frame)
{
    record->frame[record->phases] = (uint64_t)frame;
    record->time_ns[record->phases] = clock_now_rt();
    record->phases++;
}

/* Phase 1. */
static struct state_emergency *begin_record(struct engine *engine, enum state_cause cause, unsigned busses, int64_t frame)
{
    uint32_t number = ++engine->picture.emergencies;
    struct state_emergency *record = &engine->picture.raised[(number - 1) % STATE_EMERGENCIES];
    *record = (struct state_emergency){.number = number, .cause = (uint8_t)cause, .busses = (uint8_t)busses};
    stamp(record, frame);
    return record;
}

static uint32_t latency_frames(const struct engine *engine)
{
    return delay_frames_rt(&engine->delay) + outputs_delay_rt(&engine->outputs);
}

static uint32_t fade_frames(const struct engine *engine)
{
    return engine->rate->hz / 1000;
}

/* --- by hand --- */

static void tell(struct engine *engine)
{
    core_tell_rt(engine, &(struct event){.type = EVENT_EMERGENCY, .value = engine->emergency, .frame = (uint64_t)engine->frame});
}

/* What voices do is heard so late that it would take more than 2 ms: then the outputs are muted as well. Not in a render,
 * where nothing is late. */
static bool is_too_late(const struct engine *engine)
{
    return engine->live && latency_frames(engine) + fade_frames(engine) > engine->rate->hz / 500;
}

void emergency_raise_rt(struct engine *engine)
{
    engine->emergency = true;
    FOR_EACH_VOICE(engine, voice) {
        uint32_t frames = core_family_rt(engine, voice)->timing.protection_frames;
        if (voice->kind != VOICE_GHOST)
            voice_pause_rt(voice, core_now_rt(engine, voice), PAUSE_EMERGENCY, frames);
        else if (!voice_ghost_rt(voice, core_now_rt(engine, voice), frames, (enum end_cause)voice->cause))
            places_end_rt(engine, voice, engine->frame);
    }
    begin_record(engine, STATE_CAUSE_HAND, ALL_BUSSES, engine->frame);
    engine->silent_frame = engine->frame + fade_frames(engine) + latency_frames(engine);
    if (is_too_late(engine)) {
        ramp_go_rt(&engine->muting, engine->frame, 1, FADE_LINEAR, fade_frames(engine));
        engine->silent_frame = engine->frame + fade_frames(engine);
    }
    tell(engine);
}

void emergency_lift_rt(struct engine *engine)
{
    if (!engine->emergency)
        return;
    engine->emergency = false;
    if (engine->muting.to != 0)
        ramp_go_rt(&engine->muting, engine->frame, 0, FADE_LINEAR, fade_frames(engine));
    FOR_EACH_VOICE(engine, voice)
        voice_resume_rt(voice, core_now_rt(engine, voice), PAUSE_EMERGENCY, core_family_rt(engine, voice)->timing.cross_frames);
    linkage_run_tasks_rt(engine);       /* what links were to do meanwhile */
    tell(engine);
}

/* --- a device that is gone --- */

void engine_raise_rt(struct engine *engine, enum state_cause cause)
{
    struct state_emergency *record = begin_record(engine, cause, ALL_BUSSES, engine->frame);
    stamp(record, engine->frame);       /* nobody hears it any more, and what comes back fades in */
}

/* --- samples that are no numbers --- */

/* Return: the first of them; count: all are fine. A word at a time: no arithmetic on them, which would be slow. */
static uint32_t first_fault(const float *stereo, uint32_t count)
{
    uint32_t worst = 0, i;
    for (i = 0; i < 2 * count; i++) {
        uint32_t bits;
        memcpy(&bits, &stereo[i], sizeof bits);
        bits &= UINT32_C(0x7fffffff);
        worst = bits > worst ? bits : worst;
    }
    if (worst < UINT32_C(0x7f800000))   /* IEEE 754: exponent all ones is infinity or not a number */
        return count;
    for (i = 0; i < 2 * count; i++) {
        uint32_t bits;
        memcpy(&bits, &stereo[i], sizeof bits);
        if ((bits & UINT32_C(0x7fffffff)) >= UINT32_C(0x7f800000))
            break;
    }
    return i / 2;
}

/* The last millisecond before it, as far as this cut has it, fades; what follows is silence. */
static void fade_before(float *stereo, uint32_t fault, uint32_t count, uint32_t fade)
{
    uint32_t length = fault < fade ? fault : fade;
    for (uint32_t i = 0; i < length; i++) {
        float gain = (float)(length - i) / (float)length;
        stereo[2 * (fault - length + i)] *= gain;
        stereo[2 * (fault - length + i) + 1] *= gain;
    }
    memset(stereo + 2 * (size_t)fault, 0, 2 * (size_t)(count - fault) * sizeof *stereo);
}

static void fade_back(struct bus_fault *fault, float *stereo, int64_t at, uint32_t count, uint32_t frames)
{
    for (uint32_t i = 0; i < count; i++) {
        int64_t n = at + i - fault->back_frame;
        float gain = n < 0 ? 0 : n < frames ? (float)n / (float)frames : 1;
        stereo[2 * i] *= gain;
        stereo[2 * i + 1] *= gain;
    }
    if (at + count >= fault->back_frame + frames)
        fault->muted = false;
}

static void mute_bus_at(struct engine *engine, unsigned bus, float *stereo, uint32_t first, uint32_t count)
{
    struct bus_fault *fault = &engine->fault[bus];
    uint32_t fade = first < fade_frames(engine) ? first : fade_frames(engine);
    if (!fault->muted || fault->back_frame <= engine->frame) {
        struct state_emergency *record =
            begin_record(engine, STATE_CAUSE_FAULT, 1u << bus, engine->frame + (int64_t)(first - fade));
        fade_before(stereo, first, count, fade);
        stamp(record, engine->frame + first);
    } else {
        memset(stereo, 0, 2 * (size_t)count * sizeof *stereo);
    }
    fault->muted = true;
    fault->back_frame = engine->frame + count + engine->rate->hz * FINE_MS / 1000;
}

void emergency_guard_rt(struct engine *engine, unsigned bus, uint32_t offset, uint32_t count)
{
    struct bus_fault *fault = &engine->fault[bus];
    float *stereo = engine->bus[bus].frames + 2 * (size_t)offset;
    uint32_t first = engine->bus[bus].active ? first_fault(stereo, count) : count;
    if (first < count)
        mute_bus_at(engine, bus, stereo, first, count);
    else if (fault->muted)
        fade_back(fault, stereo, engine->frame, count, engine->rate->hz * FINE_MS / 1000);
}

/* A cut at a time, for a ramp is replaced at a command, and what the old one gave before that has to stay. */
void emergency_mute_rt(struct engine *engine, uint32_t offset, uint32_t count)
{
    const struct ramp *muting = &engine->muting;
    float *gains = engine->scratch.gains;
    if (!ramp_moving_rt(muting, engine->frame) && ramp_level_rt(muting, engine->frame) == 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        gains[i] = 1 - ramp_level_rt(muting, engine->frame + i);
    for (int i = 0; i < ENGINE_BUSSES; i++)
        if (engine->bus[i].active)
            mix_scale_ramp_rt(engine->bus[i].frames + 2 * (size_t)offset, gains, count);
    for (unsigned i = 0; i < ENGINE_PAIRS; i++) {
        float *pair = matrix_pair_rt(&engine->outputs.matrix, i);
        if (pair)
            mix_scale_ramp_rt(pair + 2 * (size_t)offset, gains, count);
    }
}

/* --- once a period --- */

/* The largest sample that leaves the engine in the frames [from, to) of the period. */
static float loudest(const struct engine_output *output, uint32_t from, uint32_t to)
{
    float peak = 0;
    for (int i = 0; i < ENGINE_BUSSES; i++) {
        float of_bus = meter_peak_rt(output->bus[i] + 2 * (size_t)from, to - from);
        peak = of_bus > peak ? of_bus : peak;
    }
    for (int i = 0; i < ENGINE_PAIRS; i++) {
        float of_pair = output->pair[i] ? meter_peak_rt(output->pair[i] + 2 * (size_t)from, to - from) : 0;
        peak = of_pair > peak ? of_pair : peak;
    }
    return peak;
}

/* Phase 2, if the period ends in silence: at its first frame, for a converter rings a little longer than it is late. */
static void stamp_silence(struct state_emergency *record, const struct engine_output *output, int64_t first, uint32_t from,
                          uint32_t frames)
{
    uint32_t still = frames;
    while (still > from && loudest(output, still - 1, still) <= SILENT)
        still--;
    if (still < frames)
        stamp(record, first + still);
}

void emergency_measure_rt(struct engine *engine, uint32_t frames, const struct engine_output *output)
{
    const int64_t first = engine->frame - frames;
    if (!engine->emergency || engine->frame <= engine->silent_frame)
        return;
    const uint32_t from = engine->silent_frame > first ? (uint32_t)(engine->silent_frame - first) : 0;
    engine->silent = loudest(output, from, frames) <= SILENT;
    for (int i = 0; i < STATE_EMERGENCIES; i++) {
        struct state_emergency *record = &engine->picture.raised[i];
        if (record->phases == 1 && record->cause == STATE_CAUSE_HAND)
            stamp_silence(record, output, first, from, frames);
    }
}

static bool is_held(struct engine *engine)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice_sounds_rt(voice) && !voice->stands)
            return false;
    return engine->silent;
}

static bool has_recovered(struct engine *engine, const struct state_emergency *record)
{
    bool in_time = !engine->picture.time_ns || clock_now_rt() < engine->picture.time_ns + IN_TIME_NS;
    if (record->cause == STATE_CAUSE_HAND)
        return in_time && engine->emergency && is_held(engine);
    if (record->cause != STATE_CAUSE_FAULT)
        return in_time;
    for (int bus = 0; bus < ENGINE_BUSSES; bus++)
        if (record->busses >> bus & 1 && engine->fault[bus].muted)
            return false;
    return true;
}

void emergency_verify_rt(struct engine *engine)
{
    for (int i = 0; i < STATE_EMERGENCIES; i++) {
        struct state_emergency *record = &engine->picture.raised[i];
        if (record->phases == 2) {
            stamp(record, engine->frame);       /* it was published with this period */
        } else if (record->phases == 3 && engine->frame > (int64_t)record->frame[2] && has_recovered(engine, record)) {
            stamp(record, engine->frame);
        } else if (record->phases == 4 && !record->told) {
            record->told = core_mention_rt(engine, &(struct event){.type = EVENT_PHASES, .value = (uint16_t)record->number,
                                                                   .frame = record->frame[0]});
        }
    }
}
