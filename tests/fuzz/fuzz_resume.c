/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A resume state that a dying engine has written over: whatever stands in it, a new engine takes up what makes sense, plays
 * on in bounded time, and what it plays are numbers. The state is that of a small show with something of every kind; the
 * input changes it. First byte: bit 0: the sums are made right again, bit 1: the newer copy is the broken one. Then seven bytes a
 * change: what is changed (copy, cells, blocks, head of the copy), three bytes where, three bytes and their sign what stands
 * there then.
 */
#include "config.h"

#include "base/xalloc.h"
#include "engine/resume_blocks.h"
#include "engine/resume_layout.h"
#include "fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MEDIA = 4, CLIPS = 8, RATE = 48000, FRAMES = 30000, PERIOD = 64, CHANGE_BYTES = 7 };

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/resume", NULL};
const char *const fuzz_words[] = {"\x01", "\x00\x00", "\xff\xff\xff", "\x7f", "\x80", NULL};
unsigned fuzz_costs = 40;

static struct clipmem *memory;
static struct resume *resume;
static struct resume_segment *whole;    /* as the show left it, but for blocks that are not used */
static struct state_live live;
static struct seqlock live_lock;

enum { KEPT_BYTES = offsetof(struct resume_segment, block) + (CLIPS + 1) * sizeof(struct resume_block) };

static void hold(bool law)
{
    if (!law)
        abort();
}

static void load(uint32_t slot, uint32_t rate)
{
    uint32_t block_frames = clipmem_block_frames(CLIPMEM_S16, 2);
    hold(clipmem_prepare(memory, slot, CLIPMEM_S16, 2, rate, rate, FRAMES, FRAMES) == 0);
    for (uint32_t index = 0; index * block_frames < FRAMES; index++) {
        int16_t *samples = clipmem_take(memory, slot, index);
        for (uint32_t i = 0; i < 2 * block_frames; i++)
            samples[i] = (int16_t)(i * 7919 % 30011);
        clipmem_publish(memory, slot, index);
    }
    clipmem_set_state(memory, slot, CLIPMEM_READY);
}

static struct engine *new_engine(void)
{
    struct engine_config config = {.rate = RATE, .memory = memory, .live = &live, .live_lock = &live_lock, .resume = resume};
    return engine_new(&config);
}

static void post(struct engine *engine, struct op op)
{
    static uint32_t serial;
    op.serial = ++serial;
    engine_post(engine, &op);
}

static void install(struct engine *engine, uint16_t clip)
{
    static const struct clip_link link = {.does = LINK_STOP, .target = {TARGET_CLIP, 3}, .delay_s = 0.2};
    struct clip_params *params = xmalloc(sizeof *params);
    *params = (struct clip_params){
        .medium = clip % MEDIA, .group = clip % ENGINE_GROUPS, .out_frames = -1, .gain_lin = 0.5f, .fade_out_s = 0.3,
        .mode = clip % 2 ? CLIP_LOOP : CLIP_ONCE, .seam_s = 0.01, .follow = FOLLOW_CLIP, .follow_clip = (clip + 1) % CLIPS,
        .links = clip == 0, .link = &link, .markers = 2, .marker = {100, 9000}, .sequence = clip == 5 ? 0x212 : 0};
    post(engine, (struct op){.type = OP_CLIP, .frame = ENGINE_NOW, .clip = clip, .params = params});
}

/* Return: whether every sample is a number. */
static bool run(struct engine *engine, unsigned periods)
{
    struct engine_output output;
    struct event event;
    for (unsigned i = 0; i < periods; i++) {
        engine_process_rt(engine, PERIOD, &output);
        for (int bus = 0; bus < ENGINE_BUSSES; bus++)
            for (int k = 0; k < 2 * PERIOD; k++)
                if (!isfinite(output.bus[bus][k]))
                    return false;
        while (engine_take_event(engine, &event))
            if (event.type == EVENT_RETIRED)
                free((void *)(uintptr_t)event.params);
    }
    return true;
}

