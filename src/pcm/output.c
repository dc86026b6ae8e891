/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Float to integer samples, in chunks: by the kernels to whole numbers, and those into their
 * format. A sample counts as clamped when its own rounded value lies outside the format; dither
 * that pushes a full-scale sample over the edge is cut off and not counted.
 */
#include "config.h"

#include "pcm/kernels.h"
#include "pcm/output.h"

#include <stddef.h>
#include <string.h>

enum { CHUNK = 64 };            /* samples */

static const struct {
    uint32_t bytes;
    double scale;       /* of 1.0; integers reach from -scale to scale - 1 */
} formats[OUTPUT_FORMATS] = {
    [OUTPUT_S16] = {2, 0x1p15}, [OUTPUT_S24_3] = {3, 0x1p23}, [OUTPUT_S24_4] = {4, 0x1p23},
    [OUTPUT_S32] = {4, 0x1p31}, [OUTPUT_F32] = {4, 1},
};

uint32_t output_sample_bytes(enum output_format format)
{
    return formats[format].bytes;
}

/* Some samples on their way: whole numbers, and what becomes of them. */
struct chunk {
    const float *in;
    size_t count;                       /* of samples, CHUNK at most */
    uint64_t frame;                     /* of the first sample, */
    unsigned channel;                   /* and its place there */
    int32_t whole[CHUNK];
};

/* A triangle for each sample, by its frame and channel. */
static void make_dither(const struct chunk *chunk, unsigned channels, double dither[CHUNK])
{
    uint64_t places[CHUNK], frame = chunk->frame;
    unsigned channel = chunk->channel;
    for (size_t i = 0; i < CHUNK; i++) {
        places[i] = (frame << 8) + channel + 1;
        if (++channel == channels) {
            channel = 0;
            frame++;
        }
    }
    kernels->dither(dither, places, CHUNK);
}

static uint32_t quantise(struct chunk *chunk, const double *dither, double scale)
{
    float last[CHUNK] = {0};
    if (chunk->count == CHUNK)
        return kernels->quantise(chunk->whole, chunk->in, dither, scale, CHUNK);
    memcpy(last, chunk->in, chunk->count * sizeof *last);
    return kernels->quantise(chunk->whole, last, dither, scale, CHUNK);
}

static void write_s16(int16_t *out, const struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++)
        out[i] = (int16_t)chunk->whole[i];
}

static void write_s24_3(uint8_t *out, const struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++, out += 3) {
        uint32_t bits = (uint32_t)chunk->whole[i];
        out[0] = (uint8_t)bits;
        out[1] = (uint8_t)(bits >> 8);
        out[2] = (uint8_t)(bits >> 16);
    }
}

static void write_chunk(void *out, enum output_format format, const struct chunk *chunk)
{
    if (format == OUTPUT_S16)
        write_s16(out, chunk);
    else if (format == OUTPUT_S24_3)
        write_s24_3(out, chunk);
    else
        memcpy(out, chunk->whole, chunk->count * sizeof *chunk->whole);
}

static void convert_f32(float *out, const float *in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = in[i] == in[i] ? in[i] : 0.0f;
}

uint32_t output_convert_rt(void *out, const float *in, enum output_format format, unsigned channels, uint32_t frames,
                           uint64_t first_frame, bool dither)
{
    size_t count = (size_t)frames * channels;
    uint32_t clamped = 0;
    if (format == OUTPUT_F32) {
        convert_f32(out, in, count);
        return 0;
    }
    for (size_t at = 0; at < count; at += CHUNK) {
        struct chunk chunk = {.in = in + at, .count = count - at < CHUNK ? count - at : CHUNK,
                              .frame = first_frame + at / channels, .channel = (unsigned)(at % channels)};
        double noise[CHUNK];
        bool dithered = format == OUTPUT_S16 && dither;
        if (dithered)
            make_dither(&chunk, channels, noise);
        clamped += quantise(&chunk, dithered ? noise : NULL, formats[format].scale);
        write_chunk((uint8_t *)out + at * formats[format].bytes, format, &chunk);
    }
    return clamped;
}

static void scale_s24_3(uint8_t *sample, float gain)
{
    int32_t value = (int32_t)((uint32_t)sample[0] << 8 | (uint32_t)sample[1] << 16 | (uint32_t)sample[2] << 24) >> 8;
    uint32_t bits = (uint32_t)(int32_t)((double)value * gain);
    sample[0] = (uint8_t)bits;
    sample[1] = (uint8_t)(bits >> 8);
    sample[2] = (uint8_t)(bits >> 16);
}

void output_scale(void *frame, enum output_format format, unsigned channels, float gain)
{
    for (unsigned c = 0; c < channels; c++) {
        if (format == OUTPUT_S16)
            ((int16_t *)frame)[c] = (int16_t)((float)((int16_t *)frame)[c] * gain);
        else if (format == OUTPUT_S24_3)
            scale_s24_3((uint8_t *)frame + (size_t)c * 3, gain);
        else if (format == OUTPUT_F32)
            ((float *)frame)[c] *= gain;
        else
            ((int32_t *)frame)[c] = (int32_t)((double)((int32_t *)frame)[c] * gain);
    }
}
