/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The meters of the five busses on one line: a bar of the peak, the held peak as a mark and in
 * decibels, or in place of them that samples went past full scale; where there is room, the
 * short-term loudness in LUFS. They are most of what goes
 * over a slow link, so they are looked at 30 times a second at most and move in eighths of a
 * cell. Times are arguments.
 */
#ifndef SCREEN_METERS_H
#define SCREEN_METERS_H

#include "screen/glyphs.h"
#include "screen/snapshot.h"

#define METERS_EVERY_NS UINT64_C(33000000)
#define METERS_HOLD_NS UINT64_C(1500000000)
#define METERS_OVER_NS UINT64_C(3000000000)
#define METERS_FLOOR_DB (-60.0)

struct meters {
    double peak_db[STATE_BUSSES], held_db[STATE_BUSSES];        /* shown now; -INFINITY under the floor */
    uint64_t held_until_ns[STATE_BUSSES];
    double loudness[STATE_BUSSES];      /* short-term, LUFS; -INFINITY under the floor */
    uint32_t over[STATE_BUSSES];        /* samples past full scale that were seen so far */
    uint64_t over_until_ns[STATE_BUSSES];       /* so long that is said in place of the level; 0: it is not */
    uint64_t next_ns;                   /* not looked at before */
    int used;                           /* stereo slots in use, shown with the meters */
    bool fresh;                         /* not drawn since the last update */
};

void meters_init(struct meters *meters);
void meters_update(struct meters *meters, const struct snapshot *snapshot, uint64_t now_ns);
/* all: onto a blank picture; otherwise only after an update. */
void meters_draw(struct meters *meters, bool all, const struct snapshot *snapshot, const struct glyphs *glyphs, int y, int width);

#endif
