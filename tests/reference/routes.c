/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From busses to channels: see routes.h. */
#include "config.h"

#include "routes.h"

#include "glide.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const double tolerance = 2e-6;   /* eight busses' sides at up to 10 dB, in single precision */

struct routes {
    struct glide gain[WORLD_BUSSES][SIDES][ROUTES_CHANNELS];
};

static void send_bus(struct routes *routes, int64_t frame, const struct move *move)
{
    bool lacks = move->channel + 1 >= ROUTES_CHANNELS;
    int left = !lacks ? move->channel : move->bus < WORLD_GROUPS ? 0 : -1;
    for (int side = 0; side < SIDES; side++)
        for (int c = 0; c < ROUTES_CHANNELS; c++) {
            double to = left >= 0 && c == left + side ? move->gain : 0;
            struct glide *gain = &routes->gain[move->bus][side][c];
            if (gain->to != to)
                glide_go(gain, frame, to, CURVE_LINEAR, move->cross);
        }
}

/* What a channel has to play at frame n, and how far it may go to the next frame. */
static double sum_up(const struct routes *routes, const struct outcome *outcome, const struct heard *busses, int64_t n, int channel,
                     double *step)
{
    double sum = 0;
    *step = 0;
    for (int bus = 0; bus < WORLD_BUSSES; bus++)
        for (int side = 0; side < SIDES; side++) {
            const struct glide *gain = &routes->gain[bus][side][channel];
            if (gain->to == 0 && !glide_moves(gain, n))
                continue;
            int64_t at = n * LAWS_CHANNELS + 2 * bus + side;
            double level = glide_level(gain, n), goes = glide_step(gain, n);
            sum += level * (double)busses->samples[at];
            *step += (level + goes) * outcome->steps[at] * 1.01 + goes * fabs((double)busses->samples[at]) +
                     (level + goes) * HEARD_GRAIN;
        }
    return sum;
}

static struct difference judge_frame(const struct routes *routes, const struct world *world, const struct outcome *outcome,
                                     const struct heard *busses, const struct heard *channels, int64_t n)
{
    struct difference difference = {.frame = n};
    for (int c = 0; c < ROUTES_CHANNELS && !difference.found; c++) {
        double most, wanted = fmin(1, fmax(-1, sum_up(routes, outcome, busses, n, c, &most)));
        double got = channels->samples[n * ROUTES_CHANNELS + c];
        double step = n + 1 < channels->frames ? fabs(channels->samples[(n + 1) * ROUTES_CHANNELS + c] - got) : 0;
        difference.found = true;
        if (!(fabs(got - wanted) <= tolerance * fmax(1, fabs(wanted))))
            snprintf(difference.text, sizeof difference.text, "frame %" PRId64 " of channel %d is %.9g, not %.9g", n, c + 1, got,
                     wanted);
        else if (world->sines && step > most + tolerance)
            snprintf(difference.text, sizeof difference.text,
                     "from frame %" PRId64 " of channel %d to the next it is a step of %.6f, at most %.6f is allowed", n, c + 1, step,
                     most);
        else
            difference.found = false;
    }
    return difference;
}

struct difference routes_judge(const struct world *world, const struct outcome *outcome, const struct heard *busses,
                               const struct heard *channels)
{
    static struct routes routes;
    struct difference difference = {0};
    routes = (struct routes){0};
    for (int bus = 0; bus < WORLD_BUSSES; bus++)
        send_bus(&routes, 0, &(struct move){.bus = bus, .channel = 2 * bus, .gain = 1});
    if (channels->frames != busses->frames) {
        difference = (struct difference){.found = true, .frame = -1};
        snprintf(difference.text, sizeof difference.text, "%" PRId64 " frames of the channels, not %" PRId64, channels->frames,
                 busses->frames);
    }
    int next = 0;
    for (int64_t n = 0; n < busses->frames && !difference.found; n++) {
        for (; next < outcome->moves && outcome->move[next].frame <= n; next++)
            send_bus(&routes, n, &outcome->move[next]);
        difference = judge_frame(&routes, world, outcome, busses, channels, n);
    }
    return difference;
}
