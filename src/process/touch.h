/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faulting in what voices are about to read, on main, so that the audio thread need not: a block
 * of clip memory that this process has not read yet costs its first reader some microseconds.
 */
#ifndef PROCESS_TOUCH_H
#define PROCESS_TOUCH_H

#include <stdint.h>

struct stage;

/* The first quarter of a second of a medium that has become ready. */
void touch_head(const struct stage *stage, uint32_t slot);
/* The next tenth of a second of every voice; called every turn of the loop while anything sounds. About 5 us for 24 voices. */
void touch_ahead(const struct stage *stage);

#endif
