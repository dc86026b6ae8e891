/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Supply: whether the samples a voice is about to sound are resident, and what becomes of one
 * whose are not (SPEC D4). The audio thread waits for nothing: such a voice fades out in 1 ms
 * over the last samples it has, goes on in time unheard, and fades in again in 1 ms when the
 * next 20 ms are there. Each time is counted and mentioned.
 */
#ifndef ENGINE_SUPPLY_H
#define ENGINE_SUPPLY_H

#include "engine/core.h"

/* What a start asks for: the first 20 ms of a region, or all of it. */
RT_SAFE bool supply_has_head_rt(const struct clipmem_view *view, const struct voice_region *region);
/* Before `count` frames of a sounding voice are mixed. */
RT_SAFE void supply_check_rt(struct engine *engine, struct voice *voice, uint32_t count);
/* After a period: tells the loader what the voices read, and leaves the period. Pre: there is a demand. */
RT_SAFE void supply_tell_rt(struct engine *engine);

#endif
