/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the screens see of the engine: struct state_live, written whole once a period. A voice
 * keeps its place in the picture for as long as it is shown; ghosts are not.
 */
#ifndef ENGINE_PUBLISH_H
#define ENGINE_PUBLISH_H

#include "engine/core.h"

enum { SHOWN_AUDITION = STATE_VOICES - 1 };

void publish_init(struct engine *engine);
/* A voice took a place in the pool, or on Audition. */
RT_SAFE void publish_show_rt(struct engine *engine, struct voice *voice);
/* It is over or a ghost; nothing if it is not shown. */
RT_SAFE void publish_hide_rt(struct engine *engine, const struct voice *voice);
/* Once a period, when its frames are made. */
RT_SAFE void publish_period_rt(struct engine *engine);

#endif
