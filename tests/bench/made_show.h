/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shows made for a measurement, in a folder of their own: media of noise that swells and sinks (so
 * that meters move) and a session over them. A failure ends the program with a sentence.
 */
#ifndef BENCH_MADE_SHOW_H
#define BENCH_MADE_SHOW_H

#include <stdint.h>

struct made_show {
    char folder[40];                    /* temporary, ours */
    char session[64];                   /* FOLDER/show.orp */
};

/* A grid all of whose cells are taken, by clips that share a few media. The first `beds` cells of tab 1 are stereo loops of
 * `bed_seconds`, spread over groups A, C and D; all others are shots of a second in group B, a choke group of one. */
struct made_grid {
    int tabs, rows, columns, beds, bed_seconds;
};

enum { MADE_VOICES = 24, MADE_SECONDS = 60 };
struct made_voice {                     /* stereo, MADE_SECONDS long */
    uint32_t rate;                      /* half of them 44100, half 48000 Hz */
    int bits;                           /* of each half one half 16, one half 24 */
};

void made_folder(struct made_show *show);
void made_remove(struct made_show *show);           /* the folder and all in it */
void made_write(const struct made_show *show, const char *file, const char *text);
void made_grid(struct made_show *show, const struct made_grid *grid);
/* MADE_VOICES clips c1.. in group A, each a file of its own: media/v1.wav.. ; and FOLDER/script, which presses them all on
 * frame 0. */
void made_voices(struct made_show *show);
struct made_voice made_voice(int index);

#endif
