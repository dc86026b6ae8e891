/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From busses to channels: see matrix.h. Audio thread. For every channel the sides of the busses
 * are added in one order, A left first, and each gain is a function of the frame, so that the
 * samples do not depend on how a period is cut.
 */
#include "config.h"

#include "engine/matrix.h"
#include "pcm/mix.h"

#include <string.h>

_Static_assert(ENGINE_CHANNELS <= 64 && ENGINE_PAIRS <= 32, "sets of channels and of pairs are bits of a word");

enum { NOWHERE = 0 };

void matrix_init(struct matrix *matrix)
{
    for (uint8_t bus = 0; bus < ENGINE_BUSSES; bus++)
        matrix->sends[bus] = (struct bus_sends){
            .count = 1, .send = {{.channel = {(uint8_t)(2 * bus + 1), (uint8_t)(2 * bus + 2)}, .gain_lin = 1}},
        };
}

/* Channels from 1 of both sides, as the device can have them. */
static void place_send(const struct matrix *matrix, unsigned bus, unsigned index, unsigned channel[2])
{
    const struct bus_send *send = &matrix->sends[bus].send[index];
    for (int side = 0; side < 2; side++)
        channel[side] = send->channel[side] <= matrix->channels ? send->channel[side] : NOWHERE;
    bool lacks = channel[0] != send->channel[0] || channel[1] != send->channel[1];
    if (index > 0 || !lacks)
        return;
    channel[0] = bus == ENGINE_BUS_AUDITION || matrix->channels == 0 ? NOWHERE : 1;
    channel[1] = channel[0] && matrix->channels > 1 ? 2 : channel[0];
}

static void aim(const struct matrix *matrix, unsigned bus, float goal[2][ENGINE_CHANNELS])
{
    memset(goal, 0, 2 * sizeof *goal);
    for (unsigned i = 0; i < matrix->sends[bus].count && i < ENGINE_SENDS; i++) {
        unsigned channel[2];
        place_send(matrix, bus, i, channel);
        float gain = matrix->sends[bus].send[i].gain_lin * (channel[0] == channel[1] ? 0.5f : 1.0f);
        for (int side = 0; side < 2; side++)
            if (channel[side] != NOWHERE)
                goal[side][channel[side] - 1] += gain;
    }
}

void matrix_send_rt(struct matrix *matrix, unsigned bus, const struct bus_sends *sends, int64_t frame, uint32_t late_frames,
                    uint32_t cross_frames)
{
    float goal[2][ENGINE_CHANNELS];
    matrix->sends[bus] = *sends;
    aim(matrix, bus, goal);
    for (int side = 0; side < 2; side++)
        for (int channel = 0; channel < ENGINE_CHANNELS; channel++) {
            struct ramp *gain = &matrix->gain[bus][side][channel];
            if (gain->to == goal[side][channel])
                continue;
            matrix->before[bus][side][channel] = *gain;
            ramp_go_rt(gain, frame + (cross_frames ? late_frames : 0), goal[side][channel], FADE_LINEAR, cross_frames);
            if (cross_frames || goal[side][channel] != 0)
                matrix->open[bus][side] |= UINT64_C(1) << channel;
            else
                matrix->open[bus][side] &= ~(UINT64_C(1) << channel);
        }
}

void matrix_set_channels_rt(struct matrix *matrix, uint32_t channels)
{
    matrix->channels = channels < ENGINE_CHANNELS ? channels : ENGINE_CHANNELS;
    memset(matrix->gain, 0, sizeof matrix->gain);
    memset(matrix->before, 0, sizeof matrix->before);
    memset(matrix->open, 0, sizeof matrix->open);
    for (unsigned bus = 0; bus < ENGINE_BUSSES; bus++) {
        const struct bus_sends sends = matrix->sends[bus];
        matrix_send_rt(matrix, bus, &sends, 0, 0, 0);
    }
}

void matrix_begin_rt(struct matrix *matrix)
{
    matrix->heard = 0;
}

float *matrix_pair_rt(struct matrix *matrix, unsigned pair)
{
    return matrix->heard >> pair & 1 ? matrix->pair[pair] : NULL;
}

