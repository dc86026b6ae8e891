/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frames of a bare MPEG audio stream (ISO/IEC 11172-3 2.4.1.3 and 13818-3), found by their
 * headers alone: how many there are, where each lies, and what the encoder's first frame says of
 * the silence it added (the Xing and LAME tags). Worker only: reads the file, decodes nothing.
 *
 * Frames are walked in order; every MPEG_STEP-th is remembered, so that the next walk to a frame
 * begins near it. A seek table (wire/seek_table.h) tells all of that without a walk: units are
 * frames, the tag's among them.
 */
#ifndef DECODE_MPEG_FRAMES_H
#define DECODE_MPEG_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

struct seek_table;

enum { MPEG_STEP = 64, MPEG_FRAME_BYTES_MAX = 2881 };

struct mpeg_header {
    unsigned version, layer;        /* 1: MPEG-1, 2: MPEG-2, 3: MPEG-2.5; 1..3 */
    unsigned rate, channels;
    unsigned bytes, samples;        /* of the whole frame; per channel */
};

struct mpeg_frames {
    int fd;
    int64_t size;                   /* bytes of the file */
    struct mpeg_header first;       /* of the first frame of sound */
    int64_t *mark;                  /* byte of frame 0, step, 2 step, ... */
    int64_t marks;
    int64_t step;                   /* MPEG_STEP, or as the table has it */
    int64_t count;                  /* frames walked over; all if `whole` */
    int64_t end;                    /* byte behind the last of them */
    bool whole;
    bool cut;                       /* if `whole`: the last frame has begun and is not all there; it does not count */
    /* of the tag frame, which comes first and counts as one: it may hold bytes of the next one's reservoir */
    bool tagged;
    int64_t said;                   /* frames, with the tag's own; -1: not said */
    unsigned delay, padding;        /* frames of silence before and behind, as the encoder says; 0 if it does not */
    int64_t missing;                /* bytes that the tag says and the file has not */
    unsigned char window[64 << 10]; /* of the file */
    int64_t window_at;
    int64_t window_bytes;
};

/* Return: false if there is no such stream at the beginning of the file. */
bool mpeg_frames_init(struct mpeg_frames *frames, int fd, int64_t size);
void mpeg_frames_clear(struct mpeg_frames *frames);
/* Takes what an earlier walk found. Pre: nothing was walked yet. A table that is none of such a stream changes nothing. */
void mpeg_frames_take(struct mpeg_frames *frames, const struct seek_table *table);
/* Walks to the end. */
void mpeg_frames_tabulate(struct mpeg_frames *frames, struct seek_table *table);
/* Walks to the end: count is that of the file. */
void mpeg_frames_walk_all(struct mpeg_frames *frames);
/* Where this frame lies. Return: its byte, or -1 if the sound ends before it. */
int64_t mpeg_frames_find(struct mpeg_frames *frames, int64_t index);
/* The frame at or, past garbage, soon behind this byte. Return: its bytes (good until the next call) and *at where it
 * lies; NULL at the end. */
const unsigned char *mpeg_frames_read(struct mpeg_frames *frames, int64_t *at, struct mpeg_header *header);

#endif
