/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inputs as the engine's main thread sees them: what the configuration asks for, and what `device capture`, `record_a`,
 * `record_b` and `ltc` change while the show plays. Inputs that are being recorded stay as they are: that is refused. What does
 * not work is taken back. Main never waits here: the old device may take its time to let go, or never do so; until it has, none
 * other is opened. Thread: main.
 */
#ifndef PROCESS_LISTENING_H
#define PROCESS_LISTENING_H

#include "process/stage.h"

void listening_begin(struct stage *stage);              /* as configured */
void listening_change(struct stage *stage, struct ticket ticket, const struct command_device *choice);
void listening_watch(struct stage *stage);              /* once a loop: what came, went or changed is said once, and answered */
void listening_fmt_choices(const struct stage *stage, struct strbuf *out);      /* the lines of `device` */

#endif
