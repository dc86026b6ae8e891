/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least recently used resampler makes room for a new one: see convert.h. */
#include "config.h"

#include "media/convert.h"

#include "pcm/resample.h"

#include <stddef.h>

struct resampler *convert_get(struct convert *convert, uint32_t in_rate, uint32_t out_rate, unsigned channels)
{
    if (in_rate == out_rate)
        return NULL;
    int oldest = 0;
    convert->uses++;
    for (int i = 0; i < CONVERT_KEPT; i++) {
        if (convert->kept[i].resampler && convert->kept[i].in_rate == in_rate && convert->kept[i].out_rate == out_rate &&
            convert->kept[i].channels == channels) {
            convert->kept[i].used = convert->uses;
            return convert->kept[i].resampler;
        }
        if (convert->kept[i].used < convert->kept[oldest].used)
            oldest = i;
    }
    resample_free(convert->kept[oldest].resampler);
    convert->kept[oldest].in_rate = in_rate;
    convert->kept[oldest].out_rate = out_rate;
    convert->kept[oldest].channels = channels;
    convert->kept[oldest].used = convert->uses;
    return convert->kept[oldest].resampler = resample_new(in_rate, out_rate, channels);
}

struct reach convert_reach(const struct resampler *resampler, int64_t first, uint32_t count)
{
    struct reach reach = {first, first + (int64_t)count};
    if (resampler)
        resample_span(resampler, first, count, &reach.from, &reach.to);
    return reach;
}

void convert_clear(struct convert *convert)
{
    for (int i = 0; i < CONVERT_KEPT; i++)
        resample_free(convert->kept[i].resampler);
    *convert = (struct convert){0};
}
