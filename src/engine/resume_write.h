/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audio thread's side of the resume state (resume.h): told what changes, it writes all of it at the end of a period. */
#ifndef ENGINE_RESUME_WRITE_H
#define ENGINE_RESUME_WRITE_H

#include "engine/core.h"

/* The period is made: writes what the next engine needs to go on with the frame after it. Some microseconds; see tests/bench. */
RT_SAFE void resume_write_rt(struct engine *engine);
/* Of this clip something has changed that stands in its cell: parameters, turn, mute, guard. */
RT_SAFE void resume_touch_rt(struct engine *engine, uint16_t clip);
/* This operation has been done in the period that is being made. */
RT_SAFE void resume_done_rt(struct engine *engine, uint32_t serial);
/* From now on the samples of this clip are being made; ENGINE_CLIPS_NONE: of none. */
RT_SAFE void resume_rendering_rt(struct engine *engine, uint16_t clip);

#endif
