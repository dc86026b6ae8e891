/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * More than two channels folded down to stereo, by where each belongs (ITU-R BS.775):
 *
 *   left, right             1 in their own side
 *   centre                  1/sqrt(2) (-3 dB) in both
 *   left, right surround    1/sqrt(2) (-3 dB) in their own side; back and side pairs alike
 *   back centre             1/2 (-6 dB) in both: -3 dB to the two surrounds, which enter at -3 dB
 *   LFE                     dropped
 *
 * Nothing is scaled down beyond that; samples are float and may exceed 1. Where the places are
 * not known, channels 1, 3, 5 ... go left and 2, 4, 6 ... right, each at one over their number.
 */
#ifndef DECODE_FOLD_H
#define DECODE_FOLD_H

#include <stdint.h>

enum { FOLD_CHANNELS_MAX = 16 };

struct fold {
    unsigned channels;
    float left[FOLD_CHANNELS_MAX], right[FOLD_CHANNELS_MAX];    /* gain of each channel */
};

/* place: enum work_place of each channel. Pre: 3 to 16 channels. */
void fold_init(struct fold *fold, unsigned channels, const uint8_t *place);
/* Interleaved in, interleaved stereo out; out may be in. */
void fold_frames(const struct fold *fold, float *out, const float *in, uint32_t frames);

#endif
