/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way of a gain. Interval j is what lies between frames j and j + 1; TRUEPEAK_HALF frames after frame j its peak is known and
 * asks for a gain. The lowest gain asked within the window is followed at once, or upwards by the release. The mean of `box` such
 * gains, and the mean of `box` such means, is the gain of the frame that is `delay` frames old: a window that is longer
 * than both means and twice the hold makes sure that all gains in a mean are as low as each peak near the frame asks.
 *
 * Most of the time nothing is asked: a chunk whose highest sample could make no peak over the ceiling is not searched, one
 * with no peak over it in the four times oversampled wave asks for nothing, and once all gains are 1 frames are only copied.
 */
#include "config.h"

#include "pcm/limiter.h"

#include "pcm/meter.h"

#include <stddef.h>
#include <string.h>

#define ONE (1 << 30)
#define RELEASE_MS 100
#define SUSPECT 0.88f               /* of the ceiling: four times the rate do not miss more of a summit */
#define MARGIN 0.029                /* 0.25 dB; see limiter.h */
#define MARGIN_GROWTH 0.012         /* for each 1 that the peak is over */
#define MARGIN_MOST 0.122           /* 1 dB */

uint32_t limiter_delay_frames(uint32_t rate)
{
    return (rate + 500) / 1000;
}

void limiter_init(struct limiter *limiter, uint32_t rate)
{
    uint32_t delay = limiter_delay_frames(rate), ahead = delay - TRUEPEAK_HALF;
    truepeak_tables_init();
    *limiter = (struct limiter){
        .delay = delay, .window = ahead + LIMITER_HOLD + 2, .box = (ahead - LIMITER_HOLD + 2) / 2, .gain = ONE,
        .release = (uint32_t)((UINT64_C(1000) << 32) / ((uint64_t)rate * RELEASE_MS)),
    };
    for (uint32_t i = 0; i < limiter->box; i++) {
        limiter->gains[i] = ONE;
        limiter->sums[i] = (int64_t)limiter->box * ONE;
    }
    limiter->sum = (int64_t)limiter->box * ONE;
    limiter->sum_of_sums = limiter->full = limiter->box * limiter->sum;
    limiter->unit = 1 / (float)limiter->full;
}

/* The gain that a true peak asks for. */
static int32_t gain_for(float peak)
{
    double over = (double)peak / (double)LIMITER_CEILING - 1;
    if (!(over > 0))
        return ONE;
    double margin = MARGIN + over * MARGIN_GROWTH;
    margin = margin < over ? margin : over;
    margin = margin < MARGIN_MOST ? margin : MARGIN_MOST;
    return (int32_t)(ONE / ((1 + over) * (1 + margin)));
}

/* asked[i]: the gain for the interval TRUEPEAK_HALF frames before frame i of the chunk. Return: whether any is below 1. */
static bool ask(const struct limiter *limiter, int32_t *asked, uint32_t frames)
{
    const float *in = limiter->line + 2 * (limiter->delay - (TRUEPEAK_TAPS - 1));
    float peaks[2 * LIMITER_CHUNK];
    bool any = false;
    if (meter_peak_rt(in, frames + TRUEPEAK_TAPS - 1) * TRUEPEAK_GROWTH <= LIMITER_CEILING)
        return false;
    truepeak_find_rt(peaks, in, SUSPECT * LIMITER_CEILING, frames);
    for (uint32_t i = 0; i < frames; i++) {
        float peak = peaks[2 * i] > peaks[2 * i + 1] ? peaks[2 * i] : peaks[2 * i + 1];
        asked[i] = gain_for(peak);
        any |= asked[i] < ONE;
    }
    return any;
}

/* The lowest gain asked within the window that ends with this frame. */
static int32_t window_lowest(struct limiter *limiter, int32_t asked)
{
    struct limiter_low *low = limiter->low;
    while (limiter->low_end != limiter->low_first && low[(limiter->low_end - 1) % LIMITER_RING].gain >= asked)
        limiter->low_end--;
    if (asked < ONE)
        low[limiter->low_end++ % LIMITER_RING] = (struct limiter_low){limiter->frame, asked};
    if (limiter->low_end == limiter->low_first)
        return ONE;
    if (limiter->frame - low[limiter->low_first % LIMITER_RING].frame >= limiter->window)
        limiter->low_first++;
    return limiter->low_end == limiter->low_first ? ONE : low[limiter->low_first % LIMITER_RING].gain;
}

/* The gain of the oldest frame, as one more gain is asked for. */
static float gain_next(struct limiter *limiter, int32_t asked)
{
    int32_t lowest = window_lowest(limiter, asked), at = (int32_t)limiter->box_at;
    int32_t up = limiter->gain + (int32_t)((uint64_t)(ONE - limiter->gain) * limiter->release >> 32) + 1;
    limiter->gain = up < lowest ? up : lowest;
    limiter->sum += limiter->gain - limiter->gains[at];
    limiter->gains[at] = limiter->gain;
    limiter->sum_of_sums += limiter->sum - limiter->sums[at];
    limiter->sums[at] = limiter->sum;
    limiter->box_at = limiter->box_at + 1 < limiter->box ? limiter->box_at + 1 : 0;
    limiter->frame++;
    return 1 - (float)(limiter->full - limiter->sum_of_sums) * limiter->unit;
}

/* Whether every gain is 1 and would stay so: the frames can be passed on as they are. */
bool limiter_is_at_rest_rt(const struct limiter *limiter)
{
    return limiter->sum_of_sums == limiter->full && limiter->low_first == limiter->low_end;
}

static float chunk_process(struct limiter *limiter, float *bus, uint32_t frames, bool on)
{
    int32_t asked[LIMITER_CHUNK];
    float lowest = 1;
    memcpy(limiter->line + 2 * limiter->delay, bus, 2 * frames * sizeof *bus);
    bool any = on && ask(limiter, asked, frames);
    if (any || !limiter_is_at_rest_rt(limiter)) {
        for (uint32_t i = 0; i < frames; i++) {
            float gain = gain_next(limiter, any ? asked[i] : ONE);
            bus[2 * i] = limiter->line[2 * i] * gain;
            bus[2 * i + 1] = limiter->line[2 * i + 1] * gain;
            lowest = gain < lowest ? gain : lowest;
        }
    } else {
        memcpy(bus, limiter->line, 2 * frames * sizeof *bus);
    }
    memmove(limiter->line, limiter->line + 2 * frames, 2 * limiter->delay * sizeof *bus);
    return lowest;
}

float limiter_process_rt(struct limiter *limiter, float *bus, uint32_t frames, bool on)
{
    float lowest = 1;
    for (uint32_t n; frames; frames -= n, bus += 2 * n) {
        n = frames < LIMITER_CHUNK ? frames : LIMITER_CHUNK;
        float gain = chunk_process(limiter, bus, n, on);
        lowest = gain < lowest ? gain : lowest;
    }
    return lowest;
}
