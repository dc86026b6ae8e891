/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links: what a clip does to others when it starts or ends by itself (SPEC P7). A start by a link
 * that comes later is a queued voice; a stop or a fade that comes later is a task. Links of starts
 * are done after the operations of their frame, those of the clip that was fired first first. A
 * clip that has already started on a frame is not started on it again, and links start no more than
 * ENGINE_LINKED of them, so that a ring of links ends.
 */
#ifndef ENGINE_LINKAGE_H
#define ENGINE_LINKAGE_H

#include "engine/core.h"

enum { ENGINE_LINKED = 64 };            /* starts by links on one frame */

/* Tasks that are due. */
RT_SAFE void linkage_run_tasks_rt(struct engine *engine);
/* The links of all that has started. */
RT_SAFE void linkage_run_starts_rt(struct engine *engine);
/* The links of a clip that has ended by itself at this frame. line: of the voice. */
RT_SAFE void linkage_end_rt(struct engine *engine, uint16_t clip, const struct clip_params *params, uint64_t line);
/* Frames until a task is due, at most count. */
RT_SAFE uint32_t linkage_due_in_rt(const struct engine *engine, uint32_t count);
/* Tasks that wait are gone. */
RT_SAFE void linkage_forget_rt(struct engine *engine);

#endif
