/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether what stands in a resume state can be true. The engine that wrote it may have died of
 * memory that was written over: each function looks at all that the engine would trust, brings flags to
 * true or false, and says no to what could make it read or write where it must not, loop for ever, or mix
 * what is no number. What is merely wrong (another position, another level) it cannot tell. Main thread; pure.
 */
#ifndef ENGINE_RESUME_SANE_H
#define ENGINE_RESUME_SANE_H

#include "engine/resume_layout.h"

bool resume_sane_head(struct resume_head *head);
/* What of a voice does not depend on its medium or on others. */
bool resume_sane_voice(struct resume_voice *item);
/* What does: of a voice that sounds, with its view taken anew. */
bool resume_sane_place(const struct voice *voice);
bool resume_sane_gain(const struct resume_gain *gain);
bool resume_sane_task(struct link_task *task);
bool resume_sane_params(struct clip_params *params);
bool resume_sane_link(struct clip_link *link);
bool resume_sane_samples(const float *samples, size_t count);
/* fresh: a limiter of this rate. */
bool resume_sane_limiter(const struct limiter *limiter, const struct limiter *fresh);

#endif
