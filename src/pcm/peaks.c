/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bins out of samples, and of bins: see peaks.h. Whole bins go through the kernels; the last one of
 * a medium, when it is short, is counted out frame by frame.
 */
#include "config.h"

#include "pcm/peaks.h"

#include "pcm/kernels.h"

#include <math.h>

_Static_assert(KERNEL_PEAK_FRAMES == PEAKS_BIN_FRAMES, "a kernel makes a bin");

int64_t peaks_bins(int64_t frames, unsigned level)
{
    int64_t bins = (frames + PEAKS_BIN_FRAMES - 1) / PEAKS_BIN_FRAMES;
    for (; level > 0; level--)
        bins = (bins + PEAKS_REDUCE - 1) / PEAKS_REDUCE;
    return bins;
}

static int16_t clip_round(float steps)
{
    return steps >= PEAKS_FULL - 1 ? PEAKS_FULL - 1 : steps <= -PEAKS_FULL ? -PEAKS_FULL : (int16_t)lrintf(steps);
}

static uint16_t clip_rms(float steps)
{
    return steps >= PEAKS_FULL ? PEAKS_FULL : (uint16_t)lrintf(steps);
}

/* scale: steps of 1/32768 in a unit of the samples. */
static void write_bin(struct peak *out, const struct kernel_peak *sums, unsigned channels, size_t frames, float scale)
{
    for (unsigned c = 0; c < channels; c++)
        out[c] = (struct peak){.low = clip_round(sums->low[c] * scale), .high = clip_round(sums->high[c] * scale),
                               .rms = clip_rms(sqrtf(sums->energy[c] / (float)frames) * scale)};
}

static float sample_at(const void *in, int kind, size_t i)
{
    return kind == KERNEL_S16 ? (float)((const int16_t *)in)[i] : ((const float *)in)[i];
}

static void count_short(struct kernel_peak *sums, const void *in, int kind, unsigned channels, size_t frames)
{
    for (unsigned c = 0; c < channels; c++) {
        sums->low[c] = sums->high[c] = sample_at(in, kind, c);
        sums->energy[c] = 0;
        for (size_t n = 0; n < frames; n++) {
            float sample = sample_at(in, kind, n * channels + c);
            sums->low[c] = sample < sums->low[c] ? sample : sums->low[c];
            sums->high[c] = sample > sums->high[c] ? sample : sums->high[c];
            sums->energy[c] += sample * sample;
        }
    }
}

static void make_bins(struct peak *out, const void *in, int kind, unsigned channels, size_t frames)
{
    const char *at = in;
    const float scale = kind == KERNEL_S16 ? 1 : PEAKS_FULL;
    size_t bin_bytes = PEAKS_BIN_FRAMES * channels * (kind == KERNEL_S16 ? sizeof(int16_t) : sizeof(float));
    struct kernel_peak sums;
    for (; frames >= PEAKS_BIN_FRAMES; frames -= PEAKS_BIN_FRAMES, at += bin_bytes, out += channels) {
        kernels->peak[kind][channels - 1](&sums, at);
        write_bin(out, &sums, channels, PEAKS_BIN_FRAMES, scale);
    }
    if (frames) {
        count_short(&sums, at, kind, channels, frames);
        write_bin(out, &sums, channels, frames, scale);
    }
}

void peaks_s16(struct peak *out, const int16_t *in, unsigned channels, size_t frames)
{
    make_bins(out, in, KERNEL_S16, channels, frames);
}

void peaks_f32(struct peak *out, const float *in, unsigned channels, size_t frames)
{
    make_bins(out, in, KERNEL_F32, channels, frames);
}

void peaks_reduce(struct peak *out, const struct peak *in, unsigned channels, size_t bins)
{
    for (unsigned c = 0; c < channels; c++) {
        struct peak all = in[c];
        uint64_t energy = 0;
        for (size_t i = 0; i < bins; i++) {
            const struct peak *bin = &in[i * channels + c];
            all.low = bin->low < all.low ? bin->low : all.low;
            all.high = bin->high > all.high ? bin->high : all.high;
            energy += (uint64_t)bin->rms * bin->rms;
        }
        all.rms = clip_rms(sqrtf((float)energy / (float)bins));
        out[c] = all;
    }
}
