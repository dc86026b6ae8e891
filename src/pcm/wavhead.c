/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WAV heads as bytes, little endian whatever the machine: see wavhead.h. Any thread; pure. */
#include "config.h"

#include "pcm/wavhead.h"

#include <string.h>

enum { TAG_PCM = 1, TAG_FLOAT = 3 };
enum { CHUNK_HEAD = 8, DS64_BYTES = 28, FMT_PCM_BYTES = 16, FMT_FLOAT_BYTES = 18, FACT_BYTES = 4 };

static unsigned char *put_le(unsigned char *at, uint64_t value, unsigned bytes)
{
    for (; bytes > 0; bytes--, value >>= 8)
        *at++ = (unsigned char)value;
    return at;
}

static unsigned char *put_chunk(unsigned char *at, const char id[4], uint32_t bytes)
{
    memcpy(at, id, 4);
    return put_le(at + 4, bytes, 4);
}

/* A size as 32-bit readers see it: all ones says that the ds64 chunk holds it. */
static uint32_t short_size(uint64_t bytes, bool rf64)
{
    return rf64 ? UINT32_MAX : (uint32_t)bytes;
}

static uint32_t format_bytes(const struct wavhead *head)
{
    return head->format == OUTPUT_F32 ? FMT_FLOAT_BYTES : FMT_PCM_BYTES;
}

static unsigned char *put_format(unsigned char *at, const struct wavhead *head)
{
    unsigned tag = head->format == OUTPUT_F32 ? TAG_FLOAT : TAG_PCM;
    uint32_t bytes = format_bytes(head), bits = 8 * output_sample_bytes(head->format), frame_bytes = wavhead_frame_bytes(head);
    at = put_chunk(at, "fmt ", bytes);
    at = put_le(at, tag, 2);
    at = put_le(at, head->channels, 2);
    at = put_le(at, head->rate, 4);
    at = put_le(at, (uint64_t)head->rate * frame_bytes, 4);
    at = put_le(at, frame_bytes, 2);
    at = put_le(at, bits, 2);
    if (bytes > FMT_PCM_BYTES)
        at = put_le(at, 0, 2);                          /* nothing follows */
    return at;
}

uint32_t wavhead_frame_bytes(const struct wavhead *head)
{
    return head->channels * output_sample_bytes(head->format);
}

uint32_t wavhead_fmt(unsigned char out[WAVHEAD_BYTES], const struct wavhead *head, uint64_t data_bytes)
{
    uint64_t riff_bytes = WAVHEAD_BYTES - 8 + data_bytes + (data_bytes & 1);
    uint64_t frames = data_bytes / wavhead_frame_bytes(head);
    bool rf64 = riff_bytes > UINT32_MAX;
    unsigned char *at = put_chunk(out, rf64 ? "RF64" : "RIFF", short_size(riff_bytes, rf64));
    memcpy(at, "WAVE", 4);
    at = put_chunk(at + 4, rf64 ? "ds64" : "JUNK", DS64_BYTES);
    at = put_le(at, rf64 ? riff_bytes : 0, 8);
    at = put_le(at, rf64 ? data_bytes : 0, 8);
    at = put_le(at, rf64 ? frames : 0, 8);
    at = put_le(at, 0, 4);
    uint32_t padding = (uint32_t)(out + WAVHEAD_BYTES - at) - 4 * CHUNK_HEAD - format_bytes(head) - FACT_BYTES;
    at = put_chunk(at, "JUNK", padding);
    memset(at, 0, padding);
    at = put_format(at + padding, head);
    at = put_chunk(at, "fact", FACT_BYTES);
    at = put_le(at, short_size(frames, rf64), 4);
    at = put_chunk(at, "data", short_size(data_bytes, rf64));
    return (uint32_t)(at - out);
}
