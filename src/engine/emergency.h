/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The emergency protocol (SPEC S3), all of it. Four phases, each stamped with the engine frame and the time at which it was
 * reached, kept in the picture that is published (struct state_emergency of wire/state.h):
 *
 *   1  muted by a fade of 1 ms that begins in the period in which the fault is seen
 *   2  what leaves the engine is at -60 dBFS or below, as measured
 *   3  the state of that period is published: voices, positions, busses
 *   4  recovered: verified by the samples and positions of a whole period more
 *
 * What is muted is what is concerned. By hand all that sounds fades out and stands still where it is, tails too, and nothing
 * starts; when it is over all goes on from there, fading in over 5 ms; a voice that was paused before stays so. A lost device,
 * or one that has one xrun after the other, holds nothing: the show goes on in time, unheard. Samples that are no numbers mute
 * the bus they are on, and no other, until it has been fine for 5 ms; then it fades in. A voice that has not its samples in
 * time is no emergency: it alone is silent (supply.h).
 */
#ifndef ENGINE_EMERGENCY_H
#define ENGINE_EMERGENCY_H

#include "engine/core.h"

/* By hand. */
RT_SAFE void emergency_raise_rt(struct engine *engine);
/* Nothing if there is none. */
RT_SAFE void emergency_lift_rt(struct engine *engine);

/* --- once a cut (period.c) --- */
/* Looks at the count frames of a bus that were just summed, `offset` frames into the period; mutes it if they are no numbers. */
RT_SAFE void emergency_guard_rt(struct engine *engine, unsigned bus, uint32_t offset, uint32_t count);

/* After them, the device's channels and all: mutes what leaves, where voices are heard too late for that. Pre: engine->frame is
 * the first frame of the cut. */
RT_SAFE void emergency_mute_rt(struct engine *engine, uint32_t offset, uint32_t count);

/* --- once a period: before it is published, and after --- */
RT_SAFE void emergency_measure_rt(struct engine *engine, uint32_t frames, const struct engine_output *output);
RT_SAFE void emergency_verify_rt(struct engine *engine);

#endif
