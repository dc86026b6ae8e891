/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The docked panel: lines of text under the grid, which stays in sight and goes on firing (SPEC U4).
 * Help is one text it shows, long answers of commands are others. Arrows and PgUp/PgDn scroll it.
 */
#ifndef SCREEN_PANEL_H
#define SCREEN_PANEL_H

#include "base/strbuf.h"
#include "screen/input.h"

#include <stdbool.h>

struct panel {
    bool open;
    char title[64];
    struct strbuf text;                 /* lines */
    int lines, top, height;             /* of the text as broken to the width; first in sight; in sight, without the title */
};

void panel_init(struct panel *panel);
void panel_clear(struct panel *panel);
/* Opens it with a text, which is copied. */
void panel_show(struct panel *panel, const char *title, const char *text);
void panel_close(struct panel *panel);
/* Return: the key was one of its own. */
bool panel_key(struct panel *panel, struct key key);
void panel_draw(struct panel *panel, int y, int height, int width);

#endif
