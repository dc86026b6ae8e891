/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One writer, many readers, nobody waits: see seqlock.h. */
#include "config.h"

#include "rt/seqlock.h"

void seqlock_write_rt(struct seqlock *lock, void *shared, const void *data, size_t bytes)
{
    _Atomic uint32_t *to = shared;
    const uint32_t *from = data;
    uint32_t sequence = atomic_load_explicit(&lock->sequence, memory_order_relaxed);
    /* A writer that died inside left it odd: count on from there. */
    sequence += sequence & 1;
    atomic_store_explicit(&lock->sequence, sequence + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);          /* odd is seen before any word */
    for (size_t i = 0; i < bytes / 4; i++)
        atomic_store_explicit(&to[i], from[i], memory_order_relaxed);
    atomic_store_explicit(&lock->sequence, sequence + 2, memory_order_release);
}

bool seqlock_read(const struct seqlock *lock, const void *shared, void *data, size_t bytes)
{
    const _Atomic uint32_t *from = shared;
    uint32_t *to = data;
    for (int tries = 0; tries < 1000; tries++) {
        uint32_t before = atomic_load_explicit(&lock->sequence, memory_order_acquire);
        if (before & 1)
            continue;
        for (size_t i = 0; i < bytes / 4; i++)
            to[i] = atomic_load_explicit(&from[i], memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);      /* the words are read before the second look */
        if (atomic_load_explicit(&lock->sequence, memory_order_relaxed) == before)
            return true;
    }
    return false;
}

uint32_t seqlock_revision(const struct seqlock *lock)
{
    return atomic_load_explicit(&lock->sequence, memory_order_acquire) & ~1u;
}
