/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's bench: see bench_rig.h. */
#include "config.h"

#include "bench_rig.h"
#include "base/xalloc.h"
#include "clipmem/demand.h"
#include "engine/resume_layout.h"
#include "rt/guard.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { RIG_BLOCKS = 16384 };

static struct rig *new_rig(uint32_t rate, const uint32_t *periods)
{
    static const uint32_t usual[] = {64, 0};
    struct rig *rig = xcalloc(1, sizeof *rig);
    rig->rate = rate;
    rig->periods = periods ? periods : usual;
    int demand = demand_create();
    rig->demand = demand_map(demand, true);
    assert_non_null(rig->demand);
    close(demand);
    return rig;
}

static struct resume *new_resume(void)
{
    int fd = resume_create();
    struct resume *resume = resume_map(fd, true);
    assert_non_null(resume);
    close(fd);
    return resume;
}

static void make_engine(struct rig *rig)
{
    struct engine_config config = {.rate = rig->rate, .memory = rig->memory, .demand = rig->demand, .live = &rig->shown,
                                   .live_lock = &rig->lock, .resume = rig->resume};
    rig->engine = engine_new(&config);
}

static struct rig *open_rig(uint32_t rate, const uint32_t *periods, bool kept)
{
    rt_guard_init();
    struct rig *rig = new_rig(rate, periods);
    rig->fd = clipmem_create((uint64_t)RIG_BLOCKS * CLIPMEM_BLOCK_BYTES);
    rig->memory = clipmem_map(rig->fd, true);
    assert_non_null(rig->memory);
    clipmem_set_demand(rig->memory, rig->demand);
    rig->resume = kept ? new_resume() : NULL;
    make_engine(rig);
    return rig;
}

struct rig *rig_open(uint32_t rate, const uint32_t *periods)
{
    return open_rig(rate, periods, false);
}

struct rig *rig_open_kept(uint32_t rate, const uint32_t *periods)
{
    return open_rig(rate, periods, true);
}

/* Of the blocks the first ones: no test has more clips than that. */
static void copy_segment(struct resume_segment *to, const struct resume_segment *from)
{
    enum { BLOCKS = 512 };
    memcpy(to, from, offsetof(struct resume_segment, block) + BLOCKS * sizeof from->block[0]);
}

struct rig *rig_resume(const struct rig *dead, const uint32_t *periods, struct resume_report *report)
{
    struct rig *rig = new_rig(dead->rate, periods);
    rig->fd = -1;
    rig->borrowed = true;
    rig->memory = dead->memory;
    rig->resume = new_resume();
    copy_segment(rig->resume->shared, dead->resume->shared);
    make_engine(rig);
    if (!resume_restore(rig->engine, report, NULL, NULL)) {
        rig_close(rig);
        return NULL;
    }
    rig->posted = report->next_serial - 1;
    rig->channels = dead->channels;
    return rig;
}

void rig_close(struct rig *rig)
{
    engine_free(rig->engine);
    resume_unmap(rig->resume);
    if (!rig->borrowed) {
        clipmem_unmap(rig->memory);
        close(rig->fd);
    }
    demand_unmap(rig->demand);
    for (int i = 0; i < ENGINE_BUSSES; i++)
        free(rig->bus[i]);
    for (int i = 0; i < ENGINE_PAIRS; i++)
        free(rig->pair[i]);
    free(rig);
}

int rig_full(int64_t frame, unsigned channel)
{
    (void)frame;
    (void)channel;
    return 32767;
}

int rig_half(int64_t frame, unsigned channel)
{
    (void)frame;
    (void)channel;
    return 16384;
}

int rig_count(int64_t frame, unsigned channel)
{
    return (int)((frame * 7919 + channel * 104729) % 32749) + 1;
}

int rig_sine(int64_t frame, unsigned channel)
{
    (void)channel;
    return (int)lround(16384 * sin(2 * 3.14159265358979323846 * 100 * (double)frame / 48000));
}

