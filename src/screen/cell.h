/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One grid cell: what it tells (struct cell_view) and how that is laid out in the columns and lines
 * it has (SPEC G4). What does not fit goes in a fixed order: mono/stereo mark, elapsed time, hotkey,
 * number, loop mark, remaining time, and last the name is cut, down to 3; the state's character and
 * the group letter stay. An item is shown only where all that stay longer are shown too. Pure.
 *
 *   4 lines and more    head / name / times / progress bar     head: state hotkey group loop stereo ... number
 *   3 lines             head / name / times
 *   2 lines             head and times / name, or head / name and times
 *   1 line              all in one
 */
#ifndef SCREEN_CELL_H
#define SCREEN_CELL_H

#include "screen/glyphs.h"
#include "screen/snapshot.h"

enum { CELL_NO_TIME = -2, CELL_FOREVER = -1 };

struct cell_view {
    enum cell_state state;
    char key[8];                        /* hotkey of the place, "" outside the key window */
    int number, number_width;           /* in its tab, from 1; digits that numbers of this tab take */
    char group;                         /* 'A'-'D' */
    unsigned hue;                       /* enum term_hue */
    bool loops, stereo;
    char name[64];
    char word[16];                      /* instead of times: length, "missing"... */
    int64_t elapsed_ns, remaining_ns;   /* or CELL_NO_TIME; remaining also CELL_FOREVER */
    int32_t progress;                   /* 0-65535; -1: no bar */
    bool used;                          /* false: an empty cell, only its key is shown */
};

enum { CELL_RUNS = 10, CELL_TEXT = 200 };
struct cell_run {                       /* a piece of text in one style */
    int y, x;
    unsigned style;                     /* term.h */
    char text[CELL_TEXT];
};
struct cell_layout {
    struct cell_run run[CELL_RUNS];
    int runs;
};

/* What the cell of a slot tells now. */
void cell_view_clip(struct cell_view *view, const struct snapshot *snapshot, int slot);
enum cell_state cell_state_of(const struct state_cell *cell, const struct state_voice *voice);
/* The hue of a clip: its own colour, else its group's. */
unsigned cell_hue(const struct snapshot *snapshot, const struct state_cell *cell);
/* Lays it out. Nothing leaves width x height. */
void cell_layout(struct cell_layout *layout, const struct cell_view *view, const struct glyphs *glyphs, int width, int height);
/* A number that changes when what is drawn of a voice does, with a bar of that many cells; 0: NULL. Cheap. */
uint64_t cell_face(const struct state_voice *voice, int bar_cells);
/* The look of what is in a state: what sounds is brightest. */
unsigned cell_style(enum cell_state state, unsigned hue);

#endif
