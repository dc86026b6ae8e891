/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows that are killed and resumed: see resume_rig.h. */
#include "config.h"

#include "resume_rig.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void script_add(struct script *script, struct op op)
{
    assert_true(script->count < SCRIPT_OPS);
    script->op[script->count++] = op;
}

void script_clip(struct script *script, uint64_t frame, uint16_t clip, const struct clip_params *params)
{
    struct clip_params *kept = params ? &script->params[script->count] : NULL;
    if (kept)
        *kept = *params;
    script_add(script, (struct op){.type = OP_CLIP, .frame = frame, .clip = clip, .params = kept});
}

void script_do(struct script *script, uint64_t frame, enum op_type type, uint16_t clip)
{
    script_add(script, (struct op){.type = (uint8_t)type, .frame = frame, .clip = clip});
}

void script_press(struct script *script, uint64_t frame, uint16_t clip)
{
    script_do(script, frame, OP_PRESS, clip);
}

void script_fade(struct script *script, uint64_t frame, struct engine_target target, float level, double seconds)
{
    script_add(script, (struct op){.type = OP_FADE, .frame = frame, .target = target, .level_lin = level, .seconds = seconds});
}

void script_post(const struct script *script, struct rig *rig, const struct resume_report *report)
{
    for (unsigned i = 0; i < script->count; i++) {
        struct op op = script->op[i];
        if (report && resume_is_done(report, i + 1))
            continue;
        if (op.params) {
            struct clip_params *copy = xmalloc(sizeof *copy);
            *copy = *op.params;
            op.params = copy;
        }
        rig_post(rig, op);
        if (op.type == OP_FAMILIES)     /* what is posted then is due as late as chains are */
            rig_run(rig, engine_frame_rt(rig->engine) + 1);
    }
}

void rig_load_at(struct rig *rig, uint32_t slot, uint32_t rate, enum clipmem_format format, unsigned channels, int64_t frames,
                 rig_wave *wave)
{
    uint32_t own = rig->rate;
    rig->rate = rate;
    rig_load(rig, slot, format, channels, frames, wave);
    rig->rate = own;
}

/* Adds the events of a type before frame `to`; *sum: one that any difference between them changes, in whatever order they were
 * told. */
static unsigned count_events(const struct rig *rig, enum event_type type, uint64_t to, uint64_t *sum)
{
    unsigned count = 0;
    for (unsigned i = 0; i < rig->events; i++) {
        const struct event *event = &rig->event[i];
        uint64_t bits = event->frame << 20 ^ event->voice << 12 ^ event->heard_frames << 40 ^ event->clip ^ event->cause;
        if (event->type != type || event->frame >= to)
            continue;
        count++;
        *sum += bits * UINT64_C(0x9e3779b97f4a7c15);
    }
    return count;
}

static void assert_events_alike(const struct rig *whole, const struct rig *dead, const struct rig *resumed, uint64_t to)
{
    static const enum event_type types[] = {EVENT_START, EVENT_END, EVENT_REFUSED};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        uint64_t all = 0, parts = 0;
        unsigned count = count_events(dead, types[i], to, &parts) + count_events(resumed, types[i], to, &parts);
        assert_int_equal(count_events(whole, types[i], to, &all), count);
        assert_int_equal(all, parts);
    }
}

static void assert_frames_alike(const float *whole, const float *resumed, uint64_t from, uint64_t to)
{
    assert_memory_equal(whole + 2 * from, resumed + 2 * from, (to - from) * 2 * sizeof *whole);
}

void rig_assert_alike(const struct rig *whole, const struct rig *dead, struct rig *resumed, uint64_t frames)
{
    uint64_t from = engine_frame_rt(resumed->engine), to = from + frames;
    assert_true(to <= engine_frame_rt(whole->engine));
    rig_run(resumed, to);
    for (int i = 0; i < ENGINE_BUSSES; i++)
        assert_frames_alike(whole->bus[i], resumed->bus[i], from, to);
    for (uint32_t i = 0; i < (whole->channels + 1) / 2; i++)
        assert_frames_alike(whole->pair[i], resumed->pair[i], from, to);
    if (dead)
        assert_events_alike(whole, dead, resumed, to);
}

static struct rig *open_show(const struct script *script, uint32_t rate, rig_loader *load)
{
    struct rig *rig = rig_open_kept(rate, NULL);
    load(rig);
    rig_set_channels(rig, 2 * ENGINE_BUSSES);
    script_post(script, rig, NULL);
    return rig;
}

unsigned rig_kill_at(const struct script *script, uint32_t rate, rig_loader *load, uint64_t at, uint64_t frames)
{
    struct resume_report report;
    struct rig *whole = open_show(script, rate, load), *dead = open_show(script, rate, load);
    rig_run(whole, at + frames);
    rig_run(dead, at);
    struct rig *resumed = rig_resume(dead, NULL, &report);
    assert_non_null(resumed);
    assert_int_equal(report.frame, at);
    assert_int_equal(report.dropped, 0);
    script_post(script, resumed, &report);
    rig_assert_alike(whole, dead, resumed, frames);
    rig_close(resumed);
    rig_close(dead);
    rig_close(whole);
    return report.voices;
}
