/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in the bytes of a file, in either order. The caller has seen to it that they are there. */
#ifndef TAGS_TAG_BYTES_H
#define TAGS_TAG_BYTES_H

#include <stdint.h>

static inline uint16_t tag_le16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t tag_le32(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t tag_le64(const unsigned char *at)
{
    return tag_le32(at) | (uint64_t)tag_le32(at + 4) << 32;
}

static inline uint16_t tag_be16(const unsigned char *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t tag_be24(const unsigned char *at)
{
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static inline uint32_t tag_be32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | tag_be24(at + 1);
}

static inline uint64_t tag_be64(const unsigned char *at)
{
    return (uint64_t)tag_be32(at) << 32 | tag_be32(at + 4);
}

#endif
