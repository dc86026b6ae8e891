/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Starting a clip (SPEC P1-P4, K1-K3): may it, at whose cost, and then it does. A start is first
 * planned whole, and only a plan that holds is carried out: a refusal changes nothing.
 */
#ifndef ENGINE_START_H
#define ENGINE_START_H

#include "engine/core.h"

enum start_how {
    START_PLAIN,                        /* beside what of the clip still fades */
    START_RESTART,                      /* in place of every voice of the clip */
    START_LAYER,                        /* beside every voice of the clip, up to four */
};

/* A clip whose medium is on its way gets a queued voice. *value: what the result tells besides. Pre: the clip is installed. */
RT_SAFE enum engine_result start_clip_rt(struct engine *engine, uint16_t clip, const struct entry *entry, enum start_how how,
                                         uint16_t *value);
/* A start that no operation asked for: from IN, as `play` does it. */
struct start_order {
    uint16_t clip;
    uint64_t line;                      /* struct voice */
    int64_t due_frame;                  /* it waits until then, queued */
    uint8_t pauses;                     /* what held its leader holds it too, at its beginning */
    uint32_t lent;                      /* frames of it that have sounded with its leader */
    bool follows;                       /* a voice that has just ended: it takes its place, also when load refuses new ones */
    const struct voice *leader;         /* ends at this very frame: in no limit any more; NULL: nobody does */
};
/* Whether it would sound at this frame, with nothing before it to make way and without a fade-in of its own. Return: true
 * with the heir that the leader may hold. Pre: the clip is installed. */
RT_SAFE bool start_would_follow_rt(struct engine *engine, const struct start_order *order, struct voice_heir *heir);
/* level: of the leader that it takes over from without a fade, or -1. *taken: whether it did. Pre: as above. */
RT_SAFE enum engine_result start_unasked_rt(struct engine *engine, const struct start_order *order, float level, bool *taken);
/* On the Audition bus, in place of what is there; the clip that already sounds there is stopped instead, unless an entry is
 * given. keep: it goes on. */
RT_SAFE enum engine_result start_audition_rt(struct engine *engine, uint16_t clip, const struct entry *entry, bool keep);
/* Once a period, and where something is due: what is queued, due, and whose medium has come starts, in order of firing, or is
 * refused. */
RT_SAFE void start_queued_rt(struct engine *engine);
/* Frames until something queued is due, at most count. */
RT_SAFE uint32_t start_due_in_rt(struct engine *engine, uint32_t count);

#endif
