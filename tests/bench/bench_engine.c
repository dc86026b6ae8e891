/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine's share of a core: what engine_process_rt costs for a second of sound, with its
 * meters and what it publishes, period by period. 24 stereo voices at 48 kHz, half 16-bit and
 * half float, six a group; the same all in a fade; nothing at all; the costliest operation; and half
 * of the voices at 44.1 kHz, so that every bus has a chain that is converted; and with the resume state written.
 * One measurement is half a second of sound.
 */
#include "config.h"

#include "base/xalloc.h"
#include "bench.h"
#include "clipmem/clipmem.h"
#include "engine/engine.h"
#include "engine/resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { VOICES = 24, RATE = 48000, FRAMES = 40 * RATE, SLICE = RATE / 2 };

static struct clipmem *memory;
static struct state_live live;
static struct seqlock live_lock;
static struct resume *resume;          /* where the engine keeps its state, NULL: nowhere */
static struct bench bench;
static uint32_t first_medium;          /* the media of 44.1 kHz follow those of 48 */

static void load(uint32_t slot, uint32_t rate)
{
    enum clipmem_format format = slot % 2 ? CLIPMEM_F32 : CLIPMEM_S16;
    uint32_t block_frames = clipmem_block_frames(format, 2), seed = slot;
    if (clipmem_prepare(memory, slot, format, 2, rate, rate, FRAMES, FRAMES) < 0)
        exit(1);
    for (uint32_t index = 0; index * block_frames < FRAMES; index++) {
        void *block = clipmem_take(memory, slot, index);
        for (uint32_t i = 0; i < 2 * block_frames; i++) {
            seed = seed * 1664525 + 1013904223;
            if (format == CLIPMEM_S16)
                ((int16_t *)block)[i] = (int16_t)(seed >> 16);
            else
                ((float *)block)[i] = (float)(int16_t)(seed >> 16) / 32768;
        }
        clipmem_publish(memory, slot, index);
    }
    clipmem_set_state(memory, slot, CLIPMEM_READY);
}

static void post(struct engine *engine, struct op op)
{
    op.frame = ENGINE_NOW;
    if (!engine_post(engine, &op))
        exit(1);
}

/* What is behind the busses: nothing, ten channels, or these with a limiter on each bus and each pair of channels. */
enum outputs { BUSSES, CHANNELS, LIMITERS };

static void set_outputs(struct engine *engine, enum outputs outputs)
{
    if (outputs >= CHANNELS)
        engine_set_channels_rt(engine, 2 * ENGINE_BUSSES);
    if (outputs < LIMITERS)
        return;
    post(engine, (struct op){.type = OP_LIMITERS, .pairs = 0x1f});
    for (uint8_t i = 0; i < ENGINE_BUSSES; i++) {
        struct bus_params bus = {
            .limiter = true, .sends = {1, {{{(uint8_t)(2 * i + 1), (uint8_t)(2 * i + 2)}, 1}}},
        };
        post(engine, (struct op){.type = OP_BUS, .clip = i, .bus = bus});
    }
}

static struct engine *start(unsigned voices, double fade_in_s, enum outputs outputs, float gain_lin)
{
    struct engine_config config = {.rate = RATE, .memory = memory, .live = &live, .live_lock = &live_lock,
                                   .resume = resume};
    struct engine *engine = engine_new(&config);
    set_outputs(engine, outputs);
    for (uint16_t i = 0; i < voices; i++) {
        struct clip_params *params = xcalloc(1, sizeof *params);
        *params = (struct clip_params){.medium = first_medium + i, .group = (uint8_t)(i % 4), .out_frames = -1,
                                       .gain_lin = gain_lin, .pan = 0.1f,
                                       .press = CLIP_PRESS_RESTART, .fade_in_s = fade_in_s, .fade_in_curve = FADE_S_CURVE};
        post(engine, (struct op){.type = OP_CLIP, .clip = i, .params = params});
        post(engine, (struct op){.type = i == voices - 1 ? OP_AUDITION : OP_PRESS, .clip = i});
    }
    return engine;
}

static void take_events(struct engine *engine)
{
    struct event event;
    while (engine_take_event(engine, &event))
        if (event.type == EVENT_RETIRED)
            free((void *)(uintptr_t)event.params);
}

/* presses: every period presses a clip again, which restarts it. */
static void measure(const char *name, unsigned voices, double fade_in_s, uint32_t period, bool presses, enum outputs outputs,
                    float gain_lin)
{
    struct engine *engine = start(voices, fade_in_s, outputs, gain_lin);
    struct engine_output output;
    unsigned next = 0;
    while (engine_frame_rt(engine) + SLICE + period < FRAMES) {
        double begin = bench_cpu_s();
        uint64_t until = engine_frame_rt(engine) + SLICE;
        while (engine_frame_rt(engine) < until) {
            if (presses)
                post(engine, (struct op){.type = OP_PRESS, .clip = (uint16_t)(next++ % (voices - 1))});
            engine_process_rt(engine, period, &output);
            take_events(engine);
        }
        bench_add(&bench, (bench_cpu_s() - begin) * 100 * RATE / SLICE);
    }
    bench_print(&bench, name);
    engine_free(engine);
}

int main(void)
{
    static const uint32_t periods[] = {64, 256, 1024};
    int fd = clipmem_create(2 * ((uint64_t)VOICES * FRAMES * 8 + (1 << 22)));
    int state_fd = resume_create();
    struct resume *kept = resume_map(state_fd, true);
    memory = clipmem_map(fd, true);
    if (!memory || !kept)
        return 1;
    for (uint32_t i = 0; i < 2 * VOICES; i++)
        load(i, i < VOICES ? RATE : 44100);
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        char title[80];
        snprintf(title, sizeof title, "engine, five busses, period %u", periods[i]);
        bench_print_head(title, "% of a core");
        measure("nothing sounds", 0, 0, periods[i], false, BUSSES, 0.5f);
        measure("24 stereo voices", VOICES, 0, periods[i], false, BUSSES, 0.5f);
        measure("24 stereo voices, all in an s-curve fade", VOICES, 60, periods[i], false, BUSSES, 0.5f);
        measure("24 stereo voices, a restart every period", VOICES, 0, periods[i], true, BUSSES, 0.5f);
        first_medium = VOICES / 2;
        measure("24 stereo voices, half of them 44.1 kHz", VOICES, 0, periods[i], false, BUSSES, 0.5f);
        first_medium = 0;
        measure("24 stereo voices to ten channels", VOICES, 0, periods[i], false, CHANNELS, 0.5f);
        measure("the same, ten limiters, nothing to limit", VOICES, 0, periods[i], false, LIMITERS, 0.02f);
        measure("the same, peaks near the ceiling", VOICES, 0, periods[i], false, LIMITERS, 0.08f);
        measure("the same, far over it all the time", VOICES, 0, periods[i], false, LIMITERS, 0.5f);
        resume = kept;
        measure("24 stereo voices, and their resume state", VOICES, 0, periods[i], false, BUSSES, 0.5f);
        measure("and limiters far over it, and theirs", VOICES, 0, periods[i], false, LIMITERS, 0.5f);
        resume = NULL;
    }
    resume_unmap(kept);
    close(state_fd);
    clipmem_unmap(memory);
    close(fd);
    return 0;
}
