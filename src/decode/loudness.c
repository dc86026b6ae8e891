/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * EBU R 128 with libebur128: see loudness.h. Samples go in by steps of 100 ms, after each of which
 * the momentary loudness (of the last 400 ms) is looked at for its maximum.
 */
#include "config.h"

#include "decode/loudness.h"

#ifdef HAVE_EBUR128
#include "base/xalloc.h"
#include "wire/work.h"

#include <ebur128.h>
#include <math.h>
#include <stdlib.h>

enum { LONG_S = 6 * 3600 };             /* seconds from which on levels are counted in steps */

struct loudness {
    ebur128_state *state;
    unsigned channels;
    size_t step, in_step;               /* frames: of 100 ms; of those, in the library already */
    double momentary_max;               /* LUFS; -HUGE_VAL: silence so far */
};

bool loudness_available(void)
{
    return true;
}

struct loudness *loudness_new(unsigned channels, uint32_t rate, int64_t frames)
{
    int mode = EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK;
    if (frames / rate >= LONG_S)
        mode |= EBUR128_MODE_HISTOGRAM;
    ebur128_state *state = ebur128_init(channels, rate, mode);
    if (!state)
        return NULL;
    struct loudness *loudness = xcalloc(1, sizeof *loudness);
    *loudness = (struct loudness){.state = state, .channels = channels, .step = rate / 10, .momentary_max = -HUGE_VAL};
    return loudness;
}

void loudness_free(struct loudness *loudness)
{
    if (!loudness)
        return;
    ebur128_destroy(&loudness->state);
    free(loudness);
}

static size_t step_frames(const struct loudness *loudness, size_t frames)
{
    size_t left = loudness->step - loudness->in_step;
    return frames < left ? frames : left;
}

static void step_on(struct loudness *loudness, size_t frames)
{
    double now;
    loudness->in_step += frames;
    if (loudness->in_step < loudness->step)
        return;
    loudness->in_step = 0;
    if (ebur128_loudness_momentary(loudness->state, &now) == EBUR128_SUCCESS && now > loudness->momentary_max)
        loudness->momentary_max = now;
}

void loudness_add_s16(struct loudness *loudness, const int16_t *samples, size_t frames)
{
    for (size_t step; frames; frames -= step, samples += step * loudness->channels) {
        step = step_frames(loudness, frames);
        ebur128_add_frames_short(loudness->state, samples, step);
        step_on(loudness, step);
    }
}

void loudness_add_f32(struct loudness *loudness, const float *samples, size_t frames)
{
    for (size_t step; frames; frames -= step, samples += step * loudness->channels) {
        step = step_frames(loudness, frames);
        ebur128_add_frames_float(loudness->state, samples, step);
        step_on(loudness, step);
    }
}

static double in_range(double level)
{
    return level >= WORK_LEVEL_NONE ? level < WORK_LEVEL_MOST ? level : WORK_LEVEL_MOST : WORK_LEVEL_NONE;
}

void loudness_take(struct loudness *loudness, struct work_loudness *out)
{
    double integrated = -HUGE_VAL, range = 0, peak = 0;
    ebur128_loudness_global(loudness->state, &integrated);
    ebur128_loudness_range(loudness->state, &range);
    for (unsigned c = 0; c < loudness->channels; c++) {
        double of_channel = 0;
        ebur128_true_peak(loudness->state, c, &of_channel);
        peak = of_channel > peak ? of_channel : peak;
    }
    out->integrated = in_range(integrated);
    out->momentary_max = in_range(loudness->momentary_max);
    out->range = range > 0 && range <= WORK_LEVEL_MOST ? range : 0;
    out->true_peak = in_range(20 * log10(peak));
}

#else

bool loudness_available(void)
{
    return false;
}

struct loudness *loudness_new(unsigned channels, uint32_t rate, int64_t frames)
{
    (void)channels, (void)rate, (void)frames;
    return NULL;
}

void loudness_free(struct loudness *loudness)
{
    (void)loudness;
}

void loudness_add_s16(struct loudness *loudness, const int16_t *samples, size_t frames)
{
    (void)loudness, (void)samples, (void)frames;
}

void loudness_add_f32(struct loudness *loudness, const float *samples, size_t frames)
{
    (void)loudness, (void)samples, (void)frames;
}

void loudness_take(struct loudness *loudness, struct work_loudness *out)
{
    (void)loudness, (void)out;
}
#endif
