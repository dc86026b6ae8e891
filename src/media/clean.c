/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NaN, infinity and absurd levels: see clean.h. */
#include "config.h"

#include "media/clean.h"

#include <math.h>

static float cleaned(float sample)
{
    if (!isfinite(sample))
        return 0;
    return sample > 0 ? CLEAN_LEVEL_MAX : -CLEAN_LEVEL_MAX;
}

uint64_t clean_samples(float *samples, size_t count)
{
    uint64_t changed = 0;
    for (size_t i = 0; i < count; i++) {
        if (fabsf(samples[i]) <= CLEAN_LEVEL_MAX)       /* false for NaN */
            continue;
        samples[i] = cleaned(samples[i]);
        changed++;
    }
    return changed;
}
