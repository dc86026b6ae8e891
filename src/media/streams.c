/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Streams: the voices that sound or wait for their beginning, as the audio thread tells them
 * (clipmem/demand.h), and how far what each will read is resident. Its *window*, what it reads
 * in the next seconds, is kept; a look goes on from where the last one found blocks resident,
 * since nothing in a window is evicted.
 *
 * The numbers come from another process: they are hints. A wrong one costs work, nothing else.
 */
#include "config.h"

#include "media/loader_inside.h"

#include "platform/clock.h"

enum {
    WINDOW_MAX_S = 3,
    LOOK_MS = 4,                    /* between two looks while something is wanting */
    LOOK_MAX_MS = 100,              /* while something sounds */
};

int64_t stream_place(const struct stream *stream, int64_t ahead)
{
    int64_t left = stream->out - stream->pos;
    if (ahead < left)
        return stream->pos + ahead;
    if (!(stream->flags & DEMAND_LOOPS))
        return -1;
    return stream->in + (ahead - left) % (stream->out - stream->in);
}

/* All that it can ever read: to its end, or once round from where it is. */
static uint32_t rate_of(const struct loader *loader, const struct stream *stream)
{
    return loader->medium[stream->slot].way.chain_rate;
}

static int64_t stream_all(const struct stream *stream)
{
    int64_t left = stream->out - stream->pos;
    return stream->flags & DEMAND_LOOPS ? left + (stream->out - stream->in) : left;
}

/* Goes on along what is resident. */
static void stream_extend(const struct loader *loader, struct stream *stream)
{
    const int64_t block = loader->medium[stream->slot].way.block_frames;
    while (stream->ahead < stream->window) {
        int64_t at = stream_place(stream, stream->ahead);
        if (at < 0 || !clipmem_resident(loader->memory, stream->slot, (uint32_t)(at / block)))
            return;
        int64_t end = (at / block + 1) * block;
        stream->ahead += (end < stream->out ? end : stream->out) - at;
    }
    stream->ahead = stream->window;
}

/* What the last look found of the same voice. */
static int64_t ahead_before(const struct stream *before, uint32_t count, uint32_t hint, const struct stream *stream)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct stream *old = &before[(hint + i) % count];
        int64_t gone = stream->pos - old->pos;
        if (old->slot == stream->slot && old->serial == stream->serial && old->clip == stream->clip && old->in == stream->in &&
            old->out == stream->out && gone >= 0 && gone < old->ahead && stream->pos < old->out)
            return old->ahead - gone;
    }
    return 0;
}

/* Return: false if the numbers make no sense for what the slot holds now. */
static bool stream_init(const struct loader *loader, struct stream *stream, const struct demand_voice *voice)
{
    if (voice->slot >= CLIPMEM_SLOTS || !medium_known(&loader->medium[voice->slot]))
        return false;
    const struct medium *medium = &loader->medium[voice->slot];
    *stream = (struct stream){.slot = voice->slot, .serial = medium->serial, .clip = voice->clip, .flags = voice->flags,
                              .pos = voice->pos, .in = voice->in, .out = voice->out};
    if (stream->out > medium->frames)
        stream->out = medium->frames;
    return stream->in >= 0 && stream->in < stream->out && stream->pos >= 0 && stream->pos < stream->out;
}

/* How many seconds each may have: what is not promised to heads, shared out, with a rest to move in. */
static double window_seconds(const struct loader *loader)
{
    double blocks_a_second = 0;
    uint64_t capacity = clipmem_capacity_blocks(loader->memory);
    for (uint32_t i = 0; i < loader->streams; i++) {
        const struct ingest_way *way = &loader->medium[loader->stream[i].slot].way;
        blocks_a_second += (double)way->chain_rate / way->block_frames;
    }
    double room = (double)(capacity - (loader->head_blocks < capacity / 2 ? loader->head_blocks : capacity / 2)) * 3 / 4;
    double seconds = blocks_a_second > 0 ? room / blocks_a_second : WINDOW_MAX_S;
    if (seconds > WINDOW_MAX_S)
        return WINDOW_MAX_S;
    return seconds > 1.0 / HEADROOM_PARTS ? seconds : 1.0 / HEADROOM_PARTS;
}

