/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One producer, one consumer: see ring.h. The producer publishes a cell with a release store
 * of head; the consumer gives it back with a release store of tail. Indices run free and wrap
 * at 2^32, which the unsigned difference absorbs.
 */
#include "config.h"

#include "rt/ring.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

void ring_init(struct ring *ring, uint32_t capacity, size_t cell_bytes)
{
    ring->cells = xcalloc(capacity, cell_bytes);
    ring->cell_bytes = cell_bytes;
    ring->mask = capacity - 1;
    atomic_init(&ring->head, 0);
    atomic_init(&ring->tail, 0);
}

void ring_clear(struct ring *ring)
{
    free(ring->cells);
    ring->cells = NULL;
}

static void *cell_at(const struct ring *ring, uint32_t index)
{
    return ring->cells + (size_t)(index & ring->mask) * ring->cell_bytes;
}

bool ring_push_rt(struct ring *ring, const void *cell)
{
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);    /* own index */
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);    /* cells read before it are free */
    if (head - tail > ring->mask)
        return false;
    memcpy(cell_at(ring, head), cell, ring->cell_bytes);
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);         /* publishes the cell */
    return true;
}

uint32_t ring_space_rt(const struct ring *ring)
{
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    return ring->mask + 1 - (head - tail);
}

const void *ring_peek_rt(const struct ring *ring)
{
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);    /* own index */
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_acquire);    /* sees the published cell */
    return head == tail ? NULL : cell_at(ring, tail);
}

bool ring_pop_rt(struct ring *ring, void *cell)
{
    const void *from = ring_peek_rt(ring);
    if (!from)
        return false;
    if (cell)
        memcpy(cell, from, ring->cell_bytes);
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);         /* the cell may be reused */
    return true;
}
