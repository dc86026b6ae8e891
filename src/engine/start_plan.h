/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a start would do to others (SPEC K1-K4): see start.h. Audio thread.
 *
 * A plan gives each voice a fate: keep, be stopped (it becomes a tail), or be ended (it becomes
 * a ghost). The rules add to it in their order: what the press does to the clip's own voices,
 * what choke and stop_others stop, the group's limit, the pool. A voice the plan stops counts as
 * a tail, the youngest, for the rules after it.
 */
#ifndef ENGINE_START_PLAN_H
#define ENGINE_START_PLAN_H

#include "engine/start.h"

enum fate { FATE_KEEP, FATE_STOP, FATE_END };

struct plan {
    struct engine *engine;
    uint16_t clip;
    const struct clip_params *params;
    const struct group_params *group;
    struct voice *self;                 /* the voice that was queued; NULL: a new one */
    const struct voice *leader;         /* ends at this frame and counts no more; NULL: nobody does */
    bool unasked;                       /* no operation started it */
    bool follows;                       /* a voice that has just ended, or is about to */
    uint8_t pauses;                     /* enum voice_pause: it begins standing */
    uint64_t line;                      /* struct voice; 0: its own */
    int64_t due_frame;
    float level;                        /* it takes over from a leader of that level; -1: it does not */
    uint32_t lent;                      /* then: frames of it that have sounded already */
    bool sounds;                        /* it starts now; else it waits for its medium */
    uint32_t turn;                      /* which of the clip's media it plays */
    struct clipmem_view view;           /* of a medium that is there */
    unsigned units;                     /* it will hold */
    bool restarts;                      /* something of the clip that is heard gives way to it */
    bool replaces;                      /* something of the clip, heard or not, gives its place to it */
    struct entry entry;
    uint8_t fate[ENGINE_VOICES], cause[ENGINE_VOICES];
};

/* Fills in what becomes of everybody. *value: as start_clip_rt(). Return: why it cannot start; then the plan is not carried out. */
RT_SAFE enum engine_result start_plan_rt(struct plan *plan, enum start_how how, uint16_t *value);

/* For a start without rules, on the Audition bus: what its medium allows, and whether what gives way has room to fade. */
RT_SAFE enum engine_result start_plan_medium_rt(struct plan *plan);
RT_SAFE enum engine_result start_plan_ghosts_rt(const struct plan *plan);
RT_SAFE void start_set_fate_rt(struct plan *plan, const struct voice *voice, enum fate fate, enum end_cause cause);

RT_SAFE static inline enum fate start_fate_rt(const struct plan *plan, const struct voice *voice)
{
    return (enum fate)plan->fate[voice - plan->engine->voice];
}

#endif
