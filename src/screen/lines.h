/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three single lines: the tabs on top with the show's name, its lock and the clock; the line of the
 * cursor's cell, which tells all of it in words; the device. The clock runs (and is the heartbeat)
 * while something sounds; in silence it says since when, so that a silent screen writes nothing.
 */
#ifndef SCREEN_LINES_H
#define SCREEN_LINES_H

#include "screen/glyphs.h"
#include "screen/pages.h"
#include "screen/snapshot.h"

struct lines {
    uint64_t next_ns;                   /* load is looked at once a second */
    int load_percent;                   /* as shown */
    unsigned late;                      /* as shown: what is late in silence is nobody's trouble */
    bool answering;                     /* the engine makes periods */
    bool quiet;
    char clock[32];                     /* "20:14:07", or "quiet since 20:14:07" */
};

void lines_init(struct lines *lines);
void lines_update(struct lines *lines, const struct snapshot *snapshot, uint64_t now_ns, int64_t wall_ns);
/* role: "" or a word that is shown. */
void lines_draw_tabs(const struct lines *lines, const struct snapshot *snapshot, const struct pages *pages,
                     const struct glyphs *glyphs, const char *role, int y, int width);
void lines_draw_cursor(const struct snapshot *snapshot, const struct grid *grid, const struct glyphs *glyphs, int y, int width);
void lines_draw_device(const struct lines *lines, const struct snapshot *snapshot, const struct glyphs *glyphs, int y, int width);

#endif
