/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An engine that plays its own clock: see fake_engine.h. */
#include "config.h"

#include "base/xalloc.h"
#include "fake_engine.h"
#include "platform/clock.h"

#include <math.h>
#include <stdlib.h>

float fake_sample(uint64_t frame)
{
    return (float)((double)(frame + FAKE_BIAS) / FAKE_FULL);
}

int64_t fake_frame(double sample)
{
    return sample == 0 ? -1 : llround(sample * FAKE_FULL) - FAKE_BIAS;
}

struct engine *engine_new(const struct engine_config *config)
{
    struct engine *engine = xaligned(64, sizeof *engine);
    engine->rate = config ? config->rate : 48000;
    matrix_init(&engine->matrix);
    return engine;
}

void engine_free(struct engine *engine)
{
    free(engine);
}

uint64_t engine_frame_rt(const struct engine *engine)
{
    return atomic_load_explicit(&engine->frame, memory_order_relaxed);
}

void engine_note_rt(struct engine *engine, const struct engine_note *note)
{
    atomic_store_explicit(&engine->xruns, note->xruns, memory_order_relaxed);
    atomic_store_explicit(&engine->late, note->late, memory_order_relaxed);
}

void engine_raise_rt(struct engine *engine, enum state_cause cause)
{
    (void)cause;
    uint32_t number = atomic_load_explicit(&engine->raised, memory_order_relaxed);      /* one audio thread at a time */
    if (number < FAKE_RAISED)
        engine->raised_ns[number] = clock_now_rt();
    atomic_store_explicit(&engine->raised, number + 1, memory_order_release);
}

void engine_know_rate(struct engine *engine, uint32_t rate)
{
    (void)engine, (void)rate;
}

void engine_follow_rt(struct engine *engine, uint32_t rate)
{
    engine->rate = rate;
}

uint32_t engine_rate_rt(const struct engine *engine)
{
    return engine->rate;
}

void engine_set_channels_rt(struct engine *engine, uint32_t channels)
{
    matrix_set_channels_rt(&engine->matrix, channels);
}

void engine_process_rt(struct engine *engine, uint32_t frames, struct engine_output *output)
{
    uint64_t frame = engine_frame_rt(engine);
    for (int bus = 0; bus < ENGINE_BUSSES; bus++) {
        output->bus[bus] = engine->bus[bus];
        for (uint32_t i = 0; i < 2 * frames; i++)
            engine->bus[bus][i] = bus == ENGINE_BUS_AUDITION ? FAKE_AUDITION : 0;
    }
    for (uint32_t i = 0; i < frames; i++) {
        engine->bus[0][2 * i] = fake_sample(frame + i);
        engine->bus[0][2 * i + 1] = -fake_sample(frame + i);
    }
    matrix_begin_rt(&engine->matrix);
    for (unsigned bus = 0; bus < ENGINE_BUSSES; bus++)
        matrix_add_rt(&engine->matrix, bus, engine->bus[bus], (int64_t)frame, frames, 0, frames, engine->gains);
    for (unsigned pair = 0; pair < ENGINE_PAIRS; pair++)
        output->pair[pair] = matrix_pair_rt(&engine->matrix, pair);
    atomic_store_explicit(&engine->frame, frame + frames, memory_order_relaxed);
}
