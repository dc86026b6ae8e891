/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all devices share: which driver a name means, which numbers make sense, and how the
 * engine's pairs of channels become frames.
 */
#include "config.h"

#include "engine/device.h"
#include "base/err.h"
#include "engine/engine.h"

#include <string.h>

const struct device_driver *device_driver_for(const char *name)
{
    if (strcmp(name, "clock") == 0)
        return &device_clock;
    if (strncmp(name, "file:", 5) == 0)
        return &device_file;
    return &device_alsa;
}

bool device_rate_is_known(int64_t rate)
{
    return rate == 44100 || rate == 48000 || rate == 88200 || rate == 96000;
}

void device_warm_up(const char *name)
{
    const struct device_driver *driver = device_driver_for(name);
    if (driver->warm_up)
        driver->warm_up();
}

struct device *device_open(const struct device_request *request, struct err *err)
{
    if (request->rate && !device_rate_is_known(request->rate)) {
        err_set(err, ERR_RANGE, "rate %u: must be 44100, 48000, 88200 or 96000", request->rate);
        return NULL;
    }
    if (request->period && (request->period < 16 || request->period > ENGINE_PERIOD_MAX)) {
        err_set(err, ERR_RANGE, "period %u: must be 16 to %d frames", request->period, ENGINE_PERIOD_MAX);
        return NULL;
    }
    if (request->periods && (request->periods < 2 || request->periods > 64)) {
        err_set(err, ERR_RANGE, "periods %u: must be 2 to 64", request->periods);
        return NULL;
    }
    return device_driver_for(request->name)->open(request, err);
}

void device_interleave_rt(const struct engine_output *output, uint32_t channels, float *out, uint32_t frames)
{
    memset(out, 0, (size_t)frames * channels * sizeof *out);
    for (uint32_t channel = 0; output && channel < channels; channel++) {
        const float *from = output->pair[channel / 2];
        if (!from)
            continue;
        from += channel % 2;
        for (uint32_t i = 0; i < frames; i++)
            out[(size_t)i * channels + channel] = from[2 * (size_t)i];
    }
}
