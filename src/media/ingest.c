/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From staging to clip memory: see ingest.h. */
#include "config.h"

#include "media/ingest.h"

#include "base/xalloc.h"
#include "media/clean.h"
#include "pcm/resample.h"
#include "wire/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_FRAMES = 1024 };       /* of converted output at once: bounds the window when rates are far apart */

enum clipmem_format ingest_format(const struct work_opened *facts, uint32_t chain_rate)
{
    bool untouched = facts->sample == WORK_S16 && facts->channels <= 2 && facts->rate == chain_rate;
    return untouched ? CLIPMEM_S16 : CLIPMEM_F32;
}

unsigned ingest_channels(const struct work_opened *facts)
{
    return facts->channels == 1 ? 1 : 2;
}

uint64_t ingest_blocks(const struct work_opened *facts, int64_t file_frames, uint32_t chain_rate)
{
    uint64_t frames = (uint64_t)clipmem_to_chain_rt(file_frames, facts->rate, chain_rate);
    uint64_t block_frames = clipmem_block_frames(ingest_format(facts, chain_rate), ingest_channels(facts));
    return frames / block_frames + (frames % block_frames != 0);
}

static void window_init(struct ingest *ingest)
{
    int64_t from, to;
    resample_span(ingest->resampler, 0, 1, &from, &to);
    size_t silence = from < 0 ? (size_t)-from : 0;
    ingest->window_first = -(int64_t)silence;
    ingest->window_frames = silence;
    ingest->window_room = silence + INGEST_FRAMES_MAX;
    ingest->window = xcalloc(ingest->window_room * ingest->out_channels, sizeof *ingest->window);
}

int ingest_init(struct ingest *ingest, struct clipmem *memory, uint32_t slot, const struct work_opened *facts,
                int64_t file_frames, uint32_t chain_rate)
{
    *ingest = (struct ingest){
        .memory = memory, .slot = slot, .s16 = facts->sample == WORK_S16, .channels = facts->channels,
        .format = ingest_format(facts, chain_rate), .out_channels = ingest_channels(facts),
        .frames = clipmem_to_chain_rt(file_frames, facts->rate, chain_rate),
    };
    if (ingest_blocks(facts, file_frames, chain_rate) > clipmem_free_blocks(memory)) {
        errno = ENOSPC;
        return -1;
    }
    if (clipmem_prepare(memory, slot, ingest->format, ingest->out_channels, facts->rate, chain_rate, file_frames,
                        ingest->frames) < 0)
        return -1;
    ingest->block_frames = clipmem_block_frames(ingest->format, ingest->out_channels);
    ingest->scratch = xcalloc((size_t)INGEST_FRAMES_MAX * ingest->channels, sizeof *ingest->scratch);
    if (ingest->channels > 2)
        fold_init(&ingest->fold, ingest->channels, facts->place);
    if (facts->rate != chain_rate) {
        ingest->resampler = resample_new(facts->rate, chain_rate, ingest->out_channels);
        window_init(ingest);
    }
    return 0;
}

static size_t out_bytes(const struct ingest *ingest, uint32_t frames)
{
    return (size_t)frames * ingest->out_channels * (ingest->format == CLIPMEM_S16 ? sizeof(int16_t) : sizeof(float));
}

/* Where the next frames go. *frames: how many are wanted, lowered to what fits. Return: NULL if the medium is full. */
static void *block_open(struct ingest *ingest, uint32_t *frames)
{
    if (ingest->done >= ingest->frames)
        return NULL;
    uint32_t offset = (uint32_t)(ingest->done % ingest->block_frames), here = ingest->block_frames - offset;
    int64_t left = ingest->frames - ingest->done;
    if (!ingest->block) {
        ingest->block_index = (uint32_t)(ingest->done / ingest->block_frames);
        ingest->block = clipmem_take(ingest->memory, ingest->slot, ingest->block_index);
    }
    if (!ingest->block) {
        ingest->full = true;
        return NULL;
    }
    if (*frames > here)
        *frames = here;
    if (*frames > left)
        *frames = (uint32_t)left;
    return ingest->block + out_bytes(ingest, offset);
}

