/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A show that was cut off (a power cut, a kill of all of it) is begun again: what becomes of the clips that sounded is a setting,
 * after_cut. They are fired as soon as what is known of their media allows it, by lines like anybody's. Thread: engine main.
 */
#ifndef PROCESS_RECALL_H
#define PROCESS_RECALL_H

#include "process/stage.h"

void recall_take(struct stage *stage, const struct msg_aftermath *aftermath);
void recall_turn(struct stage *stage);          /* once a loop */
/* Clips that are not fired yet, or not to be seen in `live` though they were, as queued ones of FLIGHT_VOICES: for a show that is
 * cut off again before they sound. */
void recall_fmt(const struct stage *stage, const struct state_live *live, struct strbuf *out);

#endif
