/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A voice that goes on from another place of its medium: told to (SPEC P6), or because its clip was edited (M1). */
#ifndef ENGINE_SEEK_H
#define ENGINE_SEEK_H

#include "engine/core.h"

/* All voices of the clip, Audition's too, but for tails and ghosts: what they were fades away within 5 ms as ghosts, what
 * they will be comes in by the same cross-fade; gain, fades and loop passes go on. A queued voice will begin there. Return:
 * RESULT_OK; or RESULT_NOT_SOUNDING, RESULT_NO_ENTRY, RESULT_OUTSIDE, RESULT_NOT_READY, RESULT_GHOSTS_FULL, and nothing has
 * changed. */
RT_SAFE enum engine_result seek_clip_rt(struct engine *engine, uint16_t clip, const struct entry *entry);
/* Its clip has another IN or OUT while it sounds: it begins again at IN if its place is no longer between them. Without room for
 * another ghost it keeps those it had. */
RT_SAFE void seek_recut_rt(struct engine *engine, struct voice *voice, const struct clip_params *params);

#endif