static void block_advance(struct ingest *ingest, uint32_t frames)
{
    ingest->done += frames;
    if (ingest->done % ingest->block_frames != 0 && ingest->done < ingest->frames)
        return;
    clipmem_publish(ingest->memory, ingest->slot, ingest->block_index);
    ingest->block = NULL;
}

static void write_frames(struct ingest *ingest, const void *samples, uint32_t frames)
{
    const unsigned char *from = samples;
    while (frames) {
        uint32_t count = frames;
        void *to = block_open(ingest, &count);
        if (!to)
            return;
        memcpy(to, from, out_bytes(ingest, count));
        block_advance(ingest, count);
        from += out_bytes(ingest, count);
        frames -= count;
    }
}

/* The piece of staging memory as float of our own, fit to be played. */
static void copy_clean(struct ingest *ingest, const void *samples, uint32_t frames)
{
    size_t count = (size_t)frames * ingest->channels;
    if (ingest->s16) {
        const int16_t *from = samples;
        for (size_t i = 0; i < count; i++)
            ingest->scratch[i] = (float)from[i] * (1.0f / 32768.0f);
        return;
    }
    memcpy(ingest->scratch, samples, count * sizeof *ingest->scratch);
    ingest->cleaned += clean_samples(ingest->scratch, count);
}

/* Puts frames behind the window's last; NULL: silence. */
static void window_add(struct ingest *ingest, const float *samples, size_t frames)
{
    size_t frame_bytes = ingest->out_channels * sizeof(float);
    if (ingest->window_start) {
        memmove(ingest->window, ingest->window + ingest->window_start * ingest->out_channels,
                ingest->window_frames * frame_bytes);
        ingest->window_start = 0;
    }
    if (ingest->window_frames + frames > ingest->window_room) {
        ingest->window_room = ingest->window_frames + frames;
        ingest->window = xrealloc_array(ingest->window, ingest->window_room, frame_bytes);
    }
    float *to = ingest->window + ingest->window_frames * ingest->out_channels;
    if (samples)
        memcpy(to, samples, frames * frame_bytes);
    else
        memset(to, 0, frames * frame_bytes);
    ingest->window_frames += frames;
}

/* Moves the window's beginning to the given frame, if it lies ahead. */
static void window_forget(struct ingest *ingest, int64_t before)
{
    if (before <= ingest->window_first)
        return;
    size_t used = (size_t)(before - ingest->window_first);
    if (used > ingest->window_frames)
        used = ingest->window_frames;
    ingest->window_first += (int64_t)used;
    ingest->window_start += used;
    ingest->window_frames -= used;
}

/* Converts as far as the window reaches; at the end silence follows the file. */
static void convert(struct ingest *ingest, bool at_end)
{
    for (;;) {
        uint32_t count = PIECE_FRAMES;
        float *to = block_open(ingest, &count);
        if (!to)
            return;
        int64_t from, until;
        resample_span(ingest->resampler, ingest->done, count, &from, &until);
        int64_t there = ingest->window_first + (int64_t)ingest->window_frames;
        if (until > there && !at_end)
            return;
        if (until > there)
            window_add(ingest, NULL, (size_t)(until - there));
        window_forget(ingest, from);
        resample_make(ingest->resampler, to, ingest->done, count, ingest->window + ingest->window_start * ingest->out_channels);
        block_advance(ingest, count);
    }
}

void ingest_add(struct ingest *ingest, const void *samples, uint32_t frames)
{
    if (ingest->format == CLIPMEM_S16) {
        write_frames(ingest, samples, frames);
        return;
    }
    copy_clean(ingest, samples, frames);
    if (ingest->channels > 2)
        fold_frames(&ingest->fold, ingest->scratch, ingest->scratch, frames);
    if (!ingest->resampler) {
        write_frames(ingest, ingest->scratch, frames);
        return;
    }
    window_add(ingest, ingest->scratch, frames);
    convert(ingest, false);
}

void ingest_finish(struct ingest *ingest)
{
    if (ingest->resampler)
        convert(ingest, true);
}

void ingest_clear(struct ingest *ingest)
{
    if (ingest->resampler)
        resample_free(ingest->resampler);
    free(ingest->window);
    free(ingest->scratch);
    *ingest = (struct ingest){0};
}
