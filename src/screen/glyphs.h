/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The characters of the screen beside letters: one set for UTF-8, one for ASCII. And times as people read them. */
#ifndef SCREEN_GLYPHS_H
#define SCREEN_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cell_state {                       /* SPEC G4; the order of `state` below */
    CELL_EMPTY, CELL_READY, CELL_QUEUED, CELL_PLAYING, CELL_ENDING /* playing, its last seconds */, CELL_STOPPING, CELL_LOOPING,
    CELL_PAUSED, CELL_AUDITIONING, CELL_RECORDING, CELL_LOADING, CELL_MISSING, CELL_BROKEN, CELL_COLD, CELL_STATES,
};

struct glyphs {
    const char *state[CELL_STATES];
    const char *loop, *forever, *minus_inf;     /* loop mark, endless time, no level */
    const char *side, *cursor;          /* beside the clip fired last; beside the cursor's cell */
    const char *between;                /* of two pages */
    const char *dot, *cut;              /* between facts of a line; where a text was cut */
    const char *bar[9];                 /* a cell filled by 0 to 8 eighths from the left */
    const char *peak;                   /* the held peak of a meter */
};

const struct glyphs *glyphs_get(bool ascii);
const char *glyphs_state_word(enum cell_state state);

/* A bar of `width` cells filled by part/whole. */
void glyphs_bar(char *out, size_t size, const struct glyphs *glyphs, int width, int64_t part, int64_t whole);

#define GLYPHS_URGENT_NS INT64_C(10000000000)   /* remaining times under this are urgent and have tenths */

/* 0:12, 12:34, 1:02:03; where that is wider than `width` 62:03. */
void glyphs_fmt_time(char *out, size_t size, int64_t seconds, int width);
/* What is left, rounded up so that it is 0 only at the end: -0:31, in the last ten seconds -9.4. */
void glyphs_fmt_remaining(char *out, size_t size, int64_t ns, int width);
/* Decibels without sign of plus, one place: -12.5, 0.0; no level as the glyph. */
void glyphs_fmt_db(char *out, size_t size, const struct glyphs *glyphs, double db);

#endif
