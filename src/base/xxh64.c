/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XXH64 in stripes of 32 bytes: see xxh64.h. */
#include "config.h"

#include "base/xxh64.h"

#include <string.h>

enum { STRIPE = 32 };
#define PRIME1 UINT64_C(0x9E3779B185EBCA87)
#define PRIME2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define PRIME3 UINT64_C(0x165667B19E3779F9)
#define PRIME4 UINT64_C(0x85EBCA77C2B2AE63)
#define PRIME5 UINT64_C(0x27D4EB2F165667C5)

static uint64_t rotate_left(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static uint32_t read_le32(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? value : __builtin_bswap32(value);
}

static uint64_t read_le64(const unsigned char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? value : __builtin_bswap64(value);
}

static uint64_t round_lane(uint64_t lane, uint64_t input)
{
    return rotate_left(lane + input * PRIME2, 31) * PRIME1;
}

static void add_stripes(uint64_t lane[4], const unsigned char *at, size_t stripes)
{
    uint64_t a = lane[0], b = lane[1], c = lane[2], d = lane[3];
    for (; stripes; stripes--, at += STRIPE) {
        a = round_lane(a, read_le64(at));
        b = round_lane(b, read_le64(at + 8));
        c = round_lane(c, read_le64(at + 16));
        d = round_lane(d, read_le64(at + 24));
    }
    lane[0] = a, lane[1] = b, lane[2] = c, lane[3] = d;
}

void xxh64_init(struct xxh64 *hash, uint64_t seed)
{
    *hash = (struct xxh64){.lane = {seed + PRIME1 + PRIME2, seed + PRIME2, seed, seed - PRIME1}, .seed = seed};
}

void xxh64_add(struct xxh64 *hash, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    size_t kept = hash->bytes % STRIPE;
    hash->bytes += count;
    if (kept) {
        size_t take = count < STRIPE - kept ? count : STRIPE - kept;
        memcpy(hash->rest + kept, at, take);
        at += take;
        count -= take;
        if (kept + take < STRIPE)
            return;
        add_stripes(hash->lane, hash->rest, 1);
    }
    add_stripes(hash->lane, at, count / STRIPE);
    if (count % STRIPE)
        memcpy(hash->rest, at + count / STRIPE * STRIPE, count % STRIPE);
}

static uint64_t converge(const struct xxh64 *hash)
{
    static const unsigned bits[4] = {1, 7, 12, 18};
    if (hash->bytes < STRIPE)
        return hash->seed + PRIME5;
    uint64_t all = 0;
    for (int i = 0; i < 4; i++)
        all += rotate_left(hash->lane[i], bits[i]);
    for (int i = 0; i < 4; i++)
        all = (all ^ round_lane(0, hash->lane[i])) * PRIME1 + PRIME4;
    return all;
}

static uint64_t avalanche(uint64_t all)
{
    all = (all ^ all >> 33) * PRIME2;
    all = (all ^ all >> 29) * PRIME3;
    return all ^ all >> 32;
}

uint64_t xxh64_digest(const struct xxh64 *hash)
{
    const unsigned char *at = hash->rest;
    size_t left = hash->bytes % STRIPE;
    uint64_t all = converge(hash) + hash->bytes;
    for (; left >= 8; left -= 8, at += 8)
        all = rotate_left(all ^ round_lane(0, read_le64(at)), 27) * PRIME1 + PRIME4;
    for (; left >= 4; left -= 4, at += 4)
        all = rotate_left(all ^ read_le32(at) * PRIME1, 23) * PRIME2 + PRIME3;
    for (; left; left--, at++)
        all = rotate_left(all ^ *at * PRIME5, 11) * PRIME1;
    return avalanche(all);
}

uint64_t xxh64_of(const void *bytes, size_t count, uint64_t seed)
{
    struct xxh64 hash;
    xxh64_init(&hash, seed);
    xxh64_add(&hash, bytes, count);
    return xxh64_digest(&hash);
}