void rig_load_nothing(struct rig *rig, uint32_t slot, enum clipmem_format format, unsigned channels, int64_t frames)
{
    assert_int_equal(clipmem_prepare(rig->memory, slot, format, channels, rig->rate, rig->rate, frames, frames), 0);
    clipmem_set_state(rig->memory, slot, CLIPMEM_READY);
}

void rig_load_block(struct rig *rig, uint32_t slot, enum clipmem_format format, unsigned channels, uint32_t index, rig_wave *wave)
{
    int64_t block = clipmem_block_frames(format, channels);
    void *samples = clipmem_take(rig->memory, slot, index);
    assert_non_null(samples);
    for (int64_t i = 0; i < block; i++) {
        for (unsigned c = 0; c < channels; c++) {
            int value = wave(index * block + i, c);
            if (format == CLIPMEM_S16)
                ((int16_t *)samples)[i * channels + c] = (int16_t)value;
            else
                ((float *)samples)[i * channels + c] = (float)value / 32768;
        }
    }
    clipmem_publish(rig->memory, slot, index);
}

void rig_load(struct rig *rig, uint32_t slot, enum clipmem_format format, unsigned channels, int64_t frames, rig_wave *wave)
{
    assert_int_equal(clipmem_prepare(rig->memory, slot, format, channels, rig->rate, rig->rate, frames, frames), 0);
    int64_t block = clipmem_block_frames(format, channels);
    for (uint32_t index = 0; index * block < frames; index++)
        rig_load_block(rig, slot, format, channels, index, wave);
    clipmem_set_state(rig->memory, slot, CLIPMEM_READY);
}

struct clip_params rig_params(uint32_t medium)
{
    return (struct clip_params){.medium = medium, .out_frames = -1, .gain_lin = 1};
}

uint32_t rig_post(struct rig *rig, struct op op)
{
    op.serial = ++rig->posted;
    assert_true(engine_post(rig->engine, &op));
    return op.serial;
}

uint32_t rig_install(struct rig *rig, uint64_t frame, uint16_t clip, const struct clip_params *params)
{
    struct clip_params *copy = NULL;
    if (params) {
        copy = xmalloc(sizeof *copy);
        *copy = *params;
    }
    return rig_post(rig, (struct op){.type = OP_CLIP, .frame = frame, .clip = clip, .params = copy});
}

uint32_t rig_group(struct rig *rig, uint64_t frame, unsigned group, bool choke, unsigned voices)
{
    struct group_params params = {.choke = choke, .voices = (uint8_t)voices, .gain_lin = 1};
    return rig_post(rig, (struct op){.type = OP_GROUP, .frame = frame, .clip = (uint16_t)group, .group = params});
}

uint32_t rig_do(struct rig *rig, uint64_t frame, enum op_type type, uint16_t clip)
{
    return rig_post(rig, (struct op){.type = (uint8_t)type, .frame = frame, .clip = clip});
}

uint32_t rig_press(struct rig *rig, uint64_t frame, uint16_t clip)
{
    return rig_do(rig, frame, OP_PRESS, clip);
}

uint32_t rig_stop(struct rig *rig, uint64_t frame, enum target_kind kind, uint16_t index)
{
    return rig_post(rig, (struct op){.type = OP_STOP, .frame = frame, .target = {kind, index}});
}

uint32_t rig_fade(struct rig *rig, uint64_t frame, enum target_kind kind, uint16_t index, float level, double seconds)
{
    return rig_post(rig, (struct op){.type = OP_FADE, .frame = frame, .target = {kind, index}, .level_lin = level,
                                     .seconds = seconds});
}

uint32_t rig_mute(struct rig *rig, uint64_t frame, enum target_kind kind, uint16_t index, bool on)
{
    return rig_post(rig, (struct op){.type = OP_MUTE, .frame = frame, .target = {kind, index}, .on = on});
}

uint32_t rig_bus(struct rig *rig, uint64_t frame, unsigned bus, const struct bus_params *params)
{
    return rig_post(rig, (struct op){.type = OP_BUS, .frame = frame, .clip = (uint16_t)bus, .bus = *params});
}

