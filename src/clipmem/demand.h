/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The demand: what the voices read now, told by the audio thread to the loader, in a memfd of
 * its own. The engine writes it every period without a system call; the store maps it read-only
 * and looks when it likes (every few milliseconds while anything sounds). It serves two ends:
 *
 *   what to load   each voice's place in its medium and where it goes from there
 *   what to reuse  `period` is odd while the audio thread is inside a period. A block that was
 *                  unlinked while it was even, or while it had another value than now, can be in
 *                  no reader's hands any more: the reader's store of an odd value and its look at
 *                  the directory, and the loader's unlinking and its look at `period`, are all
 *                  sequentially consistent.
 */
#ifndef CLIPMEM_DEMAND_H
#define CLIPMEM_DEMAND_H

#include "rt/guard.h"
#include "rt/seqlock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    DEMAND_MAGIC = 0x43474431,      /* "CGD1" */
    DEMAND_VOICES = 384,            /* every voice there can be, ghosts too, and what comes after */
};

enum demand_flag {
    DEMAND_QUEUED = 1,              /* waits for its first frames: pos is where it will start */
    DEMAND_LOOPS = 2,               /* after `out` comes `in` */
    DEMAND_ENDING = 4,              /* fading out or a ghost: it needs little more */
    DEMAND_DRY = 8,                 /* silent because its samples are not there */
    DEMAND_AUDITION = 16,
};

struct demand_voice {
    uint32_t slot;                  /* of clip memory */
    uint16_t clip;
    uint16_t flags;                 /* enum demand_flag */
    int64_t pos, in, out;           /* frames of the medium in the chain; a queued voice whose medium is unknown: all 0 */
};

struct demand_picture {
    uint64_t frame;                 /* the engine's, after the period */
    uint32_t count;
    uint32_t pad;
    struct demand_voice voice[DEMAND_VOICES];
};

struct demand {
    uint32_t magic, bytes;
    _Alignas(64) _Atomic uint64_t period;
    _Alignas(64) struct seqlock lock;
    _Alignas(64) struct demand_picture picture;     /* under the lock; only `count` voices are written */
};

/* --- supervisor (or render). Return: a memfd sealed SHRINK|GROW|SEAL, or -1 with errno. --- */
int demand_create(void);
/* --- engine: writable; store: read-only. Return: NULL with errno (EPROTO: not our layout). Mapped writable: nobody is inside a
 * period and no voice is shown, whatever an engine that died has left. --- */
struct demand *demand_map(int fd, bool writable);
/* The same for an engine that waits for another's death: writable, and nothing is written before demand_take_over(). */
struct demand *demand_map_waiting(int fd);
void demand_take_over(struct demand *demand);
void demand_unmap(struct demand *demand);

/* --- engine, audio thread --- */
RT_SAFE void demand_enter_rt(struct demand *demand);
/* Shows picture->count voices and leaves the period. */
RT_SAFE void demand_leave_rt(struct demand *demand, const struct demand_picture *picture);

/* --- store --- */
/* Return: false if the writer was in it at every try. Counts and slots are as the engine wrote them; count is bounded. */
bool demand_read(const struct demand *demand, struct demand_picture *picture);
/* A stamp for what has just been unlinked, and whether no reader can still see what was unlinked at that stamp. */
uint64_t demand_stamp(const struct demand *demand);
bool demand_passed(const struct demand *demand, uint64_t stamp);

#endif
