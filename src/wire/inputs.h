/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The past of the inputs Record A and Record B: the last seconds of both, in a memfd of its own that
 * outlives engine and store. The engine's capture thread writes it without a system call and never
 * waits; the store reads what it writes into files, and the past is the pre-roll. Frames are
 * numbered from the show's beginning, with gaps in their place: frame `written` is the next, and
 * the last `capacity` of them are there.
 *
 * A reader that is too slow loses frames, never the writer: `claimed` says which are being
 * overwritten, so that what was copied meanwhile is known to be none. The samples are stored and
 * loaded as relaxed atomic words, as in rt/seqlock.h.
 */
#ifndef WIRE_INPUTS_H
#define WIRE_INPUTS_H

#include "rt/guard.h"
#include "rt/seqlock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    INPUTS_MAGIC = 0x43474931,          /* "CGI1" */
    INPUTS = 2,                         /* Record A, Record B */
    INPUTS_CHANNELS = 2 * INPUTS,       /* of a frame: A left, A right, B left, B right */
    INPUTS_CAPACITY = 1 << 20,          /* frames: 21.8 s at 48 kHz, 10.9 s at 96 kHz; 16 MiB */
    INPUTS_PREROLL_MS_MAX = 5000,       /* leaves a disk 5.9 s to hang at 96 kHz, before frames are lost */
};

struct inputs_now {                     /* writer: capture thread, with every batch of frames */
    uint64_t frame;                     /* the next to come, */
    uint64_t time_ns;                   /* due at this CLOCK_MONOTONIC; 0: there never was one */
    uint64_t rate_frame;                /* `rate` holds from this frame on: no take goes across it */
    uint32_t rate;                      /* Hz; 0: there never was an input */
    uint32_t pad;
};

struct inputs {
    uint32_t magic, capacity;           /* capacity: frames, a power of two */
    _Alignas(RT_CACHELINE) _Atomic uint64_t written;
    _Atomic uint64_t claimed;           /* written, and what is being written now */
    _Alignas(RT_CACHELINE) struct seqlock lock;
    struct inputs_now now;              /* under the lock */
    _Alignas(RT_CACHELINE) _Atomic uint32_t sample[];   /* capacity * INPUTS_CHANNELS floats, as bits */
};

/* --- supervisor. Return: a memfd sealed SHRINK|GROW|SEAL, or -1 with errno. It takes no memory before an input is heard. --- */
int inputs_create(void);
/* --- engine: writable; store: read-only. Return: NULL with errno (EPROTO: not our layout). --- */
struct inputs *inputs_map(int fd, bool writable);
void inputs_unmap(struct inputs *inputs);

/* --- engine, capture thread --- */
/* Adds frames of INPUTS_CHANNELS floats, at most a quarter of the capacity; frames NULL: silence. */
RT_SAFE void inputs_put_rt(struct inputs *inputs, const float *frames, uint32_t count);
/* So many frames passed by unheard: silence stands in their place. */
RT_SAFE void inputs_pass_rt(struct inputs *inputs, uint64_t count);
/* The next frame is due at time_ns, at this rate. */
RT_SAFE void inputs_stamp_rt(struct inputs *inputs, uint64_t time_ns, uint32_t rate);

/* --- any reader --- */
uint64_t inputs_written(const struct inputs *inputs);
/* The oldest frame that a reader may hope for: what is older is gone, or is about to be. */
uint64_t inputs_oldest(const struct inputs *inputs);
/* Copies an input's frames [first, first + count) as interleaved stereo. Return: false if they are not there (any more). */
bool inputs_read(const struct inputs *inputs, unsigned input, uint64_t first, float *stereo, uint32_t count);
/* Return: false if the writer was in it at every try. */
bool inputs_read_now(const struct inputs *inputs, struct inputs_now *now);

#endif
