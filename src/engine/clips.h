/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Installed clips. Parameters come by OP_CLIP and belong to the audio thread until EVENT_RETIRED,
 * which is sent only when no voice reads the medium they name any more: a main that has got
 * them all back may have the medium dropped.
 */
#ifndef ENGINE_CLIPS_H
#define ENGINE_CLIPS_H

#include "engine/core.h"

/* params NULL: the clip is gone. Pre: clip < ENGINE_CLIPS. Voices have been told before. */
RT_SAFE void clips_install_rt(struct engine *engine, uint16_t clip, const struct posted *posted);
/* A voice lets go of what it and its heir hold. */
RT_SAFE void clips_let_go_rt(struct engine *engine, struct voice *voice);
/* These are not held any more by whoever held them: retired, if they were replaced and nobody else does. */
RT_SAFE void clips_drop_rt(struct engine *engine, const struct clip_params *params);

#endif
