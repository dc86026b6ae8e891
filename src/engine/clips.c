/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose parameters are whose: see clips.h. */
#include "config.h"

#include "engine/clips.h"
#include "engine/resume_write.h"
#include "engine/turns.h"

static bool is_held(struct engine *engine, const struct clip_params *params)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice->held == params || voice->heir.params == params)
            return true;
    return engine->passing == params;
}

static void tell_retired(struct engine *engine, const struct clip_params *params)
{
    core_tell_rt(engine, &(struct event){.type = EVENT_RETIRED, .params = params});
}

void clips_install_rt(struct engine *engine, uint16_t clip, const struct posted *posted)
{
    struct clip_slot *slot = &engine->clip[clip];
    const struct clip_params *old = slot->params;
    slot->params = posted->op.params;
    slot->sides = posted->sides;
    resume_touch_rt(engine, clip);
    if (slot->params)
        slot->tab = slot->params->tab;
    else
        slot->muted = slot->fired = false;
    if (!old || !slot->params || !turns_same_rt(old, slot->params))
        slot->turn = 0;
    if (!old)
        return;
    if (is_held(engine, old))           /* each has a voice or an heir of its own: there is room */
        engine->retiring[engine->retirings++] = old;
    else
        tell_retired(engine, old);
}

void clips_drop_rt(struct engine *engine, const struct clip_params *params)
{
    if (!params || is_held(engine, params))
        return;
    for (unsigned i = 0; i < engine->retirings; i++) {
        if (engine->retiring[i] != params)
            continue;
        engine->retiring[i] = engine->retiring[--engine->retirings];
        tell_retired(engine, params);
        return;
    }
}

void clips_let_go_rt(struct engine *engine, struct voice *voice)
{
    const struct clip_params *held = voice->held, *heirs = voice->heir.params;
    voice->held = voice->heir.params = NULL;
    clips_drop_rt(engine, held);
    clips_drop_rt(engine, heirs);
}
