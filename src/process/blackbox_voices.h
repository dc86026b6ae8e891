/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What sounds, in the flight recorder (FLIGHT_VOICES): for a show that goes on behind a power cut (recall.h). Thread: engine main.
 */
#ifndef PROCESS_BLACKBOX_VOICES_H
#define PROCESS_BLACKBOX_VOICES_H

#include "process/stage.h"

/* Once a loop: told if it is another than was told last. now: clock_now_rt(). */
void blackbox_voices_turn(struct stage *stage, uint64_t now);
/* Told at once. */
void blackbox_voices_tell(struct stage *stage);

#endif
