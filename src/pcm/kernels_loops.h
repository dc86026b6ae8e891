/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loops of pcm/kernels.h as plain C, included by one file a variant, which says by
 * KERNEL_TARGET for which processor, and by KERNEL_MANY whether that has registers enough for two
 * rows of sums at once. Nothing here depends on the width of a register: every
 * frame is computed alone and sums have lanes fixed in the source.
 *
 * mix_frames() is the only mixing loop. It is always inlined with some arguments constant
 * (the kind of sample, channels, which pointers are NULL), so that each use is a loop of its own
 * without a branch.
 */
#include "pcm/kernels.h"

#include <stdbool.h>

#define KERNEL_INLINE static inline __attribute__((always_inline)) KERNEL_TARGET

KERNEL_INLINE float sample_read(const void *in, int kind, size_t i)
{
    return kind == KERNEL_S16 ? (float)((const int16_t *)in)[i] * 0x1p-15f : ((const float *)in)[i];
}

KERNEL_INLINE void mix_frames(float *restrict bus, const void *restrict in, int kind, size_t channels,
                              const float *restrict gains, const float *restrict lr, float left, float right, size_t frames)
{
    for (size_t i = 0; i < frames; i++) {
        float gain = gains ? gains[i] : 1.0f;
        float gain_l = gain * (lr ? lr[2 * i] : left);
        float gain_r = gain * (lr ? lr[2 * i + 1] : right);
        bus[2 * i] += sample_read(in, kind, channels * i) * gain_l;
        bus[2 * i + 1] += sample_read(in, kind, channels * i + channels - 1) * gain_r;
    }
}

KERNEL_INLINE void mix_any(float *bus, const void *in, int kind, size_t channels, const float *gains, const float *lr,
                           float left, float right, size_t frames)
{
    if (gains && lr)
        mix_frames(bus, in, kind, channels, gains, lr, 0, 0, frames);
    else if (lr)
        mix_frames(bus, in, kind, channels, NULL, lr, 0, 0, frames);
    else if (gains)
        mix_frames(bus, in, kind, channels, gains, NULL, left, right, frames);
    else
        mix_frames(bus, in, kind, channels, NULL, NULL, left, right, frames);
}

KERNEL_TARGET static void kernel_s16_mono(float *bus, const void *in, const float *gains, const float *lr, float left,
                                          float right, size_t frames)
{
    mix_any(bus, in, KERNEL_S16, 1, gains, lr, left, right, frames);
}

KERNEL_TARGET static void kernel_s16_stereo(float *bus, const void *in, const float *gains, const float *lr, float left,
                                            float right, size_t frames)
{
    mix_any(bus, in, KERNEL_S16, 2, gains, lr, left, right, frames);
}

KERNEL_TARGET static void kernel_f32_mono(float *bus, const void *in, const float *gains, const float *lr, float left,
                                          float right, size_t frames)
{
    mix_any(bus, in, KERNEL_F32, 1, gains, lr, left, right, frames);
}

KERNEL_TARGET static void kernel_f32_stereo(float *bus, const void *in, const float *gains, const float *lr, float left,
                                            float right, size_t frames)
{
    mix_any(bus, in, KERNEL_F32, 2, gains, lr, left, right, frames);
}

KERNEL_TARGET static void kernel_scale(float *restrict bus, const float *restrict gains, float gain, size_t frames)
{
    if (!gains) {
        for (size_t i = 0; i < 2 * frames; i++)
            bus[i] *= gain;
        return;
    }
    for (size_t i = 0; i < frames; i++) {
        bus[2 * i] *= gains[i];
        bus[2 * i + 1] *= gains[i];
    }
}

KERNEL_TARGET static void kernel_add(float *restrict to, const float *restrict from, size_t frames)
{
    for (size_t i = 0; i < 2 * frames; i++)
        to[i] += from[i];
}

/* Eight lanes in one variable, or the compilers keep the sums in memory; unaligned. */
typedef float kernel_lanes __attribute__((vector_size(32), aligned(4), may_alias));

