/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The emergency by hand (SPEC S3): everything that sounds fades out in 1 ms and stands still
 * where it is, tails too; nothing starts. When it is over all goes on from there, fading in
 * over 5 ms. A voice that was paused before stays so.
 */
#ifndef ENGINE_EMERGENCY_H
#define ENGINE_EMERGENCY_H

#include "engine/core.h"

RT_SAFE void emergency_raise_rt(struct engine *engine);
/* Nothing if there is none. */
RT_SAFE void emergency_lift_rt(struct engine *engine);

#endif
