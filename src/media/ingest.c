/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From staging to clip memory: see ingest.h. */
#include "config.h"

#include "media/ingest.h"

#include "base/xalloc.h"
#include "decode/clean.h"
#include "pcm/resample.h"
#include "wire/work.h"

#include <stdlib.h>
#include <string.h>

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

void ingest_way_init(struct ingest_way *way, const struct work_opened *facts, uint32_t chain_rate)
{
    *way = (struct ingest_way){
        .s16 = facts->sample == WORK_S16, .seekable = facts->seekable, .channels = facts->channels,
        .format = ingest_format(facts, chain_rate),
        .out_channels = ingest_channels(facts), .file_rate = facts->rate, .chain_rate = chain_rate,
    };
    way->block_frames = clipmem_block_frames(way->format, way->out_channels);
    if (way->channels > 2)
        fold_init(&way->fold, way->channels, facts->place);
}

static struct resampler *resampler_of(struct ingest *ingest, const struct ingest_way *way)
{
    return convert_get(&ingest->convert, way->file_rate, way->chain_rate, way->out_channels);
}

/* Chain frames of block `index`: its first one, and how many. */
static int64_t block_span(const struct ingest_way *way, const struct ingest_piece *piece, uint32_t index, uint32_t *count)
{
    int64_t first = (int64_t)index * way->block_frames, left = piece->frames - first;
    *count = left < way->block_frames ? (uint32_t)left : way->block_frames;
    return first;
}

/* What these blocks are made from, outside the file too. */
static struct reach reach_of(struct ingest *ingest, const struct ingest_way *way, const struct ingest_piece *piece)
{
    uint32_t count;
    int64_t first = (int64_t)piece->first * way->block_frames;
    int64_t last = block_span(way, piece, piece->first + piece->blocks - 1, &count);
    return convert_reach(resampler_of(ingest, way), first, (uint32_t)(last - first) + count);
}

static struct reach inside(struct reach reach, int64_t file_frames)
{
    if (reach.from < 0)
        reach.from = 0;
    if (reach.to > file_frames)
        reach.to = file_frames;
    if (reach.from > reach.to)
        reach.from = reach.to;
    return reach;
}

struct reach ingest_reach(struct ingest *ingest, const struct ingest_way *way, const struct ingest_piece *piece)
{
    return inside(reach_of(ingest, way, piece), piece->file_frames);
}

struct reach ingest_tail_after(struct ingest *ingest, const struct ingest_way *way, const struct ingest_piece *piece)
{
    struct resampler *resampler = resampler_of(ingest, way);
    int64_t next = (int64_t)(piece->first + piece->blocks) * way->block_frames;
    if (!resampler || next >= piece->frames)
        return (struct reach){0};
    struct reach here = ingest_reach(ingest, way, piece), after = convert_reach(resampler, next, 1);
    if (after.from < here.from)
        after.from = here.from;
    return after.from < here.to ? (struct reach){after.from, here.to} : (struct reach){0};
}

static float *room_for(float **buffer, size_t *room, size_t samples)
{
    if (samples > *room) {
        free(*buffer);
        *buffer = xmalloc(samples * sizeof **buffer);
        *room = samples;
    }
    return *buffer;
}

/* The piece of staging memory as float of our own, fit to be played, with one channel or two. */
static float *copy_clean(struct ingest *ingest, const struct ingest_way *way, const void *samples, uint32_t frames,
                         uint64_t *cleaned)
{
    size_t count = (size_t)frames * way->channels;
    float *scratch = room_for(&ingest->scratch, &ingest->scratch_room, count);
    if (way->s16) {
        const int16_t *from = samples;
        for (size_t i = 0; i < count; i++)
            scratch[i] = (float)from[i] * (1.0f / 32768.0f);
    } else {
        *cleaned += clean_copy(scratch, samples, count);
    }
    if (way->channels > 2)
        fold_frames(&way->fold, scratch, scratch, frames);
    return scratch;
}

/* What needs no conversion: block for block. trusted: samples are our own and fit to be played, or 16-bit; else they are cleaned
 * on their way. Return: samples put right. */