KERNEL_TARGET static void kernel_dot(float *restrict sums, const float *restrict a, const float *restrict b, size_t count)
{
    kernel_lanes sum[4] = {{0}};
    for (size_t i = 0; i < count; i += KERNEL_DOT_LANES) {
        const kernel_lanes *x = (const kernel_lanes *)(a + i), *y = (const kernel_lanes *)(b + i);
        sum[0] += x[0] * y[0];
        sum[1] += x[1] * y[1];
        sum[2] += x[2] * y[2];
        sum[3] += x[3] * y[3];
    }
    sum[0] = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    sums[0] = (sum[0][0] + sum[0][4]) + (sum[0][2] + sum[0][6]);
    sums[1] = (sum[0][1] + sum[0][5]) + (sum[0][3] + sum[0][7]);
}

typedef float kernel_half __attribute__((vector_size(16), aligned(4), may_alias));

/* Sums in variables of their own and steps of four, or the compilers keep them in memory. */
KERNEL_INLINE void convert_frame(float *out, const float *in, const float *row)
{
    const kernel_lanes *x = (const kernel_lanes *)in, *y = (const kernel_lanes *)row;
    kernel_lanes a = x[0] * y[0], b = x[1] * y[1], c = x[2] * y[2], d = x[3] * y[3];
    for (size_t i = 4; i < KERNEL_CONVERT_FLOATS / 8 - 1; i += 4) {
        a += x[i] * y[i];
        b += x[i + 1] * y[i + 1];
        c += x[i + 2] * y[i + 2];
        d += x[i + 3] * y[i + 3];
    }
    a += x[KERNEL_CONVERT_FLOATS / 8 - 1] * y[KERNEL_CONVERT_FLOATS / 8 - 1];
    a = (a + c) + (b + d);
    kernel_half fold = ((kernel_half *)&a)[0] + ((kernel_half *)&a)[1];
    out[0] = fold[0] + fold[2];
    out[1] = fold[1] + fold[3];
}

KERNEL_TARGET static void kernel_convert(const struct kernel_convert *plan, float *restrict out, const float *restrict in,
                                         uint32_t phase, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        convert_frame(out + 2 * i, in, plan->rows + (size_t)phase * KERNEL_CONVERT_FLOATS);
        for (phase += plan->down; phase >= plan->up; phase -= plan->up)
            in += 2;
    }
}

typedef int32_t kernel_bits __attribute__((vector_size(32)));

/* most = the larger magnitude, lane by lane; most's where the other is NaN. */
KERNEL_INLINE void lanes_raise(kernel_lanes *most, const kernel_lanes *other)
{
    kernel_bits magnitude = (kernel_bits)*other & INT32_MAX, which = (kernel_lanes)magnitude > *most;
    *most = (kernel_lanes)((magnitude & which) | ((kernel_bits)*most & ~which));
}

/* Raises most to the magnitude of the value in the middle between two frames; at: the frames before it. */
KERNEL_INLINE void lanes_middle(kernel_lanes *most, const float factors[KERNEL_PAIRS][2], const float *at)
{
    kernel_lanes even = {0};
    for (size_t k = 0; k < KERNEL_PAIRS; k++)
        even += factors[k][0] * (*(const kernel_lanes *)(at + 2 * k + 2) + *(const kernel_lanes *)(at - 2 * k));
    lanes_raise(most, &even);
}

/* The same of the two values at one distance from the middle. */
KERNEL_INLINE void lanes_between(kernel_lanes *most, const float factors[KERNEL_PAIRS][2], const float *at)
{
    kernel_lanes even = {0}, odd = {0};
    for (size_t k = 0; k < KERNEL_PAIRS; k++) {
        kernel_lanes after = *(const kernel_lanes *)(at + 2 * k + 2), before = *(const kernel_lanes *)(at - 2 * k);
        even += factors[k][0] * (after + before);
        odd += factors[k][1] * (after - before);
    }
    even = (kernel_lanes)((kernel_bits)even & INT32_MAX) + (kernel_lanes)((kernel_bits)odd & INT32_MAX);
    lanes_raise(most, &even);
}

