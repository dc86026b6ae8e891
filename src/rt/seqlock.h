/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A snapshot one writer publishes and any number of readers copy, also across processes.
 * The writer never waits. The data is stored and loaded as relaxed atomic 32-bit words, so a
 * torn read is a value that is thrown away, never undefined behaviour (Boehm, "Can seqlocks
 * get along with programming language memory models?", MSPC 2012). Size in bytes: a multiple of 4.
 */
#ifndef RT_SEQLOCK_H
#define RT_SEQLOCK_H

#include "rt/guard.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seqlock {
    _Atomic uint32_t sequence;      /* odd while the writer is in it */
};

RT_SAFE void seqlock_write_rt(struct seqlock *lock, void *shared, const void *data, size_t bytes);
/* Copies a whole snapshot into data. Return: false if the writer was in it at every one of a thousand tries. Any thread, also in
 * a signal handler. */
bool seqlock_try(const struct seqlock *lock, const void *shared, void *data, size_t bytes);
/*
 * The same, but waits 10 to 20 ms for a writer that lost its processor inside. Return: false if it was
 * still in it then, or died there; data holds nothing of use. Thread: any but an audio thread.
 */
bool seqlock_read(const struct seqlock *lock, const void *shared, void *data, size_t bytes);
/* The sequence number of the last whole snapshot: changes with every write. */
uint32_t seqlock_revision(const struct seqlock *lock);

#endif
