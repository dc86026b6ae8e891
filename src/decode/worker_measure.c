/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measuring, see worker_measure.h: chunks that stay in the processor's cache are decoded, folded down
 * where they have more than two channels, and given to what was asked for. 16-bit samples of one or
 * two channels are never converted for peaks: that is what makes an hour of them quick.
 */
#include "config.h"

#include "decode/worker_measure.h"

#include "decode/clean.h"
#include "decode/codec.h"
#include "decode/fold.h"
#include "decode/loudness.h"
#include "base/xalloc.h"
#include "base/xxh64.h"
#include "pcm/peaks.h"
#include "wire/work.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CHUNK_BYTES = 64 << 10,
    CHUNK_FRAMES_MAX = 16384,       /* a multiple of a bin */
};

struct worker_measure {
    struct codec *codec;
    int fd;
    struct work_opened facts;
    unsigned channels;              /* measured: 1 or 2 */
    struct fold fold;               /* if the file has more */
    uint32_t chunk_frames;
    void *chunk;                    /* as decoded: room for chunk_frames */
    float *floats;                  /* the same as float, if it is 16-bit and is to be folded */
    struct xxh64 hash;
    int64_t next_byte;
    uint32_t kinds;                 /* of the measuring that goes on in frames */
    int64_t next_frame;
    struct loudness *loudness;      /* NULL: not asked for */
};

static uint32_t frames_of_chunk(const struct work_opened *facts)
{
    uint32_t fit = CHUNK_BYTES / work_frame_bytes(facts->sample, facts->channels) / PEAKS_BIN_FRAMES * PEAKS_BIN_FRAMES;
    return fit > CHUNK_FRAMES_MAX ? CHUNK_FRAMES_MAX : fit;
}

struct worker_measure *worker_measure_new(struct codec *codec, int fd, const struct work_opened *facts)
{
    struct worker_measure *measure = xcalloc(1, sizeof *measure);
    *measure = (struct worker_measure){.codec = codec, .fd = fd, .facts = *facts, .channels = facts->channels == 1 ? 1 : 2,
                                       .chunk_frames = frames_of_chunk(facts)};
    if (facts->channels > 2)
        fold_init(&measure->fold, facts->channels, facts->place);
    return measure;
}

void worker_measure_free(struct worker_measure *measure)
{
    if (!measure)
        return;
    loudness_free(measure->loudness);
    free(measure->floats);
    free(measure->chunk);
    free(measure);
}

/* --- bytes --- */

static bool hash_piece(struct worker_measure *measure, const struct work_measure *ask, struct work_measured *answer)
{
    if (ask->first == 0)
        xxh64_init(&measure->hash, 0);
    else if (ask->first != measure->next_byte)
        return false;
    while (answer->count < ask->count) {
        size_t most = ask->count - answer->count < CHUNK_BYTES ? ask->count - answer->count : CHUNK_BYTES;
        ssize_t got = pread(measure->fd, measure->chunk, most, (off_t)(ask->first + answer->count));
        if (got <= 0)
            break;
        xxh64_add(&measure->hash, measure->chunk, (size_t)got);
        answer->count += (uint32_t)got;
    }
    measure->next_byte = ask->first + answer->count;
    answer->hash = xxh64_digest(&measure->hash);
    return true;
}

/* --- frames --- */

/* Begins anew, or checks that this is the next piece of what goes on. */
static bool follows(struct worker_measure *measure, const struct work_measure *ask)
{
    if (ask->first != 0)
        return ask->first == measure->next_frame && ask->kinds == measure->kinds;
    loudness_free(measure->loudness);
    measure->loudness = NULL;
    measure->kinds = ask->kinds;
    if (ask->kinds & WORK_LOUDNESS)
        measure->loudness = loudness_new(measure->channels, measure->facts.rate, measure->facts.frames);
    return !(ask->kinds & WORK_LOUDNESS) || measure->loudness;
}

static bool bins_fit(const struct worker_measure *measure, const struct work_measure *ask)
{
    uint64_t bytes = (uint64_t)peaks_bins(ask->count, 0) * measure->channels * sizeof(struct peak);
    return !(ask->kinds & WORK_PEAKS) ||
           (bytes <= WORK_STAGING_BYTES - ask->at && (ask->last || ask->count % PEAKS_BIN_FRAMES == 0));
}

/* More than two channels become two, in float. Return: the samples, at most stereo. */
static float *fold_chunk(struct worker_measure *measure, uint32_t frames)
{
    size_t count = (size_t)frames * measure->facts.channels;
    float *samples = measure->chunk;
    if (measure->facts.sample == WORK_S16) {
        if (!measure->floats)
            measure->floats = xcalloc((size_t)measure->chunk_frames * measure->facts.channels, sizeof *measure->floats);
        samples = measure->floats;
        for (size_t i = 0; i < count; i++)
            samples[i] = (float)((const int16_t *)measure->chunk)[i] * 0x1p-15f;
    }
    clean_samples(samples, count);
    if (measure->facts.channels > 2)
        fold_frames(&measure->fold, samples, samples, frames);
    return samples;
}

static void measure_chunk(struct worker_measure *measure, uint32_t frames, struct peak *bins)
{
    if (measure->facts.sample == WORK_S16 && measure->facts.channels <= 2) {
        if (bins)
            peaks_s16(bins, measure->chunk, measure->channels, frames);
        if (measure->loudness)
            loudness_add_s16(measure->loudness, measure->chunk, frames);
        return;
    }
    const float *samples = fold_chunk(measure, frames);
    if (bins)
        peaks_f32(bins, samples, measure->channels, frames);
    if (measure->loudness)
        loudness_add_f32(measure->loudness, samples, frames);
}

static bool sound_piece(struct worker_measure *measure, const struct work_measure *ask, unsigned char *staging,
                        struct work_measured *answer)
{
    if (!follows(measure, ask) || !bins_fit(measure, ask))
        return false;
    struct peak *bins = ask->kinds & WORK_PEAKS ? (struct peak *)(void *)(staging + ask->at) : NULL;
    while (answer->count < ask->count) {
        uint32_t left = ask->count - answer->count, want = left < measure->chunk_frames ? left : measure->chunk_frames;
        uint32_t got = codec_read(measure->codec, ask->first + answer->count, want, measure->chunk);
        measure_chunk(measure, got, bins);
        answer->count += got;
        if (bins)
            bins += peaks_bins(got, 0) * measure->channels;
        if (got < want)
            break;
    }
    measure->next_frame = ask->first + answer->count;
    return true;
}

bool worker_measure_piece(struct worker_measure *measure, const struct work_measure *ask, unsigned char *staging,
                          struct work_measured *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->first = ask->first;
    answer->kinds = ask->kinds;
    if (!measure->chunk)
        measure->chunk = xcalloc(1, CHUNK_BYTES);
    if (!(ask->kinds == WORK_HASH ? hash_piece(measure, ask, answer) : sound_piece(measure, ask, staging, answer)))
        return false;
    answer->ended = ask->last || answer->count < ask->count;
    if (answer->ended && measure->loudness && ask->kinds & WORK_LOUDNESS)
        loudness_take(measure->loudness, &answer->loudness);
    return true;
}