_Static_assert(KERNEL_COARSE == 2, "the middle and one distance more");

/* Of eight samples, the largest at the coarse distances. */
KERNEL_INLINE void lanes_coarse(const struct kernel_interpolator *by, kernel_lanes *peaks, const float *at)
{
    *peaks = (kernel_lanes){0};
    lanes_raise(peaks, (const kernel_lanes *)at);
    lanes_middle(peaks, by->coarse[0], at);
    lanes_between(peaks, by->coarse[1], at);
}

/* Of sixteen at once, where there are registers enough: two rows of lanes (a and b), so that no sum waits for itself, and each
 * in a variable of its own, or the compilers keep them in memory. */
KERNEL_INLINE void lanes_coarse_twice(const struct kernel_interpolator *by, kernel_lanes peaks[2], const float *at)
{
    kernel_lanes middle_a = {0}, middle_b = {0}, even_a = {0}, even_b = {0}, odd_a = {0}, odd_b = {0};
    for (size_t k = 0; k < KERNEL_PAIRS; k++) {
        kernel_lanes after_a = *(const kernel_lanes *)(at + 2 * k + 2), before_a = *(const kernel_lanes *)(at - 2 * k);
        kernel_lanes after_b = *(const kernel_lanes *)(at + 2 * k + 10), before_b = *(const kernel_lanes *)(at - 2 * k + 8);
        kernel_lanes sum_a = after_a + before_a, sum_b = after_b + before_b;
        middle_a += by->coarse[0][k][0] * sum_a;
        middle_b += by->coarse[0][k][0] * sum_b;
        even_a += by->coarse[1][k][0] * sum_a;
        even_b += by->coarse[1][k][0] * sum_b;
        odd_a += by->coarse[1][k][1] * (after_a - before_a);
        odd_b += by->coarse[1][k][1] * (after_b - before_b);
    }
    even_a = (kernel_lanes)((kernel_bits)even_a & INT32_MAX) + (kernel_lanes)((kernel_bits)odd_a & INT32_MAX);
    even_b = (kernel_lanes)((kernel_bits)even_b & INT32_MAX) + (kernel_lanes)((kernel_bits)odd_b & INT32_MAX);
    peaks[0] = peaks[1] = (kernel_lanes){0};
    lanes_raise(&peaks[0], (const kernel_lanes *)at);
    lanes_raise(&peaks[0], &middle_a);
    lanes_raise(&peaks[0], &even_a);
    lanes_raise(&peaks[1], (const kernel_lanes *)(at + 8));
    lanes_raise(&peaks[1], &middle_b);
    lanes_raise(&peaks[1], &even_b);
}

/* Raises the peaks that are over suspect to the values at the fine distances. */
KERNEL_INLINE void lanes_fine(const struct kernel_interpolator *by, kernel_lanes *peaks, const float *at, float suspect)
{
    kernel_bits over = *peaks > (kernel_lanes){0} + suspect;
    if (!(over[0] | over[1] | over[2] | over[3] | over[4] | over[5] | over[6] | over[7]))
        return;
    kernel_lanes fine = *peaks;
    lanes_middle(&fine, by->fine[0], at);
    for (size_t i = 1; i < KERNEL_FINE; i++)
        lanes_between(&fine, by->fine[i], at);
    *peaks = (kernel_lanes)(((kernel_bits)fine & over) | ((kernel_bits)*peaks & ~over));
}

/* Of sixteen samples, eight frames, at once. */
KERNEL_INLINE void lanes_true_peak(const struct kernel_interpolator *by, kernel_lanes *peaks, const float *at, float suspect)
{
    if (KERNEL_MANY) {
        lanes_coarse_twice(by, peaks, at);
    } else {
        lanes_coarse(by, peaks, at);
        lanes_coarse(by, peaks + 1, at + 8);
    }
    lanes_fine(by, peaks, at, suspect);
    lanes_fine(by, peaks + 1, at + 8, suspect);
}