static uint64_t make_same(const struct ingest_way *way, struct clipmem *memory, const struct ingest_piece *piece,
                          const void *samples, bool trusted)
{
    size_t frame_bytes = CLIPMEM_BLOCK_BYTES / way->block_frames;
    const unsigned char *from = samples;
    uint64_t cleaned = 0;
    for (uint32_t i = 0; i < piece->blocks; i++) {
        uint32_t count;
        int64_t first = block_span(way, piece, piece->first + i, &count);
        void *block = clipmem_take(memory, piece->slot, piece->first + i);
        if (!block)
            continue;
        const void *at = from + (size_t)(first - piece->read.from) * frame_bytes;
        if (!trusted)
            cleaned += clean_copy(block, at, (size_t)count * way->out_channels);
        else
            memcpy(block, at, count * frame_bytes);
        clipmem_publish(memory, piece->slot, piece->first + i);
    }
    return cleaned;
}

static void put(float *window, struct reach reach, struct reach part, const float *samples, unsigned channels)
{
    int64_t from = part.from < reach.from ? reach.from : part.from, to = part.to > reach.to ? reach.to : part.to;
    if (from < to)
        memcpy(window + (size_t)(from - reach.from) * channels, samples + (size_t)(from - part.from) * channels,
               (size_t)(to - from) * channels * sizeof *window);
}

static void make_blocks(struct ingest *ingest, const struct ingest_way *way, struct clipmem *memory,
                        const struct ingest_piece *piece, struct reach reach, const float *window)
{
    const struct resampler *resampler = resampler_of(ingest, way);
    for (uint32_t i = 0; i < piece->blocks; i++) {
        uint32_t count;
        int64_t first = block_span(way, piece, piece->first + i, &count);
        void *block = clipmem_take(memory, piece->slot, piece->first + i);
        if (!block)
            continue;
        int64_t at = convert_reach(resampler, first, count).from - reach.from;
        resample_make(resampler, block, first, count, window + (size_t)at * way->out_channels);
        clipmem_publish(memory, piece->slot, piece->first + i);
    }
}

static void tail_keep(struct ingest_tail *tail, struct reach keep, struct reach reach, const float *window, unsigned channels)
{
    float *to = room_for(&tail->samples, &tail->room, (size_t)(keep.to - keep.from) * channels);
    put(to, keep, reach, window, channels);
    tail->reach = keep;
}

static void make_converted(struct ingest *ingest, const struct ingest_way *way, struct clipmem *memory,
                           const struct ingest_piece *piece, const float *samples, struct ingest_tail *tail)
{
    struct reach reach = reach_of(ingest, way, piece);
    size_t count = (size_t)(reach.to - reach.from) * way->out_channels;
    float *window = room_for(&ingest->window, &ingest->window_room, count);
    memset(window, 0, count * sizeof *window);
    put(window, reach, tail->reach, tail->samples, way->out_channels);
    put(window, reach, piece->read, samples, way->out_channels);
    make_blocks(ingest, way, memory, piece, reach, window);
    tail_keep(tail, ingest_tail_after(ingest, way, piece), reach, window, way->out_channels);
}

uint64_t ingest_make(struct ingest *ingest, const struct ingest_way *way, struct clipmem *memory,
                     const struct ingest_piece *piece, const void *samples, struct ingest_tail *tail)
{
    uint64_t cleaned = 0;
    bool same_rate = way->file_rate == way->chain_rate;
    if (way->format == CLIPMEM_S16 || (same_rate && !way->s16 && way->channels <= 2))
        return make_same(way, memory, piece, samples, way->format == CLIPMEM_S16);
    uint32_t frames = (uint32_t)(piece->read.to - piece->read.from);
    const float *fit = copy_clean(ingest, way, samples, frames, &cleaned);
    if (same_rate)
        make_same(way, memory, piece, fit, true);
    else
        make_converted(ingest, way, memory, piece, fit, tail);
    return cleaned;
}

void ingest_tail_clear(struct ingest_tail *tail)
{
    free(tail->samples);
    *tail = (struct ingest_tail){0};
}

void ingest_clear(struct ingest *ingest)
{
    convert_clear(&ingest->convert);
    free(ingest->scratch);
    free(ingest->window);
    *ingest = (struct ingest){0};
}
