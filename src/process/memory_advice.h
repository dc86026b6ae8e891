/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What clip memory a show would need, and what its clips get of the memory there is: for
 * `clipgrid check`. The arithmetic is the loader's own (media/budget.h). One thread.
 */
#ifndef PROCESS_MEMORY_ADVICE_H
#define PROCESS_MEMORY_ADVICE_H

#include "media/probe.h"
#include "process/report.h"
#include "show/show.h"

#include <stdint.h>

struct memory_advice;

struct memory_advice *memory_advice_new(void);
void memory_advice_free(struct memory_advice *advice);
/* A clip, and what its file holds. Clips of one file share its memory. */
void memory_advice_add(struct memory_advice *advice, const struct show_clip *clip, const struct probe_info *info);
/* After the last clip: one item if the show does not fit the budget (bytes) whole, with the setting that mends it, and in the
 * JSON the field `memory`. */
void memory_advice_report(struct memory_advice *advice, uint64_t budget, const char *session, struct report *report);

#endif
