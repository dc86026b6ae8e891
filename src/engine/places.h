/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The voices' places: taking one, ending, becoming a ghost, and who may be stopped. Rules of
 * clips and groups are in start.c.
 */
#ifndef ENGINE_PLACES_H
#define ENGINE_PLACES_H

#include "engine/core.h"

/* The lowest free place, queued and marked taken, with the next serial. Return: NULL if there is none. */
RT_SAFE struct voice *places_take_rt(struct engine *engine, uint16_t clip, uint8_t bus);
/* A place for a ghost of which nobody is told, shown nowhere; all zero but for clip and bus. Return: NULL if there is no room. */
RT_SAFE struct voice *places_take_ghost_rt(struct engine *engine, uint16_t clip, uint8_t bus);
/* It is over: tells main (unless it never sounded) and frees its place. frame: the first it does not sound in. */
RT_SAFE void places_end_rt(struct engine *engine, struct voice *voice, int64_t frame);
/* Told to stop with its clip's fade-out; what is queued is gone, tails and ghosts are left alone. */
RT_SAFE void places_stop_rt(struct engine *engine, struct voice *voice, enum end_cause cause);
/* Ends within 5 ms, as one more ghost; what is queued is gone, ghosts are left alone. */
RT_SAFE void places_ghost_rt(struct engine *engine, struct voice *voice, enum end_cause cause);

/* A ghost of what the voice is now, in a place of its own, whose end is told to nobody. Return: false if there is no room for
 * it: nothing has changed. */
RT_SAFE bool places_echo_rt(struct engine *engine, const struct voice *voice);

RT_SAFE unsigned places_units_rt(struct engine *engine);            /* of ENGINE_POOL_UNITS, in use */
RT_SAFE unsigned places_ghosts_rt(struct engine *engine);
RT_SAFE bool places_bus_sounds_rt(struct engine *engine, unsigned bus);

#endif
