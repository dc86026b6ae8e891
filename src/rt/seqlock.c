/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One writer, many readers, nobody waits: see seqlock.h. */
#include "config.h"

#include "rt/seqlock.h"

#include <time.h>

enum {
    SPINS = 1000,                   /* a few snapshots: a writer that runs is out of it by then */
    NAPS = 100,                     /* one that lost its processor inside needs a time slice or two */
    NAP_NS = 100000
};

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

static bool read_once(const struct seqlock *lock, const _Atomic uint32_t *from, uint32_t *to, size_t bytes)
{
    uint32_t before = atomic_load_explicit(&lock->sequence, memory_order_acquire);
    if (before & 1)
        return false;
    for (size_t i = 0; i < bytes / 4; i++)
        to[i] = atomic_load_explicit(&from[i], memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);      /* the words are read before the second look */
    return atomic_load_explicit(&lock->sequence, memory_order_relaxed) == before;
}

bool seqlock_try(const struct seqlock *lock, const void *shared, void *data, size_t bytes)
{
    for (int tries = 0; tries < SPINS; tries++)
        if (read_once(lock, shared, data, bytes))
            return true;
    return false;
}

bool seqlock_read(const struct seqlock *lock, const void *shared, void *data, size_t bytes)
{
    bool whole = seqlock_try(lock, shared, data, bytes);
    for (int naps = 0; !whole && naps < NAPS; naps++) {
        rt_forbid("nanosleep");
        nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
        whole = read_once(lock, shared, data, bytes);
    }
    return whole;
}

uint32_t seqlock_revision(const struct seqlock *lock)
{
    return atomic_load_explicit(&lock->sequence, memory_order_acquire) & ~1u;
}
