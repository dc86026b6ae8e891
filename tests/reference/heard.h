/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the program makes of a world, and whether that is what the laws make of it: the samples
 * to -120 dB, the refusals line by line, and no step in the sound that they do not allow.
 */
#ifndef REFERENCE_HEARD_H
#define REFERENCE_HEARD_H

#include "laws.h"

#include <stddef.h>

struct heard {
    int64_t frames;
    float *samples;                     /* interleaved; of the busses LAWS_CHANNELS */
    char *said;                         /* on stderr */
};

/* What 16-bit media add to a sine's step: half a step of the converter at either end, a few voices at once. */
#define HEARD_GRAIN (2.0 / 32768)

/* Renders the world with $CLIPGRID in folder, which has its media. channels: of a device; 0: the busses. Return: -1: it did not; why
 * is in said. */
int heard_render(struct heard *heard, const struct world *world, const char *folder, int channels);
/* The sound of a WAV file of so many floats a frame; no samples if it is none. */
void heard_read(struct heard *heard, const char *path, int channels);
void heard_clear(struct heard *heard);

enum { DIFFERENCE_CHARS = 400 };
struct difference {
    bool found;
    int64_t frame;                      /* of the output, -1: it is not about a frame */
    char text[DIFFERENCE_CHARS];
};
struct difference heard_compare(const struct heard *heard, const struct world *world, const struct outcome *outcome);

/* The lines of stderr that the laws foresee, as far as they do: "480f press k3: 4 layers". */
void heard_say_refusals(const struct world *world, const struct outcome *outcome, char *text, size_t size);

struct tally;
/* Renders and compares. tally: added to, or NULL. */
struct difference heard_judge(const struct world *world, const char *folder, struct tally *tally);

#endif
