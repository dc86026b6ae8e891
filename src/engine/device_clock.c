/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No card: the show's time passes by CLOCK_MONOTONIC. Woken late it gives several periods
 * at once until it has caught up; too late for that, it passes over what was missed.
 */
#include "config.h"

#include "base/xalloc.h"
#include "engine/device.h"
#include "engine/pace.h"
#include "platform/clock.h"

#include <stdlib.h>

struct clock_device {
    struct device device;
    struct pace pace;
};

static struct device *clock_open(const struct device_request *request, struct err *err)
{
    (void)err;
    struct clock_device *clock = xcalloc(1, sizeof *clock);
    clock->device.driver = &device_clock;
    clock->device.format = (struct device_format){
        .rate = request->rate ? request->rate : 48000, .period = request->period ? request->period : 64,
        .periods = request->periods ? request->periods : 2, .channels = 2 * ENGINE_BUSSES, .format = "none",
    };
    return &clock->device;
}

static void clock_start_rt(struct device *device, uint64_t due_ns)
{
    struct clock_device *clock = (void *)device;
    pace_start_rt(&clock->pace, device->format.rate, due_ns);
}

static enum device_wait clock_wait_rt(struct device *device, uint32_t *frames, uint64_t *lost)
{
    struct clock_device *clock = (void *)device;
    uint64_t due = pace_due_rt(&clock->pace), now = clock_now_rt();
    *frames = 0;
    *lost = pace_skip_rt(&clock->pace, now);
    if (*lost)
        return DEVICE_XRUN;
    if (now < due)
        clock_sleep_until_rt(due);
    device->due_ns = due;
    *frames = device->format.period;
    pace_advance_rt(&clock->pace, *frames);
    return DEVICE_READY;
}

static void clock_take_rt(struct device *device, const struct engine_output *output, uint32_t frames, uint64_t first_frame)
{
    (void)device, (void)output, (void)frames, (void)first_frame;    /* nobody hears it */
}

static void clock_close(struct device *device)
{
    free(device);
}

const struct device_driver device_clock = {
    .name = "clock", .open = clock_open, .start = clock_start_rt, .wait = clock_wait_rt, .take = clock_take_rt,
    .close = clock_close,
};
