/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ring of fixed-size elements between exactly one producer thread and one consumer thread.
 * Free-running 32-bit indices; the capacity is a power of two. Neither side ever waits: a full
 * ring refuses, and what the caller then does is written where the ring is declared.
 */
#ifndef RT_RING_H
#define RT_RING_H

#include "rt/guard.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
    unsigned char *cells;                               /* capacity * cell_bytes, owned */
    size_t cell_bytes;
    uint32_t mask;                                      /* capacity - 1 */
    _Alignas(RT_CACHELINE) _Atomic uint32_t head;       /* next to write; producer writes */
    _Alignas(RT_CACHELINE) _Atomic uint32_t tail;       /* next to read; consumer writes */
};

/* Off the audio thread. capacity: a power of two, at least 2. */
void ring_init(struct ring *ring, uint32_t capacity, size_t cell_bytes);
void ring_clear(struct ring *ring);

/* Producer. Return: false if full, nothing written. */
RT_SAFE bool ring_push_rt(struct ring *ring, const void *cell);
RT_SAFE uint32_t ring_space_rt(const struct ring *ring);
/* Consumer. Return: false if empty. peek leaves the cell in the ring, valid until the next pop. */
RT_SAFE bool ring_pop_rt(struct ring *ring, void *cell);
RT_SAFE const void *ring_peek_rt(const struct ring *ring);

#endif
