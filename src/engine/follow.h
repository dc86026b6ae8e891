/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comes when a voice ends by itself (SPEC P7): another clip, a stop, or nothing. The end is a
 * frame known beforehand, and the period is cut there, so what follows begins on its exact frame.
 *
 * A seamless follower begins at the frame after the last, and neither fades (SPEC P11). Whether it
 * will is decided 1 ms before the end, where the leader would begin to fade: if the follower would
 * start at once, on the same bus, with no fade of its own, it becomes the leader's heir. Whatever
 * happens in that last millisecond (a stop, a choke, a clear), what had to be loud at the end goes
 * on into the heir: either as the follower, or as a ghost of it that dies away in 1 ms.
 */
#ifndef ENGINE_FOLLOW_H
#define ENGINE_FOLLOW_H

#include "engine/core.h"

/* Before frames are made: decides what is to be decided at this frame. */
RT_SAFE void follow_decide_rt(struct engine *engine);
/* Frames until an end that something follows, or until a decision, at most count. */
RT_SAFE uint32_t follow_due_in_rt(struct engine *engine, uint32_t count);
/* After frames were made: frees the places of what is over, and starts what follows. */
RT_SAFE void follow_ends_rt(struct engine *engine);
/* The clip that will follow a voice that plays; ENGINE_CLIPS_NONE: none. */
RT_SAFE uint16_t follow_next_rt(const struct engine *engine, const struct voice *voice);

#endif