static void take_events(struct rig *rig)
{
    struct event event;
    while (engine_take_event(rig->engine, &event)) {
        assert_true(rig->events < RIG_EVENTS);
        rig->event[rig->events++] = event;
        if (event.type == EVENT_RETIRED) {
            free((void *)(uintptr_t)event.params);
            rig->retired++;
        }
    }
}

static void make_room(struct rig *rig, size_t frames)
{
    if (frames <= rig->room)
        return;
    rig->room = frames + frames / 2 + 48000;
    for (int i = 0; i < ENGINE_BUSSES; i++)
        rig->bus[i] = xrealloc_array(rig->bus[i], rig->room, 2 * sizeof(float));
    for (uint32_t i = 0; i < (rig->channels + 1) / 2; i++)
        rig->pair[i] = xrealloc_array(rig->pair[i], rig->room, 2 * sizeof(float));
}

void rig_run(struct rig *rig, uint64_t until_frame)
{
    make_room(rig, (size_t)until_frame);
    for (;;) {
        uint64_t frame = engine_frame_rt(rig->engine);
        if (frame >= until_frame)
            break;
        if (rig->periods[rig->turn] == 0)
            rig->turn = 0;
        uint32_t frames = rig->periods[rig->turn++];
        if (frames > until_frame - frame)
            frames = (uint32_t)(until_frame - frame);
        struct engine_output output;
        rt_guard_enter();
        engine_process_rt(rig->engine, frames, &output);
        rt_guard_leave();
        for (int i = 0; i < ENGINE_BUSSES; i++)
            memcpy(rig->bus[i] + 2 * frame, output.bus[i], 2 * sizeof(float) * frames);
        for (uint32_t i = 0; i < (rig->channels + 1) / 2; i++)
            for (uint32_t k = 0; k < 2 * frames; k++)
                rig->pair[i][2 * frame + k] = output.pair[i] ? output.pair[i][k] : 0;
        take_events(rig);
    }
}

void rig_set_channels(struct rig *rig, uint32_t channels)
{
    rig->channels = channels;
    engine_set_channels_rt(rig->engine, channels);
}

float rig_channel(const struct rig *rig, unsigned channel, uint64_t frame)
{
    assert_true(frame < engine_frame_rt(rig->engine) && channel >= 1 && channel <= rig->channels);
    return rig->pair[(channel - 1) / 2][2 * frame + (channel - 1) % 2];
}

float rig_sample(const struct rig *rig, unsigned bus, uint64_t frame, unsigned channel)
{
    assert_true(frame < engine_frame_rt(rig->engine));
    return rig->bus[bus][2 * frame + channel];
}

int rig_result(const struct rig *rig, uint32_t serial, unsigned *value)
{
    for (unsigned i = 0; i < rig->events; i++) {
        if (rig->event[i].type != EVENT_RESULT || rig->event[i].serial != serial)
            continue;
        if (value)
            *value = rig->event[i].value;
        return rig->event[i].result;
    }
    return -1;
}

unsigned rig_count_events(const struct rig *rig, enum event_type type, int clip)
{
    unsigned count = 0;
    for (unsigned i = 0; i < rig->events; i++)
        count += rig->event[i].type == type && (clip < 0 || rig->event[i].clip == clip);
    return count;
}

const struct event *rig_last_event(const struct rig *rig, enum event_type type, int clip)
{
    for (unsigned i = rig->events; i-- > 0;)
        if (rig->event[i].type == type && (clip < 0 || rig->event[i].clip == clip))
            return &rig->event[i];
    return NULL;
}

unsigned rig_shown(const struct rig *rig, enum state_voice_kind kind)
{
    unsigned count = 0;
    for (int i = 0; i < STATE_VOICES; i++)
        count += rig->shown.voice[i].clip != STATE_NO_CLIP && rig->shown.voice[i].kind == kind;
    return count;
}
