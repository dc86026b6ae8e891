/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a press does: see press.h. Audio thread.
 *
 * Whatever the clip's rule, a press on a paused clip resumes it. Voices on Audition are no part
 * of any of this.
 */
#include "config.h"

#include "engine/press.h"
#include "engine/places.h"
#include "engine/resume_write.h"
#include "engine/start.h"

static const struct entry at_in;        /* ENTRY_IN */

/* A voice of the clip that was not told to stop, in the pool. */
static bool is_on(struct engine *engine, uint16_t clip)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice_in_pool_rt(voice) && voice_is_of_rt(voice, clip) && voice->kind != VOICE_STOPPING)
            return true;
    return false;
}

static void stop_in_pool(struct engine *engine, uint16_t clip)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice_in_pool_rt(voice) && voice_is_of_rt(voice, clip))
            places_stop_rt(engine, voice, END_STOP);
}

static void pause_in_pool(struct engine *engine, uint16_t clip)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice_in_pool_rt(voice) && voice_is_of_rt(voice, clip) && voice->kind != VOICE_STOPPING)
            voice_pause_rt(voice, core_now_rt(engine, voice), PAUSE_ASKED,
                           core_family_rt(engine, voice)->timing.protection_frames);
}

/* Return: whether something of it was paused. */
static bool resume_in_pool(struct engine *engine, uint16_t clip)
{
    bool any = false;
    FOR_EACH_VOICE(engine, voice) {
        if (!voice_in_pool_rt(voice) || !voice_is_of_rt(voice, clip) || !voice->pauses || voice->leaves)
            continue;
        voice_resume_rt(voice, core_now_rt(engine, voice), PAUSE_ASKED,
                           core_family_rt(engine, voice)->timing.protection_frames);
        any = true;
    }
    return any;
}

static enum engine_result toggle(struct engine *engine, uint16_t clip, uint16_t *value)
{
    if (!is_on(engine, clip))
        return start_clip_rt(engine, clip, &at_in, START_PLAIN, value);
    stop_in_pool(engine, clip);
    return RESULT_OK;
}

static enum engine_result toggle_pause(struct engine *engine, uint16_t clip, uint16_t *value)
{
    if (!is_on(engine, clip))
        return start_clip_rt(engine, clip, &at_in, START_PLAIN, value);
    pause_in_pool(engine, clip);
    return RESULT_OK;
}

static enum engine_result play(struct engine *engine, uint16_t clip, const struct entry *entry, uint16_t *value)
{
    if (engine->clip[clip].params->press == CLIP_PRESS_LAYER)
        return start_clip_rt(engine, clip, entry, START_LAYER, value);
    return start_clip_rt(engine, clip, entry, is_on(engine, clip) ? START_RESTART : START_PLAIN, value);
}

/* A press that goes down, or both ways. */
static enum engine_result fire(struct engine *engine, uint16_t clip, enum press_edge edge, uint16_t *value)
{
    const struct clip_params *params = engine->clip[clip].params;
    if (resume_in_pool(engine, clip))
        return RESULT_OK;
    if (params->mode == CLIP_GATE)
        return edge == PRESS_DOWN ? play(engine, clip, &at_in, value) : toggle(engine, clip, value);
    switch (params->press) {
    case CLIP_PRESS_RESTART:
        return start_clip_rt(engine, clip, &at_in, START_RESTART, value);
    case CLIP_PRESS_LAYER:
        return start_clip_rt(engine, clip, &at_in, START_LAYER, value);
    case CLIP_PRESS_IGNORE:
        return is_on(engine, clip) ? RESULT_IGNORED : start_clip_rt(engine, clip, &at_in, START_PLAIN, value);
    case CLIP_PRESS_PAUSE:
        return toggle_pause(engine, clip, value);
    default:
        return toggle(engine, clip, value);
    }
}

/* --- the guard --- */

static enum engine_result check_trigger(const struct engine *engine, uint16_t clip, uint16_t *value)
{
    const struct clip_slot *slot = &engine->clip[clip];
    if (engine->emergency)
        return RESULT_EMERGENCY;
    if (!slot->fired || engine->frame - slot->fired_frame >= timing_frames_rt(&engine->rate->timing, slot->params->guard_s))
        return RESULT_OK;
    *value = (uint16_t)(slot->params->guard_s * 1000 + 0.5);
    return RESULT_GUARDED;
}

/* Only a trigger that did something is one that can be repeated. */
static enum engine_result note_trigger(struct engine *engine, uint16_t clip, enum engine_result result)
{
    struct clip_slot *slot = &engine->clip[clip];
    if (result == RESULT_OK) {
        slot->fired = true;
        slot->fired_frame = engine->frame;
        resume_touch_rt(engine, clip);
    }
    return result;
}

enum engine_result press_clip_rt(struct engine *engine, uint16_t clip, enum press_edge edge, uint16_t *value)
{
    if (edge == PRESS_UP) {
        if (engine->clip[clip].params->mode == CLIP_GATE)
            stop_in_pool(engine, clip);
        return RESULT_OK;
    }
    enum engine_result result = check_trigger(engine, clip, value);
    return result == RESULT_OK ? note_trigger(engine, clip, fire(engine, clip, edge, value)) : result;
}

enum engine_result press_play_rt(struct engine *engine, uint16_t clip, const struct entry *entry, uint16_t *value)
{
    enum engine_result result = check_trigger(engine, clip, value);
    return result == RESULT_OK ? note_trigger(engine, clip, play(engine, clip, entry, value)) : result;
}
