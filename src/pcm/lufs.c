/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * K weighting in double precision, both sides in one register of two; a filter needs the sample before, so there is
 * nothing wider to be had. The standard gives its factors for 48 kHz only. Those of other rates come from the same
 * analogue filters by the bilinear transform; their corners and Q are the ones that give the standard's table at 48 kHz.
 */
#include "config.h"

#include "pcm/lufs.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define SHELF_HZ 1681.974450955533
#define SHELF_DB 3.999843853973347
#define SHELF_Q 0.7071752369554196
#define SHELF_BAND 0.4996667741545416       /* of the shelf's gain, at its corner */
#define PASS_HZ 38.13547087602444
#define PASS_Q 0.5003270373238773
#define LOUDEST 1e6f
#define EMPTY 1e-15                 /* a filter that holds no more is emptied: -300 dB */
#define OFFSET_LIN 0.92352685       /* -0.691 dB: what the standard takes off, so that 997 Hz reads its level */

typedef double pair __attribute__((vector_size(16)));       /* left, right */

struct filters {
    pair shelf1, shelf2, pass1, pass2;
};

void lufs_law_init(struct lufs_law *law, uint32_t rate)
{
    const double pi = 3.14159265358979323846;
    double k = tan(pi * SHELF_HZ / rate), high = pow(10, SHELF_DB / 20), band = pow(high, SHELF_BAND);
    double a0 = 1 + k / SHELF_Q + k * k;
    law->step_frames = rate / LUFS_STEPS_A_SECOND;
    law->shelf_b[0] = (high + band * k / SHELF_Q + k * k) / a0;
    law->shelf_b[1] = 2 * (k * k - high) / a0;
    law->shelf_b[2] = (high - band * k / SHELF_Q + k * k) / a0;
    law->shelf_a[0] = 2 * (k * k - 1) / a0;
    law->shelf_a[1] = (1 - k / SHELF_Q + k * k) / a0;
    k = tan(pi * PASS_HZ / rate);
    a0 = 1 + k / PASS_Q + k * k;
    law->pass_a[0] = 2 * (k * k - 1) / a0;
    law->pass_a[1] = (1 - k / PASS_Q + k * k) / a0;
}

static inline double sane(float x)
{
    return fabsf(x) < LOUDEST ? (double)x : 0.0;
}

/* The weighted energy of some frames, added to energy one by one. */
static double weigh(struct filters *state, const struct lufs_law *law, const float *stereo, uint32_t frames, double energy)
{
    struct filters f = *state;
    for (uint32_t i = 0; i < frames; i++) {
        pair x = stereo ? (pair){sane(stereo[2 * i]), sane(stereo[2 * i + 1])} : (pair){0, 0};
        pair y = law->shelf_b[0] * x + f.shelf1;
        f.shelf1 = law->shelf_b[1] * x - law->shelf_a[0] * y + f.shelf2;
        f.shelf2 = law->shelf_b[2] * x - law->shelf_a[1] * y;
        pair z = y + f.pass1;
        f.pass1 = f.pass2 - 2 * y - law->pass_a[0] * z;
        f.pass2 = y - law->pass_a[1] * z;
        z *= z;
        energy += z[0] + z[1];
    }
    *state = f;
    return energy;
}

static float loudness_of(const struct lufs *lufs, const struct lufs_law *law, uint32_t steps)
{
    double sum = 0;
    uint32_t at = (lufs->at + LUFS_SHORT_TERM_STEPS - steps) % LUFS_SHORT_TERM_STEPS;
    for (uint32_t i = 0; i < steps; i++) {
        sum += lufs->steps[at];
        at = at + 1 < LUFS_SHORT_TERM_STEPS ? at + 1 : 0;
    }
    return (float)(OFFSET_LIN * sqrt(sum / ((double)steps * law->step_frames)));
}

static void step_end(struct lufs *lufs, const struct lufs_law *law)
{
    lufs->steps[lufs->at] = lufs->energy;
    lufs->at = lufs->at + 1 < LUFS_SHORT_TERM_STEPS ? lufs->at + 1 : 0;
    lufs->momentary_lin = loudness_of(lufs, law, LUFS_MOMENTARY_STEPS);
    lufs->short_term_lin = loudness_of(lufs, law, LUFS_SHORT_TERM_STEPS);
    lufs->energy = 0;
    lufs->frames = 0;
}

static bool is_empty(const struct filters *f)
{
    pair held = f->shelf1 * f->shelf1 + f->shelf2 * f->shelf2 + f->pass1 * f->pass1 + f->pass2 * f->pass2;
    return held[0] + held[1] < EMPTY * EMPTY;
}

void lufs_feed_rt(struct lufs *lufs, const struct lufs_law *law, const float *stereo, uint32_t frames)
{
    struct filters state = {
        {lufs->shelf[0][0], lufs->shelf[0][1]}, {lufs->shelf[1][0], lufs->shelf[1][1]},
        {lufs->pass[0][0], lufs->pass[0][1]}, {lufs->pass[1][0], lufs->pass[1][1]},
    };
    bool empty = !stereo && is_empty(&state);
    if (empty)
        state = (struct filters){0};
    for (uint32_t n; frames; frames -= n) {
        uint32_t left = law->step_frames - lufs->frames;
        n = frames < left ? frames : left;
        if (!empty)
            lufs->energy = weigh(&state, law, stereo, n, lufs->energy);
        stereo = stereo ? stereo + 2 * n : NULL;
        lufs->frames += n;
        if (lufs->frames == law->step_frames)
            step_end(lufs, law);
    }
    for (size_t side = 0; side < 2; side++) {
        lufs->shelf[0][side] = state.shelf1[side];
        lufs->shelf[1][side] = state.shelf2[side];
        lufs->pass[0][side] = state.pass1[side];
        lufs->pass[1][side] = state.pass2[side];
    }
}
