/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rings of clips: see endless.h. Audio thread; in use where a render asks for its end. */
#include "config.h"

#include "engine/endless.h"
#include "engine/core.h"
#include "engine/turns.h"

#include <string.h>

static bool will_sound(const struct engine *engine, unsigned clip)
{
    const struct clip_params *params = clip < ENGINE_CLIPS ? engine->clip[clip].params : NULL;
    uint32_t turn = 0;
    return params && clipmem_state_rt(engine->memory, turns_medium_rt(engine->memory, params, &turn)) != CLIPMEM_FAILED;
}

static bool loops_for_ever(const struct clip_params *params)
{
    return params->mode == CLIP_LOOP && params->loops == 0;
}

/* Edge 0 is what follows, the others are links. Return: the clip it starts, or ENGINE_CLIPS_NONE; *late: it takes time. */
static unsigned edge_of(const struct engine *engine, const struct clip_params *params, unsigned edge, bool *late)
{
    unsigned clip = ENGINE_CLIPS_NONE;
    *late = true;
    if (edge == 0) {
        clip = params->follow == FOLLOW_CLIP ? params->follow_clip : ENGINE_CLIPS_NONE;
    } else if (params->link[edge - 1].does == LINK_START) {
        const struct clip_link *link = &params->link[edge - 1];
        clip = link->target.index;
        *late = link->at_end || timing_frames_rt(&engine->rate->timing, link->delay_s) > 0;
    }
    return will_sound(engine, clip) ? clip : ENGINE_CLIPS_NONE;
}

static void enter(struct endless *search, unsigned clip, bool late)
{
    search->found[clip] = search->low[clip] = ++search->last;
    search->open[search->opened++] = search->path[search->depth++] = (uint16_t)clip;
    search->is_open[clip] = true;
    search->late[clip] = late;
    search->edge[clip] = 0;
}

static void leave(struct endless *search)
{
    unsigned clip = search->path[--search->depth], last;
    if (search->low[clip] == search->found[clip]) {
        do {
            last = search->open[--search->opened];
            search->is_open[last] = false;
        } while (last != clip);
    }
    if (search->depth && search->low[clip] < search->low[search->path[search->depth - 1]])
        search->low[search->path[search->depth - 1]] = search->low[clip];
}

/* Return: true if the search has come upon what does not end. */
static bool look(const struct engine *engine, struct endless *search, unsigned clip, bool late)
{
    if (clip == ENGINE_CLIPS_NONE)
        return false;
    if (loops_for_ever(engine->clip[clip].params))
        return true;
    if (!search->found[clip]) {
        enter(search, clip, late);
        return false;
    }
    if (!search->is_open[clip])
        return false;
    unsigned from = search->path[search->depth - 1];
    if (search->found[clip] < search->low[from])
        search->low[from] = search->found[clip];
    return late;
}

static bool search_from(const struct engine *engine, struct endless *search, unsigned clip)
{
    bool late;
    if (search->found[clip])
        return false;
    if (look(engine, search, clip, false))
        return true;
    while (search->depth) {
        unsigned at = search->path[search->depth - 1];
        const struct clip_params *params = engine->clip[at].params;
        if (search->edge[at] <= params->links) {
            unsigned to = edge_of(engine, params, search->edge[at]++, &late);
            if (look(engine, search, to, late))
                return true;
            continue;
        }
        leave(search);
        if (search->is_open[at] && search->late[at])    /* it leads back to where it was found from, by an edge that takes time */
            return true;
    }
    return false;
}

/* What a voice that sounds has still to start: its links at the start are done. */
static bool search_after(const struct engine *engine, struct endless *search, const struct clip_params *params)
{
    bool late;
    for (unsigned edge = 0; edge <= params->links; edge++) {
        unsigned clip = edge_of(engine, params, edge, &late);
        bool done = edge > 0 && !params->link[edge - 1].at_end;
        if (clip != ENGINE_CLIPS_NONE && !done && search_from(engine, search, clip))
            return true;
    }
    return false;
}

bool endless_rt(struct engine *engine)
{
    struct endless *search = &engine->endless;
    memset(search->found, 0, sizeof search->found);
    search->last = 0;
    search->opened = search->depth = 0;
    if (engine->emergency && engine_sounding_rt(engine))
        return true;
    FOR_EACH_VOICE(engine, voice) {
        const struct clip_params *params = voice->orphan ? NULL : engine->clip[voice->clip].params;
        if (!params || voice->kind > VOICE_STOPPING || voice->cause != END_NATURAL)
            continue;
        if (voice->kind == VOICE_QUEUED ? voice->pauses || search_from(engine, search, voice->clip)
                                        : voice_endless_rt(voice) ||
                                          (voice->bus != ENGINE_BUS_AUDITION && search_after(engine, search, params)))
            return true;
    }
    return false;
}
