/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chains of one rate (SPEC B3) with all they played, and the conversion of that to the
 * output: by the sampling theorem itself, a sum of sines of x over x wide enough that the rest
 * does not matter. As it begins before what it converts and goes on behind it, what it would give before a first voice plays
 * and after the last has ended is left out.
 */
#ifndef REFERENCE_RESOUND_H
#define REFERENCE_RESOUND_H

#include "laws.h"

struct chain {
    int rate;
    int64_t frames;
    double *samples;                    /* LAWS_CHANNELS interleaved */
    float *steps;
    bool *plays;                        /* by output frame and bus: something of it plays */
    int64_t played_to[WORLD_BUSSES];    /* the frame behind its last that something played, so far */
    int64_t *until;                     /* the same by output frame and bus */
};

void chain_open(struct chain *chain, int rate, int64_t frames, int64_t output_frames);
/* Adds it to the outcome, which is of `rate`, and is done with it. */
void chain_finish(struct chain *chain, int rate, struct outcome *outcome);

#endif