KERNEL_TARGET static void kernel_true_peak(const struct kernel_interpolator *by, float *restrict peaks, const float *restrict in,
                                           float suspect, size_t frames)
{
    enum { BEFORE = 2 * (KERNEL_PAIRS - 1), REACH = BEFORE + 2 * KERNEL_PAIRS };
    size_t whole = frames & ~(size_t)7, left = 2 * (frames - whole);
    for (size_t i = 0; i < 2 * whole; i += 16)
        lanes_true_peak(by, (kernel_lanes *)(peaks + i), in + i + BEFORE, suspect);
    if (left) {
        float last[REACH + 16] = {0};
        kernel_lanes lanes[2];
        for (size_t i = 0; i < REACH + left; i++)
            last[i] = in[2 * whole + i];
        lanes_true_peak(by, lanes, last + BEFORE, suspect);
        for (size_t i = 0; i < left; i++)
            peaks[2 * whole + i] = lanes[i / 8][i % 8];
    }
}

/* Samples side by side, each place a lane of its own. */
enum { PEAK_LANES = 64 };

#define LESS(a, b) ((a) < (b) ? (a) : (b))
#define MORE(a, b) ((a) > (b) ? (a) : (b))

/* The upper half of 2n lanes onto the lower; n is a constant, so that each is straight code. */
#define PEAK_FOLD(low, high, n)                                                                                                \
    for (size_t k = 0; k < (n); k++) {                                                                                         \
        (low)[k] = LESS((low)[k + (n)], (low)[k]);                                                                             \
        (high)[k] = MORE((high)[k + (n)], (high)[k]);                                                                          \
    }

/* The lowest and highest of the samples, lanes folded until `channels` are left. */
#define PEAK_EXTREMES(sample, out, in, channels)                                                                               \
    do {                                                                                                                       \
        const sample *s_ = (in);                                                                                               \
        sample low_[PEAK_LANES], high_[PEAK_LANES];                                                                            \
        for (size_t k = 0; k < PEAK_LANES; k++)                                                                                \
            low_[k] = high_[k] = s_[k];                                                                                        \
        for (size_t i = PEAK_LANES; i < KERNEL_PEAK_FRAMES * (channels); i += PEAK_LANES)                                      \
            for (size_t k = 0; k < PEAK_LANES; k++) {                                                                          \
                low_[k] = LESS(s_[i + k], low_[k]);                                                                            \
                high_[k] = MORE(s_[i + k], high_[k]);                                                                          \
            }                                                                                                                  \
        PEAK_FOLD(low_, high_, 32)                                                                                             \
        PEAK_FOLD(low_, high_, 16)                                                                                             \
        PEAK_FOLD(low_, high_, 8)                                                                                              \
        PEAK_FOLD(low_, high_, 4)                                                                                              \
        PEAK_FOLD(low_, high_, 2)                                                                                              \
        if ((channels) == 1)                                                                                                   \
            PEAK_FOLD(low_, high_, 1)                                                                                          \
        for (size_t c = 0; c < (channels); c++) {                                                                              \
            (out)->low[c] = (float)low_[c];                                                                                    \
            (out)->high[c] = (float)high_[c];                                                                                  \
        }                                                                                                                      \
    } while (0)

typedef int32_t kernel_pairs __attribute__((vector_size(32), aligned(2), may_alias));
typedef uint32_t kernel_words __attribute__((vector_size(32)));

/* Eight lanes to the sums of the even and the odd ones. */
KERNEL_INLINE void fold_lanes(float sums[2], const kernel_lanes *sum)
{
    sums[0] = ((*sum)[0] + (*sum)[4]) + ((*sum)[2] + (*sum)[6]);
    sums[1] = ((*sum)[1] + (*sum)[5]) + ((*sum)[3] + (*sum)[7]);
}

