/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking MPEG audio by its headers: see mpeg_frames.h. */
#include "config.h"

#include "decode/mpeg_frames.h"

#include "decode/container.h"
#include "base/xalloc.h"
#include "wire/seek_table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HEADER_BYTES = 4,
    GARBAGE_MAX = 256 << 10,        /* between two frames; beyond it the sound is over */
    TAG_WORD = 4, TAG_TOC = 100, TAG_LAME_DELAY = 21,
};

static uint32_t read_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Free format, which does not say its length, is not taken. */
static bool header_parse(struct mpeg_header *header, const unsigned char *at)
{
    static const unsigned short kilobits[2][3][16] = {
        {{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
         {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
         {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}},
        {{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
         {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
         {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}},
    };
    static const unsigned rates[] = {44100, 48000, 32000};
    static const unsigned versions[] = {3, 0, 2, 1};
    unsigned version = versions[at[1] >> 3 & 3], layer = 4 - (at[1] >> 1 & 3), rate = at[2] >> 2 & 3, padding = at[2] >> 1 & 1;
    if (at[0] != 0xff || (at[1] & 0xe0) != 0xe0 || version == 0 || layer == 4 || rate == 3)
        return false;
    unsigned bits = kilobits[version > 1][layer - 1][at[2] >> 4] * 1000u;
    if (bits == 0)
        return false;
    header->version = version;
    header->layer = layer;
    header->rate = rates[rate] >> (version - 1);
    header->channels = at[3] >> 6 == 3 ? 1 : 2;
    header->samples = layer == 1 ? 384 : layer == 3 && version > 1 ? 576 : 1152;
    header->bytes = layer == 1 ? (12 * bits / header->rate + padding) * 4 : header->samples / 8 * bits / header->rate + padding;
    return true;
}

static bool headers_agree(const struct mpeg_header *a, const struct mpeg_header *b)
{
    return a->version == b->version && a->layer == b->layer && a->rate == b->rate && a->channels == b->channels;
}

/* Return: bytes of the file, NULL if it ends before them. */
static const unsigned char *peek(struct mpeg_frames *frames, int64_t at, int64_t bytes)
{
    if (at + bytes > frames->size)
        return NULL;
    if (at < frames->window_at || at + bytes > frames->window_at + frames->window_bytes) {
        ssize_t got = pread(frames->fd, frames->window, sizeof frames->window, (off_t)at);
        frames->window_at = at;
        frames->window_bytes = got > 0 ? got : 0;
    }
    return at + bytes <= frames->window_at + frames->window_bytes ? frames->window + (at - frames->window_at) : NULL;
}

/* A whole frame of the stream begins here. */
static const unsigned char *frame_at(struct mpeg_frames *frames, int64_t at, struct mpeg_header *header)
{
    const unsigned char *bytes = peek(frames, at, HEADER_BYTES);
    if (!bytes || !header_parse(header, bytes) || !headers_agree(header, &frames->first))
        return NULL;
    return peek(frames, at, header->bytes);
}

/* After garbage, one header is not enough: the next must follow. */
static bool frame_sure(struct mpeg_frames *frames, int64_t at)
{
    struct mpeg_header header, next;
    return frame_at(frames, at, &header) && frame_at(frames, at + header.bytes, &next);
}

const unsigned char *mpeg_frames_read(struct mpeg_frames *frames, int64_t *at, struct mpeg_header *header)
{
    const unsigned char *bytes = frame_at(frames, *at, header);
    if (bytes)
        return bytes;
    for (int64_t to = *at + 1; to < *at + GARBAGE_MAX && to + HEADER_BYTES <= frames->size; to++) {
        const unsigned char *sync = peek(frames, to, 2);
        if (!sync)
            return NULL;
        if (sync[0] != 0xff || (sync[1] & 0xe0) != 0xe0 || !frame_sure(frames, to))
            continue;
        *at = to;
        return frame_at(frames, to, header);
    }
    return NULL;
}

/* Whether the file ends within a frame: behind the last whole one comes the header of another, and less than it says. */
static bool breaks_off(struct mpeg_frames *frames)
{
    struct mpeg_header header;
    const unsigned char *bytes = peek(frames, frames->end, HEADER_BYTES);
    return bytes && header_parse(&header, bytes) && headers_agree(&header, &frames->first) &&
           frames->end + header.bytes > frames->size;
}

/* Return: false at the end. */
static bool walk_one(struct mpeg_frames *frames)
{
    struct mpeg_header header;
    int64_t at = frames->end;
    if (frames->whole)
        return false;
    if (!mpeg_frames_read(frames, &at, &header)) {
        frames->whole = true;
        frames->cut = breaks_off(frames);
        return false;
    }
    if (frames->count % frames->step == 0) {
        if ((frames->marks & (frames->marks + 1)) == 0)     /* room is always a power of two */
            frames->mark = xrealloc_array(frames->mark, 2 * ((size_t)frames->marks + 1), sizeof *frames->mark);
        frames->mark[frames->marks++] = at;
    }
    frames->count++;
    frames->end = at + header.bytes;
    return true;
}

void mpeg_frames_walk_all(struct mpeg_frames *frames)
{
    while (walk_one(frames))
        ;
}

int64_t mpeg_frames_find(struct mpeg_frames *frames, int64_t index)
{
    struct mpeg_header header;
    while (frames->count <= index)
        if (!walk_one(frames))
            return -1;
    int64_t at = frames->mark[index / frames->step];
    for (int64_t i = index / frames->step * frames->step; i < index; i++) {
        if (!mpeg_frames_read(frames, &at, &header))
            return -1;
        at += header.bytes;
    }
    return mpeg_frames_read(frames, &at, &header) ? at : -1;
}

/* What the LAME tag adds to the Xing tag: twelve bits each. */
static void read_delay(struct mpeg_frames *frames, const unsigned char *lame, int64_t left)
{
    if (left < TAG_LAME_DELAY + 3)
        return;
    const unsigned char *at = lame + TAG_LAME_DELAY;
    frames->delay = (unsigned)at[0] << 4 | at[1] >> 4;
    frames->padding = (unsigned)(at[1] & 15) << 8 | at[2];
}

/* Return: whether this frame is a tag and no sound. */
static bool read_tag(struct mpeg_frames *frames, int64_t at, const unsigned char *bytes)
{
    enum { HAS_FRAMES = 1, HAS_BYTES = 2, HAS_TOC = 4, HAS_QUALITY = 8, VBRI_AT = 36, VBRI_FRAMES = 14 };
    const struct mpeg_header *header = &frames->first;
    unsigned side = header->version == 1 ? (header->channels == 1 ? 17 : 32) : header->channels == 1 ? 9 : 17;
    const unsigned char *tag = bytes + HEADER_BYTES + side, *end = bytes + header->bytes;
    if (header->layer != 3 || end - bytes < VBRI_AT + VBRI_FRAMES + TAG_WORD || end - tag < 2 * TAG_WORD + TAG_TOC + 3 * TAG_WORD)
        return false;
    if (!memcmp(bytes + VBRI_AT, "VBRI", TAG_WORD)) {
        frames->said = read_u32(bytes + VBRI_AT + VBRI_FRAMES);
        return true;
    }
    if (memcmp(tag, "Xing", TAG_WORD) != 0 && memcmp(tag, "Info", TAG_WORD) != 0)
        return false;
    uint32_t has = read_u32(tag + TAG_WORD);
    tag += 2 * TAG_WORD;
    if (has & HAS_FRAMES) {
        frames->said = read_u32(tag);
        tag += TAG_WORD;
    }
    if (has & HAS_BYTES) {
        int64_t whole = at + read_u32(tag);
        frames->missing = whole > frames->size ? whole - frames->size : 0;
        tag += TAG_WORD;
    }
    tag += (has & HAS_TOC ? TAG_TOC : 0) + (has & HAS_QUALITY ? TAG_WORD : 0);
    read_delay(frames, tag, end - tag);
    return true;
}

bool mpeg_frames_init(struct mpeg_frames *frames, int fd, int64_t size)
{
    struct mpeg_header next;
    memset(frames, 0, sizeof *frames);
    frames->fd = fd;
    frames->size = size;
    frames->said = -1;
    frames->step = MPEG_STEP;
    int64_t at = container_skip_id3(fd);
    const unsigned char *bytes = peek(frames, at, HEADER_BYTES);
    if (!bytes || !header_parse(&frames->first, bytes))
        return false;
    int64_t behind = at + frames->first.bytes;
    if (behind + HEADER_BYTES <= size && !frame_at(frames, behind, &next))
        return false;
    bytes = peek(frames, at, frames->first.bytes);
    frames->tagged = bytes && read_tag(frames, at, bytes);
    frames->said += frames->tagged && frames->said >= 0;
    frames->end = at;
    return bytes;
}

/* Points at equal steps from the first frame on, as mpeg_frames_tabulate() leaves them. */
static bool evenly_spaced(const struct seek_table *table, int64_t step)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->point[i].unit != (int64_t)i * step)
            return false;
    return step > 0 && table->count > 0 && table->units <= (int64_t)table->count * step;
}

void mpeg_frames_take(struct mpeg_frames *frames, const struct seek_table *table)
{
    int64_t step = table->count > 1 ? table->point[1].unit : MPEG_STEP;
    if (table->kind != SEEK_MPEG || table->parts || !evenly_spaced(table, step))
        return;
    frames->mark = xrealloc_array(NULL, table->count, sizeof *frames->mark);
    for (uint32_t i = 0; i < table->count; i++)
        frames->mark[i] = table->point[i].at;
    frames->marks = table->count;
    frames->step = step;
    frames->count = table->units;
    frames->whole = true;
    frames->cut = table->flags & SEEK_CUT;
}

void mpeg_frames_tabulate(struct mpeg_frames *frames, struct seek_table *table)
{
    struct seek_maker maker;
    mpeg_frames_walk_all(frames);
    seek_maker_begin(&maker, table, SEEK_MPEG, frames->size);
    for (int64_t i = 0; i < frames->marks; i++)
        seek_maker_add(&maker, i * frames->step, frames->mark[i]);
    seek_maker_end(&maker, frames->count, frames->cut ? SEEK_CUT : 0);
}

void mpeg_frames_clear(struct mpeg_frames *frames)
{
    free(frames->mark);
    frames->mark = NULL;
}