static void set_window(const struct loader *loader, struct stream *stream, double seconds)
{
    int64_t all = stream_all(stream);
    double wanted = stream->flags & DEMAND_ENDING ? 1.0 / HEADROOM_PARTS : seconds;
    stream->window = (int64_t)(wanted * rate_of(loader, stream));
    if (stream->window > all)
        stream->window = all;
    if (stream->ahead > stream->window)
        stream->ahead = stream->window;
}

static void take_picture(struct loader *loader)
{
    static struct stream before[DEMAND_VOICES];
    uint32_t count = loader->streams;
    for (uint32_t i = 0; i < count; i++) {
        before[i] = loader->stream[i];
        loader->medium[before[i].slot].sounding = 0;
    }
    loader->streams = 0;
    for (uint32_t i = 0; i < loader->picture.count && i < DEMAND_VOICES; i++) {
        struct stream *stream = &loader->stream[loader->streams];
        if (!stream_init(loader, stream, &loader->picture.voice[i]))
            continue;
        if (!(stream->flags & DEMAND_DRY))      /* it does not find what we thought it had: look again */
            stream->ahead = ahead_before(before, count, loader->streams, stream);
        loader->medium[stream->slot].sounding++;
        loader->streams++;
    }
}

/* When its window will be half empty. What it lacks then is work. */
static uint64_t stream_due_ms(const struct loader *loader, const struct stream *stream)
{
    int64_t left = stream->ahead - stream->window / 2;
    if (stream->ahead >= stream->window && stream->window >= stream_all(stream))
        return LOOK_MAX_MS;
    return left < 0 ? 0 : (uint64_t)left * 1000 / rate_of(loader, stream);
}

static void look_at(struct loader *loader, struct stream *stream, double seconds, uint64_t *due_ms)
{
    set_window(loader, stream, seconds);
    stream_extend(loader, stream);
    uint64_t ms = stream->flags & DEMAND_QUEUED ? 0 : stream_due_ms(loader, stream);
    loader->hungry |= stream->ahead < stream->window && stream->ahead < rate_of(loader, stream) / HEADROOM_PARTS;
    *due_ms = ms < *due_ms ? ms : *due_ms;
}

void streams_look(struct loader *loader)
{
    uint64_t due_ms = LOOK_MAX_MS;
    loader->look_due_ns = UINT64_MAX;
    if (!loader->demand || !demand_read(loader->demand, &loader->picture))
        return;
    take_picture(loader);
    double seconds = window_seconds(loader);
    loader->hungry = false;
    for (uint32_t i = 0; i < loader->streams; i++)
        look_at(loader, &loader->stream[i], seconds, &due_ms);
    if (due_ms == 0)
        loader->resting = false;
    if (loader->picture.count)
        loader->look_due_ns = clock_now_rt() + (due_ms < LOOK_MS ? LOOK_MS : due_ms) * (CLOCK_SECOND_NS / 1000);
}

/* Whether frames from..from+count-1 touch the block. */
static bool touches(int64_t from, int64_t count, int64_t block_from, int64_t block_frames)
{
    return count > 0 && from < block_from + block_frames && from + count > block_from;
}

bool streams_need(const struct loader *loader, uint32_t slot, uint32_t index)
{
    if (!loader->medium[slot].sounding)
        return false;
    int64_t block = loader->medium[slot].way.block_frames, from = (int64_t)index * block;
    for (uint32_t i = 0; i < loader->streams; i++) {
        const struct stream *stream = &loader->stream[i];
        if (stream->slot != slot)
            continue;
        int64_t left = stream->out - stream->pos;
        if (touches(stream->pos, stream->window < left ? stream->window : left, from, block) ||
            touches(stream->in, stream->window - left, from, block))
            return true;
    }
    return false;
}

void streams_drop(struct loader *loader, uint32_t slot)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < loader->streams; i++)
        if (loader->stream[i].slot != slot)
            loader->stream[kept++] = loader->stream[i];
    loader->streams = kept;
    loader->medium[slot].sounding = 0;
}
