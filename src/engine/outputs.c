/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From finished busses to the device's channels: see outputs.h. Audio thread. */
#include "config.h"

#include "engine/outputs.h"
#include "pcm/meter.h"

#include <math.h>

void outputs_init(struct outputs *outputs)
{
    matrix_init(&outputs->matrix);
}

void outputs_set_rt(struct outputs *outputs, unsigned bus, const struct bus_params *params, const struct timing *timing,
                    int64_t frame, bool sounding)
{
    uint32_t cross_frames = sounding ? timing->cross_frames : 0;
    struct ramp *mono = &outputs->mono[bus];
    if (mono->to != (params->mono ? 1.0f : 0.0f))
        ramp_go_rt(mono, frame, params->mono ? 1.0f : 0.0f, FADE_LINEAR, cross_frames);
    matrix_send_rt(&outputs->matrix, bus, &params->sends, frame, cross_frames);
}

void outputs_begin_rt(struct outputs *outputs)
{
    matrix_begin_rt(&outputs->matrix);
}

/* Each side goes to the mean of both, as far as gains say. */
static void blend_mono(float *stereo, const float *gains, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        float left = stereo[2 * i], right = stereo[2 * i + 1], mean = 0.5f * left + 0.5f * right;
        stereo[2 * i] = left + (mean - left) * gains[i];
        stereo[2 * i + 1] = right + (mean - right) * gains[i];
    }
}

static void take_mean(float *stereo, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        stereo[2 * i] = stereo[2 * i + 1] = 0.5f * stereo[2 * i] + 0.5f * stereo[2 * i + 1];
}

static void make_mono(const struct ramp *mono, float *stereo, int64_t at, uint32_t count, float *gains)
{
    for (uint32_t run; count > 0; count -= run, at += run, stereo += 2 * (size_t)run) {
        run = ramp_run_rt(mono, at, count);
        if (ramp_moving_rt(mono, at)) {
            ramps_fill_rt(mono, 1, at, gains, run);
            blend_mono(stereo, gains, run);
        } else if (ramp_level_rt(mono, at) == 1) {
            take_mean(stereo, run);
        }
    }
}

void outputs_make_rt(struct outputs *outputs, struct bus *bus, int64_t at, uint32_t frames, uint32_t offset, uint32_t count,
                     float *gains)
{
    for (unsigned i = 0; i < ENGINE_BUSSES; i++) {
        float *stereo = bus[i].frames + 2 * (size_t)offset;
        if (!bus[i].active)
            continue;
        make_mono(&outputs->mono[i], stereo, at, count, gains);
        matrix_add_rt(&outputs->matrix, i, stereo, at, frames, offset, count, gains);
    }
}

/* --- once a period --- */

static uint32_t count_over(const float *stereo, uint32_t frames)
{
    uint32_t over = 0;
    for (uint32_t i = 0; i < 2 * frames; i++)
        over += fabsf(stereo[i]) > 1;
    return over;
}

static void clamp(float *stereo, uint32_t frames)
{
    for (uint32_t i = 0; i < 2 * frames; i++)
        stereo[i] = stereo[i] > 1 ? 1 : stereo[i] < -1 ? -1 : stereo[i];
}

static uint32_t finish_bus(struct outputs *outputs, unsigned index, struct bus *bus, const struct levels_law *law, uint32_t frames)
{
    bus_meter_rt(bus, law, frames);
    uint32_t over = bus->active && bus->levels.peak_lin > 1 ? count_over(bus->frames, frames) : 0;
    outputs->bus_over[index] += over;
    return over;
}

static uint32_t finish_pair(float *stereo, uint32_t frames)
{
    if (!stereo || !(meter_peak_rt(stereo, frames) > 1))
        return 0;
    uint32_t over = count_over(stereo, frames);
    clamp(stereo, frames);
    return over;
}

void outputs_finish_rt(struct outputs *outputs, struct bus *bus, const struct levels_law *law, uint32_t frames,
                       struct engine_output *output)
{
    uint32_t of_busses = 0, of_pairs = 0;
    for (unsigned i = 0; i < ENGINE_BUSSES; i++) {
        of_busses += finish_bus(outputs, i, &bus[i], law, frames);
        output->bus[i] = bus[i].frames;
    }
    for (unsigned i = 0; i < ENGINE_PAIRS; i++) {
        output->pair[i] = matrix_pair_rt(&outputs->matrix, i);
        of_pairs += finish_pair(output->pair[i], frames);
    }
    outputs->over += outputs->matrix.channels ? of_pairs : of_busses;
}
