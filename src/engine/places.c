/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places of voices: see pool.h. Audio thread. */
#include "config.h"

#include "engine/places.h"
#include "engine/clips.h"
#include "engine/publish.h"

/* The lowest free place, marked taken; what it holds is left as it is. */
static struct voice *take(struct engine *engine)
{
    for (unsigned i = 0; i < ENGINE_VOICES; i++) {
        if (engine->taken[i / 64] >> i % 64 & 1)
            continue;
        engine->taken[i / 64] |= UINT64_C(1) << i % 64;
        return &engine->voice[i];
    }
    return NULL;
}

struct voice *places_take_rt(struct engine *engine, uint16_t clip, uint8_t bus)
{
    struct voice *voice = take(engine);
    if (!voice)
        return NULL;
    *voice = (struct voice){.kind = VOICE_QUEUED, .clip = clip, .bus = bus, .serial = ++engine->serial};
    ramp_set_rt(&voice->factor[FACTOR_LIVE], 1);
    engine->quiet_queue = false;
    publish_show_rt(engine, voice);
    return voice;
}

struct voice *places_take_ghost_rt(struct engine *engine, uint16_t clip, uint8_t bus)
{
    struct voice *voice = places_ghosts_rt(engine) < ENGINE_GHOSTS_HARD ? take(engine) : NULL;
    if (!voice)
        return NULL;
    *voice = (struct voice){.kind = VOICE_QUEUED, .clip = clip, .bus = bus, .echo = true};
    ramp_set_rt(&voice->factor[FACTOR_LIVE], 1);
    return voice;
}

void places_end_rt(struct engine *engine, struct voice *voice, int64_t frame)
{
    const struct family *family = core_family_rt(engine, voice);
    if (voice_sounds_rt(voice) && !voice->echo)
        core_tell_rt(engine, &(struct event){
            .type = EVENT_END, .cause = voice->cause, .bus = voice->bus, .clip = voice->clip, .voice = voice->serial,
            .frame = (uint64_t)frame,
            .heard_frames = (uint64_t)family_length_rt(family, voice_heard_rt(voice, family_at_rt(family, frame)))});
    publish_hide_rt(engine, voice);
    voice->kind = VOICE_FREE;
    clips_let_go_rt(engine, voice);
    ptrdiff_t place = voice - engine->voice;
    engine->taken[place / 64] &= ~(UINT64_C(1) << place % 64);
}

void places_stop_rt(struct engine *engine, struct voice *voice, enum end_cause cause)
{
    if (voice->kind == VOICE_QUEUED) {
        places_end_rt(engine, voice, engine->frame);
        return;
    }
    if (voice->stands) {
        voice->cause = (uint8_t)cause;
        places_end_rt(engine, voice, engine->frame);
        return;
    }
    if (voice->kind == VOICE_STOPPING && voice->cause == END_NATURAL)
        voice->cause = (uint8_t)cause;  /* the last pass of a loop: nothing follows any more */
    if (voice->kind != VOICE_PLAYING)
        return;
    const struct clip_params *params = engine->clip[voice->clip].params;
    const struct family *family = core_family_rt(engine, voice);
    struct fade_shape fade = timing_fade_rt(&family->timing, params->fade_out_s, params->fade_out_curve);
    voice->told_frame = (uint64_t)engine->frame;
    if (!voice_stop_rt(voice, family->frame, fade, cause))
        places_end_rt(engine, voice, engine->frame);
}

/* Past the soft limit the oldest ghost that was not told so yet ends in 1 ms more. */
static void hurry_oldest_ghost(struct engine *engine)
{
    struct voice *oldest = NULL;
    FOR_EACH_VOICE(engine, voice)
        if (voice->kind == VOICE_GHOST && !voice->hurried &&
            (!oldest || voice->told_frame < oldest->told_frame ||
             (voice->told_frame == oldest->told_frame && voice->serial < oldest->serial)))
            oldest = voice;
    if (!oldest)
        return;
    oldest->hurried = true;
    const struct family *family = core_family_rt(engine, oldest);
    if (!voice_ghost_rt(oldest, family->frame, family->timing.protection_frames, (enum end_cause)oldest->cause))
        places_end_rt(engine, oldest, engine->frame);
}

void places_ghost_rt(struct engine *engine, struct voice *voice, enum end_cause cause)
{
    if (voice->kind == VOICE_GHOST)
        return;
    const struct family *family = core_family_rt(engine, voice);
    voice->told_frame = (uint64_t)engine->frame;
    if (voice->kind == VOICE_QUEUED || !voice_ghost_rt(voice, family->frame, family->timing.cross_frames, cause)) {
        places_end_rt(engine, voice, engine->frame);
        return;
    }
    publish_hide_rt(engine, voice);
    if (places_ghosts_rt(engine) > ENGINE_GHOSTS_SOFT)
        hurry_oldest_ghost(engine);
}

bool places_echo_rt(struct engine *engine, const struct voice *voice)
{
    struct voice *echo = places_ghosts_rt(engine) < ENGINE_GHOSTS_HARD ? take(engine) : NULL;
    if (!echo)
        return false;
    *echo = *voice;
    echo->echo = true;
    echo->told_frame = (uint64_t)engine->frame;
    const struct family *family = core_family_rt(engine, echo);
    if (!voice_ghost_rt(echo, family->frame, family->timing.cross_frames, END_RESTART))
        places_end_rt(engine, echo, engine->frame);
    else if (places_ghosts_rt(engine) > ENGINE_GHOSTS_SOFT)
        hurry_oldest_ghost(engine);
    return true;
}

unsigned places_units_rt(struct engine *engine)
{
    unsigned units = 0;
    FOR_EACH_VOICE(engine, voice)
        if (voice_in_pool_rt(voice))
            units += voice->units;
    return units;
}

unsigned places_ghosts_rt(struct engine *engine)
{
    unsigned ghosts = 0;
    FOR_EACH_VOICE(engine, voice)
        ghosts += voice->kind == VOICE_GHOST;
    return ghosts;
}

bool places_bus_sounds_rt(struct engine *engine, unsigned bus)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice->bus == bus && voice_sounds_rt(voice) && !voice->stands)
            return true;
    return false;
}
