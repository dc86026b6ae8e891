/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The demo's instruments, each a call or two of the synthesizer: strings, brass, bells, drums,
 * and noises that come in numbers. Times in seconds, notes in semitones from A (55 Hz).
 */
#ifndef PROCESS_DEMOKIT_H
#define PROCESS_DEMOKIT_H

#include "process/demosynth.h"

extern const struct timbre demokit_strings;
void demokit_string(struct canvas *c, double at_s, double semitones, double half_life_s, double level, double pan);
void demokit_brass(struct canvas *c, double at_s, double for_s, double semitones, double level, double pan);
void demokit_bell(struct canvas *c, double at_s, double for_s, double hz, double half_life_s, double level, double pan);
void demokit_chord(struct canvas *c, double at_s, double for_s, const double notes[4], double level);
void demokit_kick(struct canvas *c, double at_s, double level);
void demokit_snare(struct canvas *c, double at_s, double level);
void demokit_hat(struct canvas *c, double at_s, double half_life_s, double level, double pan);
void demokit_cowbell(struct canvas *c, double at_s);

/* Noise of its own on either side. */
void demokit_wide(struct canvas *c, struct hiss hiss);
/* A short noise that rings at hz. */
void demokit_burst(struct canvas *c, double at_s, double hz, double half_life_s, double level, double pan, uint64_t seed);
/* Bursts here and there: `count` of them within for_s, between two pitches; wide: from all sides; dying: ever softer. */
struct patter { double for_s, low_hz, high_hz, half_life_s; int count; uint64_t seed; bool wide, dying; };
void demokit_patter(struct canvas *c, const struct patter *patter);

#endif
