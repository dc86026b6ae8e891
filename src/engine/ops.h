/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each operation does, at the engine's present frame. One row a type in ops.c. */
#ifndef ENGINE_OPS_H
#define ENGINE_OPS_H

#include "engine/core.h"

/* Does it and tells its result. */
RT_SAFE void ops_run_rt(struct engine *engine, const struct posted *posted);

#endif