/* Voices, a tail, one that is paused, one auditioned, a task, converted chains, limiters at work, routing under way. */
static void play_show(void)
{
    struct engine *engine = new_engine();
    struct bus_params bus = {.mono = true, .limiter = true, .sends = {2, {{{1, 2}, 1}, {{3, 9}, 0.5f}}}};
    engine_set_channels_rt(engine, 10);
    for (uint16_t clip = 0; clip < CLIPS; clip++)
        install(engine, clip);
    for (uint16_t clip = 0; clip < 6; clip++)
        post(engine, (struct op){.type = OP_PRESS, .frame = ENGINE_NOW, .clip = clip});
    post(engine, (struct op){.type = OP_AUDITION, .frame = 400, .clip = 6});
    post(engine, (struct op){.type = OP_LIMITERS, .frame = 400, .pairs = 3});
    post(engine, (struct op){.type = OP_STOP, .frame = 500, .target = {TARGET_CLIP, 2}});
    post(engine, (struct op){.type = OP_PAUSE, .frame = 500, .target = {TARGET_CLIP, 4}});
    post(engine, (struct op){.type = OP_BUS, .frame = 900, .bus = bus});
    hold(run(engine, 17));
    memcpy(whole, resume->shared, KEPT_BYTES);
    engine_free(engine);
}

static void begin(void)
{
    int clips = clipmem_create((uint64_t)1024 * CLIPMEM_BLOCK_BYTES), state = resume_create();
    memory = clips < 0 ? NULL : clipmem_map(clips, true);
    resume = state < 0 ? NULL : resume_map(state, true);
    if (!memory || !resume) {
        perror("resume state");
        exit(1);
    }
    whole = xmalloc(KEPT_BYTES);
    for (uint32_t i = 0; i < MEDIA; i++)
        load(i, i % 2 ? 44100 : 48000);
    play_show();
}

/* used: bytes of the copy's data. */
static void change(const uint8_t *bytes, struct resume_copy *copy, size_t used)
{
    struct resume_segment *shared = resume->shared;
    void *const part[] = {copy->data, shared->clip, &shared->block[1], copy};
    const size_t size[] = {used, sizeof shared->clip[0] * CLIPS, sizeof shared->block[0] * CLIPS,
                           offsetof(struct resume_copy, data)};
    unsigned which = bytes[0] % 4;
    uint32_t at = (uint32_t)bytes[1] | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3] << 16;
    int32_t value = (int32_t)((uint32_t)bytes[4] | (uint32_t)bytes[5] << 8 | (uint32_t)(int32_t)(int8_t)bytes[6] << 16);
    size_t words = size[which] / sizeof value;
    if (words)
        memcpy((unsigned char *)part[which] + at % words * sizeof value, &value, sizeof value);
}

static void sum_again(struct resume_copy *copy)
{
    if (copy->bytes <= sizeof copy->data)
        copy->sum = resume_sum_rt(copy->data, copy->bytes);
    for (int i = 1; i <= CLIPS; i++)
        resume->shared->block[i].sum = resume_block_sum(&resume->shared->block[i]);
}

/* What the operator may do next. */
static void act(struct engine *engine)
{
    static const uint8_t types[] = {OP_RESUME, OP_PRESS, OP_RELEASE, OP_SEEK, OP_FADE, OP_EMERGENCY, OP_EMERGENCY, OP_STOP,
                                    OP_PANIC, OP_SILENCE};
    for (unsigned i = 0; i < sizeof types; i++) {
        for (uint16_t clip = 0; clip < CLIPS; clip += 3)
            post(engine, (struct op){.type = types[i], .frame = ENGINE_NOW, .clip = clip, .target = {TARGET_CLIP, clip},
                                     .level_lin = 0.5f, .seconds = 0.01});
        hold(run(engine, 2));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct resume_report report;
    if (!memory)
        begin();
    if (count == 0)
        return 0;
    memcpy(resume->shared, whole, KEPT_BYTES);
    uint64_t sequence = resume_sequence(resume);
    struct resume_copy *newer = &resume->shared->copy[sequence % 2];
    const size_t used = newer->bytes;
    for (size_t at = 1; at + CHANGE_BYTES <= count; at += CHANGE_BYTES)
        change(bytes + at, newer, used);
    if (bytes[0] & 1)
        sum_again(newer);
    if (bytes[0] & 2)
        newer->sum++;
    struct engine *engine = new_engine();
    hold(resume_restore(engine, &report, NULL, NULL));  /* the older copy is whole */
    hold(report.voices + report.dropped <= ENGINE_VOICES && report.rate > 0);
    hold(run(engine, 4));
    act(engine);
    engine_free(engine);
    return 0;
}
