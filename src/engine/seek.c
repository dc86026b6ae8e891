/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going on from another place: see seek.h. Audio thread. */
#include "config.h"

#include "engine/seek.h"
#include "engine/clips.h"
#include "engine/places.h"

/* Return: false if there is no room for what it leaves behind: nothing has changed. */
static bool jump(struct engine *engine, struct voice *voice, const struct clip_params *params, const struct voice_region *region)
{
    if (!voice->stands && !places_echo_rt(engine, voice))
        return false;
    const struct clip_params *heirs = voice->heir.params;
    voice->heir.params = NULL;          /* its end is somewhere else now */
    clips_drop_rt(engine, heirs);
    const struct family *family = core_family_rt(engine, voice);
    if (voice->pauses)
        voice_stand_rt(voice, family->frame);
    voice_jump_rt(voice, &family->timing, params, region, family->frame);
    return true;
}

static bool is_meant(const struct voice *voice, uint16_t clip)
{
    return voice_is_of_rt(voice, clip) && voice->kind != VOICE_STOPPING;
}

/* On Audition every place of the file may be looked at. */
static enum engine_result find_region(const struct engine *engine, const struct voice *voice, const struct entry *entry,
                                      struct voice_region *region)
{
    struct entry to = *entry;
    to.anywhere |= voice->bus == ENGINE_BUS_AUDITION;
    return voice_region_rt(engine->clip[voice->clip].params, &voice->view, &to, region);
}

static enum engine_result check_all(struct engine *engine, uint16_t clip, const struct entry *entry)
{
    enum engine_result all = RESULT_NOT_SOUNDING;
    unsigned ghosts = places_ghosts_rt(engine);
    FOR_EACH_VOICE(engine, voice) {
        struct voice_region region;
        if (!is_meant(voice, clip))
            continue;
        all = voice->kind == VOICE_QUEUED ? RESULT_OK : find_region(engine, voice, entry, &region);
        ghosts += voice->kind != VOICE_QUEUED && !voice->stands;
        if (all != RESULT_OK)
            return all;
    }
    return all == RESULT_OK && ghosts > ENGINE_GHOSTS_HARD ? RESULT_GHOSTS_FULL : all;
}

enum engine_result seek_clip_rt(struct engine *engine, uint16_t clip, const struct entry *entry)
{
    enum engine_result result = check_all(engine, clip, entry);
    if (result != RESULT_OK)
        return result;
    FOR_EACH_VOICE(engine, voice) {
        struct voice_region region;
        if (!is_meant(voice, clip))
            continue;
        if (voice->kind == VOICE_QUEUED)
            voice->entry = *entry;
        else if (find_region(engine, voice, entry, &region) == RESULT_OK)
            jump(engine, voice, engine->clip[clip].params, &region);
    }
    return RESULT_OK;
}

void seek_recut_rt(struct engine *engine, struct voice *voice, const struct clip_params *params)
{
    const struct family *family = core_family_rt(engine, voice);
    struct voice_region region;
    bool released = voice->released;
    switch (voice_cut_rt(voice, &family->timing, params, family->frame, &region)) {
    case CUT_INSIDE:
        voice->in = region.in;
        voice->out = region.out;
        voice->sequence = region.sequence;
        break;
    case CUT_OUTSIDE:
        if (jump(engine, voice, params, &region))
            voice->released |= released;
        break;
    case CUT_NOTHING:
        break;
    }
}
