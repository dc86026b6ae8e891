/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The block of an emergency: see alarm.h. */
#include "config.h"

#include "screen/alarm.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <stdio.h>

bool alarm_is_up(const struct snapshot *snapshot)
{
    return snapshot->live.emergency != 0;
}

void alarm_draw(const struct glyphs *glyphs, int y, int width)
{
    static const unsigned style = TERM_RED | TERM_REVERSE | TERM_BOLD;
    char ways[160];
    snprintf(ways, sizeof ways, "F10: go on from here%s:resume all: also what was paused%sF12: end it all", glyphs->dot, glyphs->dot);
    const char *const lines[ALARM_LINES] = {"E M E R G E N C Y", "everything is silent and stands still", ways};
    for (int i = 0; i < ALARM_LINES; i++) {
        int left = (width - runes_width(lines[i])) / 2;
        term_put_line(y + i, 0, width, style, "");
        term_put(y + i, left, width - left, style | (i == 0 ? TERM_BLINK : 0), lines[i]);
    }
}
