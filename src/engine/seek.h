/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A voice that goes on from another place of its medium (SPEC P6). */
#ifndef ENGINE_SEEK_H
#define ENGINE_SEEK_H

#include "engine/core.h"

/* What it was fades away within 5 ms as a ghost, what it will be comes in by the same cross-fade; its gain, fades and loop
 * passes go on. A queued voice will begin there. Return: RESULT_OK, RESULT_NO_ENTRY, RESULT_NOT_READY or RESULT_GHOSTS_FULL;
 * then nothing has changed. Pre: it is neither tail nor ghost. */
RT_SAFE enum engine_result seek_voice_rt(struct engine *engine, struct voice *voice, const struct entry *entry);

#endif
