/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Places of a clip on a grid of time (SPEC M4): frames of film, television and displays (SPEC T6), or beats. A grid begins with the
 * file's first frame. Pure.
 */
#ifndef SHOW_SNAP_H
#define SHOW_SNAP_H

#include "show/show.h"

struct strbuf;

struct snap_grid {
    int64_t lines, seconds;             /* so many lines in so many seconds; both above 0 */
};
enum snap_place { SNAP_IN = 1, SNAP_OUT = 2, SNAP_MARKERS = 4, SNAP_FADE_MARKERS = 8, SNAP_ALL = 15 };

/* `25`, `29.97` (of 1001ths of a second, as all that end so), `120bpm`, `97.5bpm`. Return: 0, or -1 with err. */
int snap_parse_grid(const char *text, struct snap_grid *grid, struct err *err);
void snap_fmt_allowed(struct strbuf *out);
/* The frame of a file of this rate that is nearest to the line that is nearest to this one; halves up, both. Pre: 0 <= frame <= 2^62,
 * rate up to 384000. */
int64_t snap_frame(const struct snap_grid *grid, uint32_t rate, int64_t frame);
/* All of these places that the clip has. Return: 0, or -1 with err: IN and OUT, or the ends of a fade marker, would fall on one
 * line. The clip may be half changed then. */
int snap_clip(struct show_clip *clip, const struct snap_grid *grid, uint32_t rate, unsigned places, struct err *err);

#endif
