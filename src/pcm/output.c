/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Float to integer samples. All is done in double, in which every float times 2^31 and its
 * dither is exact. A sample counts as clamped when its own rounded value lies outside the format;
 * dither that pushes a full-scale sample over the edge is cut off and not counted.
 */
#include "config.h"

#include "pcm/output.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

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

static inline double real(float x)
{
    return x == x ? (double)x : 0.0;
}

/* The nearest integer in the format's range, ties to even. */
static inline int32_t fit(double value, double scale)
{
    value = value > -scale ? value : -scale;
    value = value < scale - 1 ? value : scale - 1;
    return (int32_t)llrint(value);
}

/* Whether the nearest integer lies outside; -scale - 0.5 is a tie that goes to -scale. */
static inline bool outside(double value, double scale)
{
    return (value >= scale - 0.5) | (value < -scale - 0.5);
}

/* Scatters a counter over 64 bits, each of which depends on all of the counter's. */
static inline uint64_t scatter(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    return x;
}

/* The difference of two even distributions: a triangle over -1..1. */
static inline double dither_at(uint64_t frame, unsigned channel)
{
    uint64_t bits = scatter(((frame << 8) + channel + 1) * UINT64_C(0x9e3779b97f4a7c15));
    return (double)((int64_t)(bits >> 32) - (int64_t)(bits & UINT32_MAX)) * 0x1p-32;
}

static inline int32_t quantise(float x, double scale, uint32_t *clamped)
{
    double value = real(x) * scale;
    *clamped += outside(value, scale);
    return fit(value, scale);
}

static uint32_t convert_s16(int16_t *out, const float *in, size_t count)
{
    uint32_t clamped = 0;
    for (size_t i = 0; i < count; i++)
        out[i] = (int16_t)quantise(in[i], 0x1p15, &clamped);
    return clamped;
}

static uint32_t convert_s16_dither(int16_t *out, const float *in, unsigned channels, uint32_t frames, uint64_t first_frame)
{
    uint32_t clamped = 0;
    for (uint32_t frame = 0; frame < frames; frame++) {
        for (unsigned channel = 0; channel < channels; channel++, in++) {
            double value = real(*in) * 0x1p15;
            clamped += outside(value, 0x1p15);
            *out++ = (int16_t)fit(value + dither_at(first_frame + frame, channel), 0x1p15);
        }
    }
    return clamped;
}

static uint32_t convert_s24_3(uint8_t *out, const float *in, size_t count)
{
    uint32_t clamped = 0;
    for (size_t i = 0; i < count; i++, out += 3) {
        uint32_t bits = (uint32_t)quantise(in[i], 0x1p23, &clamped);
        out[0] = (uint8_t)bits;
        out[1] = (uint8_t)(bits >> 8);
        out[2] = (uint8_t)(bits >> 16);
    }
    return clamped;
}

static uint32_t convert_int32(int32_t *out, const float *in, size_t count, double scale)
{
    uint32_t clamped = 0;
    for (size_t i = 0; i < count; i++)
        out[i] = quantise(in[i], scale, &clamped);
    return clamped;
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
    switch (format) {
    case OUTPUT_S16:
        if (dither)
            return convert_s16_dither(out, in, channels, frames, first_frame);
        return convert_s16(out, in, count);
    case OUTPUT_S24_3:
        return convert_s24_3(out, in, count);
    case OUTPUT_S24_4:
    case OUTPUT_S32:
        return convert_int32(out, in, count, formats[format].scale);
    default:
        convert_f32(out, in, count);
        return 0;
    }
}
