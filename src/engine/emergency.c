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
    engine->emergency = true;
    FOR_EACH_VOICE(engine, voice) {
        uint32_t frames = core_family_rt(engine, voice)->timing.protection_frames;
        if (voice->kind != VOICE_GHOST)
            voice_pause_rt(voice, core_now_rt(engine, voice), PAUSE_EMERGENCY, frames);
        else if (!voice_ghost_rt(voice, core_now_rt(engine, voice), frames, (enum end_cause)voice->cause))
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
        voice_resume_rt(voice, core_now_rt(engine, voice), PAUSE_EMERGENCY, core_family_rt(engine, voice)->timing.cross_frames);
    tell(engine);
}
