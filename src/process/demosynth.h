/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small synthesizer for the demo show: struck and blown tones, noise through a filter, a
 * singer made of a pulse and three formants. Only additions, multiplications and divisions of
 * doubles, no libm, so that every machine makes the same bytes.
 */
#ifndef PROCESS_DEMOSYNTH_H
#define PROCESS_DEMOSYNTH_H

#include <stdbool.h>
#include <stdint.h>

/* What is played onto. In a loop, what rings past the end goes on at the beginning. */
struct canvas {
    double *stereo;                     /* interleaved, owned */
    uint32_t frames, rate;
    bool loop;
};

void canvas_init(struct canvas *canvas, uint32_t frames, uint32_t rate, bool loop);
void canvas_clear(struct canvas *canvas);
/* Scales so that the largest sample, of one channel (the mean of both) or of two, is `peak`. */
void canvas_level(struct canvas *canvas, unsigned channels, double peak);

/* When, how loud, where: common to all that is played. Times in seconds. */
struct event_shape {
    double at_s, for_s;
    double level, pan;                  /* pan -1..+1 */
    double attack_s;                    /* linear; never under 2 ms */
    double half_life_s;                 /* 0: holds until the end, which is a linear 10 ms */
};

struct partial { double ratio, level, life; };  /* of the fundamental; life scales the half-life */
struct timbre { const struct partial *partial; unsigned partials; };

struct tone {
    struct event_shape shape;
    double hz, octaves;                 /* where it starts, and how far it glides */
    double wobble, wobble_hz;           /* vibrato: part of the pitch, times a second */
    const struct timbre *timbre;        /* NULL: a sine */
};
void synth_tone(struct canvas *canvas, const struct tone *tone);

enum hiss_filter { HISS_LOW, HISS_BAND, HISS_HIGH };
struct hiss {
    struct event_shape shape;
    enum hiss_filter filter;
    double hz, octaves;                 /* corner or centre, and how far it glides */
    double sway_octaves;                /* the corner goes up and down once within for_s */
    double damping;                     /* 2 dull .. 0.1 ringing */
    uint64_t seed;
    bool endless;                       /* fills a loop without a seam: no attack, no end */
};
void synth_hiss(struct canvas *canvas, const struct hiss *hiss);

struct vowel { double formant_hz[3]; };
extern const struct vowel vowel_a, vowel_e, vowel_i, vowel_o, vowel_u;
struct song {
    struct event_shape shape;
    double hz, octaves;
    double wobble, wobble_hz;
    const struct vowel *from, *to;
};
void synth_song(struct canvas *canvas, const struct song *song);

/* Hz of a note, in semitones from A (55 Hz). */
double synth_note_hz(double semitones);
/* The next of a row of numbers in 0..1. */
double synth_random(uint64_t *state);

#endif
