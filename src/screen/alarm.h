/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must be seen from across the room: an emergency holds everything. A bright block in place of
 * the first lines of the playing list (or of a panel) says so, and what ends it, for as long as it
 * lasts. Without colours it is reversed, and never only blinking.
 */
#ifndef SCREEN_ALARM_H
#define SCREEN_ALARM_H

#include "screen/glyphs.h"
#include "screen/snapshot.h"

enum { ALARM_LINES = 3 };

bool alarm_is_up(const struct snapshot *snapshot);
/* ALARM_LINES lines from y on. */
void alarm_draw(const struct glyphs *glyphs, int y, int width);

#endif
