/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NaN, infinity and absurd levels: see clean.h. */
#include "config.h"

#include "decode/clean.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { RUN = 256 };             /* short enough to be in the nearest cache still when it is looked at after it was copied, and
                                 * for memcpy() to use registers: with the string instruction that it takes for more, copies to
                                 * odd places are thrice as slow */

static float cleaned(float sample)
{
    if (!isfinite(sample))
        return 0;
    return sample > 0 ? CLEAN_LEVEL_MAX : -CLEAN_LEVEL_MAX;
}

/* Of a fixed length and without a way out in the middle, so that compilers vectorise it. */
static bool run_is_clean(const float *samples)
{
    unsigned bad = 0;
    for (int i = 0; i < RUN; i++)
        bad |= !(fabsf(samples[i]) <= CLEAN_LEVEL_MAX);
    return !bad;
}

static uint64_t clean_each(float *samples, size_t count)
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

uint64_t clean_samples(float *samples, size_t count)
{
    uint64_t changed = 0;
    for (; count >= RUN; samples += RUN, count -= RUN)
        if (!run_is_clean(samples))
            changed += clean_each(samples, RUN);
    return changed + clean_each(samples, count);
}

/* What is looked at is the copy. */
uint64_t clean_copy(float *to, const float *from, size_t count)
{
    uint64_t changed = 0;
    for (; count >= RUN; to += RUN, from += RUN, count -= RUN) {
        memcpy(to, from, RUN * sizeof *to);
        if (!run_is_clean(to))
            changed += clean_each(to, RUN);
    }
    memcpy(to, from, count * sizeof *to);
    return changed + clean_each(to, count);
}
