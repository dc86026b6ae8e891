/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fold-down: see fold.h. */
#include "config.h"

#include "decode/fold.h"

#include "wire/work.h"

#define MINUS_3_DB 0.70710678f

static const struct {
    float left, right;
} gains[WORK_PLACES] = {
    [WORK_LEFT] = {1, 0},
    [WORK_RIGHT] = {0, 1},
    [WORK_CENTRE] = {MINUS_3_DB, MINUS_3_DB},
    [WORK_LEFT_SURROUND] = {MINUS_3_DB, 0},
    [WORK_RIGHT_SURROUND] = {0, MINUS_3_DB},
    [WORK_BACK_CENTRE] = {0.5f, 0.5f},
};

static void fold_unknown(struct fold *fold)
{
    unsigned rights = fold->channels / 2, lefts = fold->channels - rights;
    for (unsigned c = 0; c < fold->channels; c++) {
        fold->left[c] = c % 2 == 0 ? 1.0f / (float)lefts : 0;
        fold->right[c] = c % 2 == 1 ? 1.0f / (float)rights : 0;
    }
}

void fold_init(struct fold *fold, unsigned channels, const uint8_t *place)
{
    fold->channels = channels;
    if (place[0] == WORK_UNKNOWN) {
        fold_unknown(fold);
        return;
    }
    for (unsigned c = 0; c < channels; c++) {
        fold->left[c] = gains[place[c]].left;
        fold->right[c] = gains[place[c]].right;
    }
}

void fold_frames(const struct fold *fold, float *out, const float *in, uint32_t frames)
{
    for (uint32_t n = 0; n < frames; n++, in += fold->channels, out += 2) {
        float left = 0, right = 0;
        for (unsigned c = 0; c < fold->channels; c++) {
            left += in[c] * fold->left[c];
            right += in[c] * fold->right[c];
        }
        out[0] = left;
        out[1] = right;
    }
}
