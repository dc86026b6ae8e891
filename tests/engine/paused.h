/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of standing still share: a clip that counts, so that every frame of it is another one, and what is heard of it
 * on bus A. They fail the cmocka test that runs.
 */
#ifndef TESTS_ENGINE_PAUSED_H
#define TESTS_ENGINE_PAUSED_H

#include "bench_rig.h"

enum { FRAMES = 100000, N1 = 48 };      /* of the medium; of the protection, 1 ms */

float paused_wave(int64_t frame);       /* of the medium */
/* Clip 0 installed with *params, which it fills. */
struct rig *paused_open(struct clip_params *params, const uint32_t *periods);
uint32_t paused_do(struct rig *rig, uint64_t frame, enum op_type type, enum target_kind kind, uint16_t index);
uint32_t paused_pause(struct rig *rig, uint64_t frame);         /* clip 0 */
uint32_t paused_resume(struct rig *rig, uint64_t frame);
/* Frames first..first+count-1 of bus A are the medium from `at` on. */
void paused_plays(const struct rig *rig, uint64_t first, uint64_t count, int64_t at);
void paused_silent(const struct rig *rig, uint64_t from, uint64_t to);
void paused_near(const struct rig *rig, uint64_t frame, double wanted);

#endif
