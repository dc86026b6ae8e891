/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shows that are killed and resumed: a script of operations that is posted to one engine, and what of it is not done yet to
 * the next, and a look at whether both sound alike to the bit and start and end the same.
 */
#ifndef TESTS_ENGINE_RESUME_RIG_H
#define TESTS_ENGINE_RESUME_RIG_H

#include "bench_rig.h"
#include "engine/resume.h"

enum { SCRIPT_OPS = 900 };

struct script {
    struct op op[SCRIPT_OPS];           /* number i has serial i + 1 */
    struct clip_params params[SCRIPT_OPS];
    unsigned count;
};

void script_add(struct script *script, struct op op);
void script_clip(struct script *script, uint64_t frame, uint16_t clip, const struct clip_params *params);       /* NULL: gone */
void script_press(struct script *script, uint64_t frame, uint16_t clip);
void script_do(struct script *script, uint64_t frame, enum op_type type, uint16_t clip);
void script_fade(struct script *script, uint64_t frame, struct engine_target target, float level, double seconds);
/* Posts all of it, or what the report has not as done. */
void script_post(const struct script *script, struct rig *rig, const struct resume_report *report);

/* A 44.1 kHz medium, whatever the rig's rate. */
void rig_load_at(struct rig *rig, uint32_t slot, uint32_t rate, enum clipmem_format format, unsigned channels, int64_t frames,
                 rig_wave *wave);

/* Makes `frames` more frames of `resumed`, which goes on for `dead`, and holds them, and the starts and ends of both together,
 * against those of `whole`, which never died and has them already. dead NULL: not the starts and ends. */
void rig_assert_alike(const struct rig *whole, const struct rig *dead, struct rig *resumed, uint64_t frames);

/* Plays the script to the end in one go; then again, up to `at`, where the engine dies, and on in another one for
 * `frames`. The media are those that `load` loads. Return: the voices that were taken up. */
typedef void rig_loader(struct rig *rig);
unsigned rig_kill_at(const struct script *script, uint32_t rate, rig_loader *load, uint64_t at, uint64_t frames);

#endif
