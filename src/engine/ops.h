/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each operation does, at the engine's present frame. One row a type in ops.c. */
#ifndef ENGINE_OPS_H
#define ENGINE_OPS_H

#include "engine/core.h"

/* Does it and tells its result. */
RT_SAFE void ops_run_rt(struct engine *engine, const struct posted *posted);

/* Whether a target names the voice. */
RT_SAFE bool ops_mean_rt(const struct engine *engine, const struct engine_target *target, const struct voice *voice);
/* The live fade of a voice, at this frame; to 0 it ends it. */
RT_SAFE void ops_fade_voice_rt(struct engine *engine, struct voice *voice, float level_lin, double seconds, unsigned curve);

#endif
