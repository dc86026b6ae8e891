/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything held at once: see emergency.h. Audio thread. Ghosts, which have no place to go back to, are ended. */
#include "config.h"

#include "engine/emergency.h"
#include "engine/places.h"

static void tell(struct engine *engine)
{
    core_tell_rt(engine, &(struct event){.type = EVENT_EMERGENCY, .value = engine->emergency, .frame = (uint64_t)engine->frame});
}

void emergency_raise_rt(struct engine *engine)
{
    uint32_t frames = engine->timing.protection_frames;
    engine->emergency = true;
    FOR_EACH_VOICE(engine, voice) {
        if (voice->kind != VOICE_GHOST)
            voice_pause_rt(voice, engine->frame, PAUSE_EMERGENCY, frames);
        else if (voice->kind == VOICE_GHOST && !voice_ghost_rt(voice, engine->frame, frames, (enum end_cause)voice->cause))
            places_end_rt(engine, voice, engine->frame);
    }
    tell(engine);
}

void emergency_lift_rt(struct engine *engine)
{
    if (!engine->emergency)
        return;
    engine->emergency = false;
    FOR_EACH_VOICE(engine, voice)
        voice_resume_rt(voice, engine->frame, PAUSE_EMERGENCY, engine->timing.cross_frames);
    tell(engine);
}
