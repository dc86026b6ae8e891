/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clip that counts, and what is heard of it: see paused.h. */
#include "config.h"

#include "paused.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

float paused_wave(int64_t frame)
{
    return (float)rig_count(frame, 0) / 32768;
}

struct rig *paused_open(struct clip_params *params, const uint32_t *periods)
{
    struct rig *rig = rig_open(48000, periods);
    rig_load(rig, 0, CLIPMEM_S16, 2, FRAMES, rig_count);
    *params = rig_params(0);
    rig_install(rig, ENGINE_NOW, 0, params);
    return rig;
}

uint32_t paused_do(struct rig *rig, uint64_t frame, enum op_type type, enum target_kind kind, uint16_t index)
{
    return rig_post(rig, (struct op){.type = (uint8_t)type, .frame = frame, .target = {kind, index}});
}

uint32_t paused_pause(struct rig *rig, uint64_t frame)
{
    return paused_do(rig, frame, OP_PAUSE, TARGET_CLIP, 0);
}

uint32_t paused_resume(struct rig *rig, uint64_t frame)
{
    return paused_do(rig, frame, OP_RESUME, TARGET_CLIP, 0);
}

void paused_plays(const struct rig *rig, uint64_t first, uint64_t count, int64_t at)
{
    for (uint64_t i = 0; i < count; i++)
        assert_true(rig_sample(rig, 0, first + i, 0) == paused_wave(at + (int64_t)i));
}

void paused_silent(const struct rig *rig, uint64_t from, uint64_t to)
{
    for (uint64_t f = from; f < to; f++)
        assert_true(rig_sample(rig, 0, f, 0) == 0 && rig_sample(rig, 0, f, 1) == 0);
}

void paused_near(const struct rig *rig, uint64_t frame, double wanted)
{
    assert_true(fabs(rig_sample(rig, 0, frame, 0) - wanted) < 2e-6);
}
