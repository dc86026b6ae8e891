/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From finished busses to the device's channels: see outputs.h. Audio thread. */
#include "config.h"

#include "engine/outputs.h"
#include "pcm/meter.h"

#include <math.h>

void outputs_init(struct outputs *outputs, uint32_t rate)
{
    matrix_init(&outputs->matrix);
    lookahead_init(&outputs->busses, ENGINE_BUSSES, rate);
    lookahead_init(&outputs->pairs, ENGINE_PAIRS, rate);
}

void outputs_set_rt(struct outputs *outputs, unsigned bus, const struct bus_params *params, const struct timing *timing,
                    int64_t frame, bool bus_sounds, bool any_sounds)
{
    const uint32_t bit = UINT32_C(1) << bus, on = outputs->busses.on;
    uint32_t cross_frames = bus_sounds || lookahead_holds_rt(&outputs->busses, bus, frame) ? timing->cross_frames : 0;
    struct ramp *mono = &outputs->mono[bus];
    if (mono->to != (params->mono ? 1.0f : 0.0f))
        ramp_go_rt(mono, frame, params->mono ? 1.0f : 0.0f, FADE_LINEAR, cross_frames);
    matrix_send_rt(&outputs->matrix, bus, &params->sends, frame, outputs->busses.on ? outputs->busses.delay_frames : 0,
                   cross_frames);
    lookahead_set_rt(&outputs->busses, params->limiter ? on | bit : on & ~bit, timing, frame,
                     any_sounds || outputs_hold_rt(outputs, frame));
}

void outputs_set_limiters_rt(struct outputs *outputs, uint32_t pairs, const struct timing *timing, int64_t frame,
                             bool any_sounds)
{
    lookahead_set_rt(&outputs->pairs, pairs, timing, frame, any_sounds || outputs_hold_rt(outputs, frame));
}

void outputs_set_channels_rt(struct outputs *outputs, uint32_t channels)
{
    if (channels == outputs->matrix.channels)
        return;
    matrix_set_channels_rt(&outputs->matrix, channels);
    lookahead_forget_rt(&outputs->pairs);
}

void outputs_follow_rt(struct outputs *outputs, const struct limiter *fresh, uint32_t delay_frames)
{
    lookahead_follow_rt(&outputs->busses, fresh, delay_frames);
    lookahead_follow_rt(&outputs->pairs, fresh, delay_frames);
}

bool outputs_hold_rt(const struct outputs *outputs, int64_t frame)
{
    return lookahead_holds_any_rt(&outputs->busses, frame) || lookahead_holds_any_rt(&outputs->pairs, frame);
}

uint32_t outputs_delay_rt(const struct outputs *outputs)
{
    return (outputs->busses.on ? outputs->busses.delay_frames : 0) +
           (outputs->pairs.on && outputs->matrix.channels ? outputs->pairs.delay_frames : 0);
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
        if (!bus[i].active && lookahead_needs_rt(&outputs->busses, i, at))
            bus_wake_rt(&bus[i], frames);
        if (!bus[i].active)
            continue;
        make_mono(&outputs->mono[i], stereo, at, count, gains);
        lookahead_pass_rt(&outputs->busses, i, stereo, at, count, gains);
        matrix_add_rt(&outputs->matrix, i, stereo, at, frames, offset, count, gains);
    }
    for (unsigned i = 0; i < (outputs->matrix.channels + 1) / 2; i++) {
        if (lookahead_needs_rt(&outputs->pairs, i, at))
            matrix_wake_rt(&outputs->matrix, i, frames);
        float *stereo = matrix_pair_rt(&outputs->matrix, i);
        if (stereo)
            lookahead_pass_rt(&outputs->pairs, i, stereo + 2 * (size_t)offset, at, count, gains);
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

static uint32_t finish_bus(struct outputs *outputs, unsigned index, struct bus *bus, const struct levels_law *law,
                           uint32_t frames)
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
        if (law)
            of_busses += finish_bus(outputs, i, &bus[i], law, frames);
        output->bus[i] = bus[i].frames;
    }
    for (unsigned i = 0; i < ENGINE_PAIRS; i++) {
        output->pair[i] = matrix_pair_rt(&outputs->matrix, i);
        of_pairs += finish_pair(output->pair[i], frames);
    }
    outputs->over += outputs->matrix.channels ? of_pairs : of_busses;
}
