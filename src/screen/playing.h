/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The playing list: every voice in words, with both its times. A voice keeps its place until it
 * ends, so that the eye finds it again and a slow link is spared; a new one takes the first free
 * place. When more sound than there is room for, the last place counts the others.
 */
#ifndef SCREEN_PLAYING_H
#define SCREEN_PLAYING_H

#include "screen/glyphs.h"
#include "screen/snapshot.h"

struct playing {
    uint64_t serial[STATE_VOICES];      /* voice at each place; 0: free */
    uint8_t voice[STATE_VOICES];        /* its index in the live block; valid after an update */
    uint64_t face[STATE_VOICES];        /* what is drawn at each place (cell.h) */
    int per_line, hidden;               /* as drawn */
};

void playing_init(struct playing *playing);
/* places: how many can be drawn. Voices beyond them move up into free ones. */
void playing_update(struct playing *playing, const struct snapshot *snapshot, int places);
/* Return: entries beside each other for that many voices in `height` lines of `width` columns. */
int playing_per_line(int voices, int width, int height);
/* all: onto a blank picture; otherwise only what looks different by now. */
void playing_draw(struct playing *playing, bool all, const struct snapshot *snapshot, const struct glyphs *glyphs, int y,
                  int height, int width);

#endif
