/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ballistics of meters: see levels.h. Audio thread; the tables are made in levels_law.c. */
#include "config.h"

#include "engine/levels.h"
#include "pcm/meter.h"

#include <math.h>
#include <string.h>

static float fall_over(const struct levels_law *law, uint32_t frames)
{
    float fall = 1;
    for (int i = 0; i < LEVELS_FALLS; i++)
        if (frames >> i & 1)
            fall *= law->fall[i];
    return fall;
}

/* Takes the grown part into the window and lets the oldest go that the window no longer needs. */
static void close_part(struct levels *levels, const struct levels_law *law)
{
    struct levels_part sum = levels->growing;
    uint32_t keep = levels->parts;
    while (keep > 0 && sum.frames < law->window_frames && levels->parts - keep < LEVELS_PARTS - 1) {
        keep--;
        sum.energy += levels->part[keep].energy;
        sum.frames += levels->part[keep].frames;
    }
    levels->parts -= keep;
    memmove(levels->part, levels->part + keep, levels->parts * sizeof *levels->part);
    levels->part[levels->parts++] = levels->growing;
    levels->growing = (struct levels_part){0, 0};
    uint32_t frames = sum.frames > law->window_frames ? sum.frames : law->window_frames;   /* it was silent before the first */
    levels->rms_lin = sqrtf((float)(sum.energy / (2.0 * frames)));
}

static void hold(float *shown, float peak, float fall)
{
    float fallen = *shown * fall;
    *shown = peak > fallen ? peak : fallen;
    if (*shown < 1e-6f)
        *shown = 0;
}

static float find_true_peak(struct levels *levels, const float *stereo, uint32_t frames)
{
    static const float silence[2 * TRUEPEAK_TAPS];
    bool flush = !stereo && !levels->flushed;
    levels->flushed = !stereo;
    if (stereo)
        return truepeak_feed_rt(&levels->truepeak, stereo, frames);
    return flush ? truepeak_feed_rt(&levels->truepeak, silence, TRUEPEAK_TAPS) : 0;
}

static bool is_at_rest(const struct levels *levels)
{
    const struct lufs *lufs = &levels->lufs;
    return levels->peak_lin == 0 && levels->true_peak_lin == 0 && levels->rms_lin == 0 && levels->growing.energy == 0 &&
           lufs->momentary_lin == 0 && lufs->short_term_lin == 0 && lufs->energy == 0;
}

void levels_feed_rt(struct levels *levels, const struct levels_law *law, const float *stereo, uint32_t frames)
{
    if (!stereo && is_at_rest(levels))
        return;
    if (levels->lufs.frames >= law->lufs.step_frames)      /* the step began at another rate */
        levels->lufs.frames = 0;
    lufs_feed_rt(&levels->lufs, &law->lufs, stereo, frames);
    float fall = fall_over(law, frames);
    hold(&levels->peak_lin, stereo ? meter_peak_rt(stereo, frames) : 0, fall);
    hold(&levels->true_peak_lin, find_true_peak(levels, stereo, frames), fall);
    if (stereo)
        levels->growing.energy += meter_energy_rt(stereo, frames);
    levels->growing.frames += frames;
    if (levels->growing.frames >= law->part_frames)
        close_part(levels, law);
}

int32_t levels_mdb_rt(const struct levels_law *law, float lin)
{
    if (!(lin > 1e-10f))
        return INT32_MIN;
    uint32_t bits;
    memcpy(&bits, &lin, sizeof bits);
    int exponent = (int)(bits >> 23) - 127;
    float place = (float)(bits & 0x7fffff) * ((float)LEVELS_LOG_STEPS / (1 << 23));
    int step = (int)place;
    float low = law->log[step], high = law->log[step + 1];
    float mdb = ((float)exponent + low + (high - low) * (place - (float)step)) * 6020.59991f;
    return (int32_t)(mdb < 0 ? mdb - 0.5f : mdb + 0.5f);
}