/* Squares of eight pairs of samples: the lower halves of 32 bits and the upper ones, which needs no shuffling of registers. */
KERNEL_INLINE void add_pairs(kernel_lanes *lower, kernel_lanes *upper, const int16_t *in)
{
    kernel_pairs pairs = *(const kernel_pairs *)in;
    kernel_lanes x = __builtin_convertvector((kernel_pairs)((kernel_words)pairs << 16) >> 16, kernel_lanes);
    kernel_lanes y = __builtin_convertvector(pairs >> 16, kernel_lanes);
    *lower += x * x;
    *upper += y * y;
}

KERNEL_INLINE void energy_s16(float sums[2], const int16_t *in, size_t samples)
{
    kernel_lanes lower[2] = {{0}}, upper[2] = {{0}};
    float of_lower[2], of_upper[2];
    for (size_t i = 0; i < samples; i += KERNEL_DOT_LANES) {
        add_pairs(&lower[0], &upper[0], in + i);
        add_pairs(&lower[1], &upper[1], in + i + 16);
    }
    lower[0] += lower[1];
    upper[0] += upper[1];
    fold_lanes(of_lower, &lower[0]);
    fold_lanes(of_upper, &upper[0]);
    bool swapped = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    sums[swapped] = of_lower[0] + of_lower[1];
    sums[!swapped] = of_upper[0] + of_upper[1];
}

KERNEL_INLINE void energy_f32(float sums[2], const float *in, size_t samples)
{
    kernel_lanes a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t i = 0; i < samples; i += KERNEL_DOT_LANES) {
        const kernel_lanes *x = (const kernel_lanes *)(in + i);
        a += x[0] * x[0];
        b += x[1] * x[1];
        c += x[2] * x[2];
        d += x[3] * x[3];
    }
    a = (a + c) + (b + d);
    fold_lanes(sums, &a);
}

KERNEL_INLINE void peak_energy(struct kernel_peak *out, const void *in, int kind, size_t channels)
{
    if (kind == KERNEL_S16)
        energy_s16(out->energy, in, KERNEL_PEAK_FRAMES * channels);
    else
        energy_f32(out->energy, in, KERNEL_PEAK_FRAMES * channels);
    if (channels == 1)
        out->energy[0] += out->energy[1];
}

KERNEL_TARGET static void kernel_peak_s16_mono(struct kernel_peak *out, const void *in)
{
    PEAK_EXTREMES(int16_t, out, in, 1u);
    peak_energy(out, in, KERNEL_S16, 1);
}

KERNEL_TARGET static void kernel_peak_s16_stereo(struct kernel_peak *out, const void *in)
{
    PEAK_EXTREMES(int16_t, out, in, 2u);
    peak_energy(out, in, KERNEL_S16, 2);
}

KERNEL_TARGET static void kernel_peak_f32_mono(struct kernel_peak *out, const void *in)
{
    PEAK_EXTREMES(float, out, in, 1u);
    peak_energy(out, in, KERNEL_F32, 1);
}

KERNEL_TARGET static void kernel_peak_f32_stereo(struct kernel_peak *out, const void *in)
{
    PEAK_EXTREMES(float, out, in, 2u);
    peak_energy(out, in, KERNEL_F32, 2);
}

#include "pcm/kernels_quantise.h"

static const struct kernels kernels_here = {
    .mix = {{kernel_s16_mono, kernel_s16_stereo}, {kernel_f32_mono, kernel_f32_stereo}},
    .scale = kernel_scale,
    .add = kernel_add,
    .dot = kernel_dot,
    .convert = kernel_convert,
    .quantise = kernel_quantise,
    .dither = kernel_dither,
    .true_peak = kernel_true_peak,
    .peak = {{kernel_peak_s16_mono, kernel_peak_s16_stereo}, {kernel_peak_f32_mono, kernel_peak_f32_stereo}},
};
