/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A trigger of a clip (SPEC P3, P5, P10): what press and play do, by the clip's own rules.
 */
#ifndef ENGINE_PRESS_H
#define ENGINE_PRESS_H

#include "engine/core.h"

/* As the clip's key does. A press that comes too soon after the last that was done is refused (the guard); letting go never is.
 * Pre: the clip is installed. *value: what the result tells besides. */
RT_SAFE enum engine_result press_clip_rt(struct engine *engine, uint16_t clip, enum press_edge edge, uint16_t *value);
/* Starts it, in place of what of it sounds unless its press is layer; the same guard. */
RT_SAFE enum engine_result press_play_rt(struct engine *engine, uint16_t clip, const struct entry *entry, uint16_t *value);

#endif