float *matrix_wake_rt(struct matrix *matrix, unsigned pair, uint32_t frames)
{
    if (!(matrix->heard >> pair & 1))
        memset(matrix->pair[pair], 0, 2 * (size_t)frames * sizeof **matrix->pair);
    matrix->heard |= UINT32_C(1) << pair;
    return matrix->pair[pair];
}

/* One gain: a side of a bus onto a channel, both of them every other sample. */
static void add_ramp(const struct ramp *gain, float *to, const float *from, int64_t at, uint32_t count, float *gains)
{
    for (uint32_t run; count > 0; count -= run, at += run, to += 2 * (size_t)run, from += 2 * (size_t)run) {
        run = ramp_run_rt(gain, at, count);
        if (ramp_moving_rt(gain, at)) {
            ramps_fill_rt(gain, 1, at, gains, run);
            for (uint32_t i = 0; i < run; i++)
                to[2 * i] += from[2 * i] * gains[i];
            continue;
        }
        const float level = ramp_level_rt(gain, at);
        for (uint32_t i = 0; level != 0 && i < run; i++)
            to[2 * i] += from[2 * i] * level;
    }
}

/* Until it starts, as it was before. */
static void add_side(const struct ramp *gain, const struct ramp *before, float *to, const float *from, int64_t at, uint32_t count,
                     float *gains)
{
    int64_t left = gain->start - at;
    uint32_t first = left <= 0 ? 0 : left < count ? (uint32_t)left : count;
    add_ramp(before, to, from, at, first, gains);
    add_ramp(gain, to + 2 * (size_t)first, from + 2 * (size_t)first, at + first, count - first, gains);
}

static bool is_open(const struct matrix *matrix, unsigned bus, unsigned side, unsigned channel)
{
    return matrix->open[bus][side] >> channel & 1;
}

/* Left to the pair's left and right to its right and nothing else, both at rest: what nearly always is. */
static bool is_straight(const struct matrix *matrix, unsigned bus, unsigned pair, int64_t at)
{
    const unsigned l = 2 * pair, r = l + 1;
    return is_open(matrix, bus, 0, l) && is_open(matrix, bus, 1, r) &&
           !is_open(matrix, bus, 0, r) && !is_open(matrix, bus, 1, l) &&
           ramp_left_rt(&matrix->gain[bus][0][l], at) == 0 && ramp_left_rt(&matrix->gain[bus][1][r], at) == 0;
}

static void add_to_pair(struct matrix *matrix, unsigned bus, unsigned pair, float *to, const float *from, int64_t at,
                        uint32_t count, float *gains)
{
    const unsigned l = 2 * pair, r = l + 1;
    if (is_straight(matrix, bus, pair, at)) {
        mix_f32_stereo_rt(to, from, NULL, matrix->gain[bus][0][l].to, matrix->gain[bus][1][r].to, count);
        return;
    }
    for (unsigned side = 0; side < 2; side++)
        for (unsigned channel = l; channel <= r; channel++) {
            const struct ramp *gain = &matrix->gain[bus][side][channel];
            if (!is_open(matrix, bus, side, channel))
                continue;
            add_side(gain, &matrix->before[bus][side][channel], to + (channel - l), from + side, at, count, gains);
            if (gain->to == 0 && ramp_left_rt(gain, at + count) == 0)
                matrix->open[bus][side] &= ~(UINT64_C(1) << channel);
        }
}

void matrix_add_rt(struct matrix *matrix, unsigned bus, const float *stereo, int64_t at, uint32_t frames, uint32_t offset,
                   uint32_t count, float *gains)
{
    uint64_t channels = matrix->open[bus][0] | matrix->open[bus][1];
    while (channels) {
        unsigned pair = (unsigned)__builtin_ctzll(channels) / 2;
        channels &= ~(UINT64_C(3) << 2 * pair);
        float *to = matrix_wake_rt(matrix, pair, frames) + 2 * (size_t)offset;
        add_to_pair(matrix, bus, pair, to, stereo, at, count, gains);
    }
}
