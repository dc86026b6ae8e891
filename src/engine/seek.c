/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going on from another place: see seek.h. Audio thread. */
#include "config.h"

#include "engine/seek.h"
#include "engine/clips.h"
#include "engine/places.h"

enum engine_result seek_voice_rt(struct engine *engine, struct voice *voice, const struct entry *entry)
{
    if (voice->kind == VOICE_QUEUED) {
        voice->entry = *entry;
        return RESULT_OK;
    }
    const struct clip_params *params = engine->clip[voice->clip].params;
    struct voice_region region;
    enum engine_result result = voice_region_rt(params, &voice->view, entry, &region);
    if (result != RESULT_OK)
        return result;
    if (!voice->stands && !places_echo_rt(engine, voice))
        return RESULT_GHOSTS_FULL;
    const struct clip_params *heirs = voice->heir.params;
    voice->heir.params = NULL;          /* its end is somewhere else now */
    clips_drop_rt(engine, heirs);
    const struct family *family = core_family_rt(engine, voice);
    if (voice->pauses && !voice->stands)
        voice_stand_rt(voice, family->frame);
    voice_jump_rt(voice, &family->timing, params, &region, family->frame);
    return RESULT_OK;
}
