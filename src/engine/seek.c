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

enum engine_result seek_voice_rt(struct engine *engine, struct voice *voice, const struct entry *entry)
{
    if (voice->kind == VOICE_QUEUED) {
        voice->entry = *entry;
        return RESULT_OK;
    }
    const struct clip_params *params = engine->clip[voice->clip].params;
    struct entry to = *entry;
    to.anywhere |= voice->bus == ENGINE_BUS_AUDITION;
    struct voice_region region;
    enum engine_result result = voice_region_rt(params, &voice->view, &to, &region);
    if (result != RESULT_OK)
        return result;
    return jump(engine, voice, params, &region) ? RESULT_OK : RESULT_GHOSTS_FULL;
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
        break;
    case CUT_OUTSIDE:
        if (jump(engine, voice, params, &region))
            voice->released |= released;
        break;
    case CUT_NOTHING:
        break;
    }
}
