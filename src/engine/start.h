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
/* On the Audition bus, in place of what is there; the clip that already sounds there is stopped instead, unless an entry is
 * given. */
RT_SAFE enum engine_result start_audition_rt(struct engine *engine, uint16_t clip, const struct entry *entry);
/* Once a period: what is queued and whose medium has come starts, in order of firing, or is refused. */
RT_SAFE void start_queued_rt(struct engine *engine);

#endif
