/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * XXH64, the 64-bit hash of the xxHash family, by its published specification (xxHash fast digest
 * algorithm, version 0.1.1, "XXH64 algorithm description"): for telling files apart and finding
 * damage, quick enough for whole media. No defence against someone who makes two files alike on
 * purpose. The digest is the same on every machine. Pure; any thread.
 */
#ifndef BASE_XXH64_H
#define BASE_XXH64_H

#include <stddef.h>
#include <stdint.h>

struct xxh64 {
    uint64_t lane[4], seed;
    uint64_t bytes;                 /* taken so far */
    unsigned char rest[32];         /* the last bytes % 32 of them, not in the lanes yet */
};

void xxh64_init(struct xxh64 *hash, uint64_t seed);
void xxh64_add(struct xxh64 *hash, const void *bytes, size_t count);
uint64_t xxh64_digest(const struct xxh64 *hash);        /* of all so far; more may be added */

uint64_t xxh64_of(const void *bytes, size_t count, uint64_t seed);

#endif
