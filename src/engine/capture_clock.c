/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inputs without a card, paced by CLOCK_MONOTONIC: "clock" hears silence, "count" a signal that
 * numbers its frames. Frame n of it is the n-th since the clock's beginning, so that every life
 * of the engine goes on counting where the time is.
 */
#include "config.h"

#include "base/xalloc.h"
#include "engine/capture.h"
#include "engine/pace.h"
#include "platform/clock.h"

#include <stdlib.h>
#include <string.h>

enum { PERIOD = 256, CHANNELS = 6, COUNT_BITS = 21 };
#define BEHIND_MAX_NS (2 * CLOCK_SECOND_NS)     /* what is older a card would have lost, too */

struct clock_source {
    struct capture_source source;
    uint32_t period;
    uint64_t frame;                     /* the next, since the clock's beginning */
};

float capture_count_rt(uint64_t frame, uint32_t channel)
{
    uint64_t number = frame % (1 << COUNT_BITS) * 4 + channel % 4;
    return (float)(number + 1) / (float)(8 << COUNT_BITS);
}

static struct capture_source *open_as(const struct capture_driver *driver, const struct capture_request *request)
{
    struct clock_source *clock = xcalloc(1, sizeof *clock);
    clock->source = (struct capture_source){
        .driver = driver, .rate = request->rate ? request->rate : 48000, .channels = CHANNELS,
    };
    clock->period = request->period ? request->period : PERIOD;
    clock->frame = pace_frames_rt(clock_now_rt(), clock->source.rate);
    return &clock->source;
}

static struct capture_source *open_clock(const struct capture_request *request, struct err *err)
{
    (void)err;
    return open_as(&capture_clock, request);
}

static struct capture_source *open_count(const struct capture_request *request, struct err *err)
{
    (void)err;
    return open_as(&capture_count, request);
}

static int32_t clock_read_rt(struct capture_source *source, float *frames, uint32_t most, uint64_t *end_ns)
{
    struct clock_source *clock = (void *)source;
    uint32_t count = clock->period < most ? clock->period : most;
    *end_ns = pace_ns_rt(clock->frame + count, source->rate);
    clock_sleep_until_rt(*end_ns);
    if (clock_now_rt() > *end_ns + BEHIND_MAX_NS) {
        clock->frame = pace_frames_rt(clock_now_rt(), source->rate);
        return -1;
    }
    if (source->driver == &capture_clock)
        memset(frames, 0, (size_t)count * source->channels * sizeof *frames);
    else
        for (uint32_t i = 0; i < count * source->channels; i++)
            frames[i] = capture_count_rt(clock->frame + i / source->channels, i % source->channels);
    clock->frame += count;
    return (int32_t)count;
}

static void clock_close(struct capture_source *source)
{
    free(source);
}

const struct capture_driver capture_clock = {open_clock, clock_read_rt, clock_close};
const struct capture_driver capture_count = {open_count, clock_read_rt, clock_close};
