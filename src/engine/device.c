/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all devices share: which driver a name means, which numbers make sense, and which
 * bus sounds on which channels. Routing adds: two busses on one channel are both heard.
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

static bool rate_is_known(uint32_t rate)
{
    return rate == 44100 || rate == 48000 || rate == 88200 || rate == 96000;
}

struct device *device_open(const struct device_request *request, struct err *err)
{
    if (request->rate && !rate_is_known(request->rate)) {
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

static void asked_channels(const struct device_request *request, int bus, int pair[2])
{
    pair[0] = request->route[bus][0];
    pair[1] = request->route[bus][1];
    if (pair[0] == 0 && pair[1] == 0) {
        pair[0] = 2 * bus + 1;
        pair[1] = 2 * bus + 2;
    }
}

uint32_t device_route_wanted(const struct device_request *request)
{
    int most = 2, pair[2];
    for (int bus = 0; bus < ENGINE_BUSSES; bus++) {
        asked_channels(request, bus, pair);
        for (int side = 0; side < 2; side++)
            if (pair[side] > most)
                most = pair[side];
    }
    return most <= DEVICE_CHANNELS_MAX ? (uint32_t)most : DEVICE_CHANNELS_MAX;
}

void device_route_init(struct device_route *route, const struct device_request *request, uint32_t channels)
{
    int pair[2];
    route->channels = channels;
    for (int bus = 0; bus < ENGINE_BUSSES; bus++) {
        asked_channels(request, bus, pair);
        bool has = pair[0] <= (int)channels && pair[1] <= (int)channels;
        for (int side = 0; side < 2; side++)
            route->channel[bus][side] = (int16_t)(has ? pair[side] - 1 : bus == ENGINE_BUS_AUDITION ? DEVICE_NO_CHANNEL
                                                : side < (int)channels ? side : 0);
        route->gain_lin[bus] = route->channel[bus][0] == route->channel[bus][1] ? 0.5f : 1.0f;
    }
}

void device_route_rt(const struct device_route *route, const struct engine_output *output, float *out, uint32_t frames)
{
    memset(out, 0, (size_t)frames * route->channels * sizeof *out);
    for (int bus = 0; output && bus < ENGINE_BUSSES; bus++)
        for (int side = 0; side < 2; side++) {
            int channel = route->channel[bus][side];
            if (channel == DEVICE_NO_CHANNEL)
                continue;
            const float *from = output->bus[bus] + side;
            const float gain = route->gain_lin[bus];
            float *to = out + channel;
            for (uint32_t i = 0; i < frames; i++, from += 2, to += route->channels)
                *to += *from * gain;
        }
}
