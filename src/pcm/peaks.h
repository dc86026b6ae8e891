/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peaks: what a waveform is drawn from. Each bin of 256 frames of a channel is its lowest and its
 * highest sample and the root of its mean square, all in steps of 1/32768 of full scale (float
 * samples are rounded, and clipped at full scale). Coarser levels are made of finer ones, 16 bins
 * to one: 256, 4096, 65536 frames a bin.
 *
 * Bins of several channels are interleaved as frames are. Pure; the same bits on every processor.
 */
#ifndef PCM_PEAKS_H
#define PCM_PEAKS_H

#include <stddef.h>
#include <stdint.h>

enum { PEAKS_BIN_FRAMES = 256, PEAKS_REDUCE = 16, PEAKS_LEVELS = 3, PEAKS_CHANNELS_MAX = 2, PEAKS_FULL = 32768 };

struct peak {
    int16_t low, high;
    uint16_t rms;                   /* 0..PEAKS_FULL */
};

/* Bins that so many frames make at level 0, 1 or 2, the last one perhaps short. */
int64_t peaks_bins(int64_t frames, unsigned level);
/* One or two channels, interleaved; writes peaks_bins(frames, 0) bins a channel. */
void peaks_s16(struct peak *out, const int16_t *in, unsigned channels, size_t frames);
void peaks_f32(struct peak *out, const float *in, unsigned channels, size_t frames);      /* Pre: no NaN */
/* 1 to PEAKS_REDUCE bins a channel into one of the next level; each counts the same, a short one too. */
void peaks_reduce(struct peak *out, const struct peak *in, unsigned channels, size_t bins);

#endif
