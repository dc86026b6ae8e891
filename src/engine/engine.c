/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Main's side of the engine: making it, posting operations, taking events. What libm and the
 * allocator have to do is done here, so that period.c and all below it need neither.
 */
#include "config.h"

#include "engine/engine.h"
#include "base/xalloc.h"
#include "engine/core.h"
#include "engine/publish.h"
#include "engine/resume_blocks.h"
#include "pcm/fade.h"
#include "pcm/mix.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A ring whose pages are all there before the audio thread writes one. */
static void ring_make(struct ring *ring, uint32_t cells, size_t cell_bytes)
{
    ring_init(ring, cells, cell_bytes);
    memset(ring->cells, 0, (size_t)cells * cell_bytes);
}

struct engine *engine_new(const struct engine_config *config)
{
    fade_tables_init();
    struct engine *engine = xaligned(_Alignof(struct engine), sizeof *engine);
    for (enum chain_family i = 0; i < FAMILIES; i++)
        family_init(&engine->family[i], i);
    engine->always_late = config->delayed;
    engine->memory = config->memory;
    engine->demand = config->demand;
    engine->live = config->live;
    engine->live_lock = config->live_lock;
    for (int i = 0; i < ENGINE_GROUPS; i++)
        engine->group[i] = (struct group_params){.voices = ENGINE_POOL_UNITS / 2, .gain_lin = 1};
    for (int i = 0; i < ENGINE_BUSSES; i++)
        bus_init_rt(&engine->bus[i]);
    engine_know_rate(engine, config->rate);
    outputs_init(&engine->outputs, config->rate);
    core_follow_rt(engine, engine->known[rates_index_rt(config->rate)]);
    schedule_init_rt(&engine->schedule);
    publish_init(engine);
    engine->resume = config->resume;
    engine->done_before = engine->next_serial = 1;
    ring_make(&engine->ops, ENGINE_OPS, sizeof(struct posted));
    ring_make(&engine->events, ENGINE_EVENTS, sizeof(struct event));
    return engine;
}

static void free_params(const struct clip_params *params)
{
    free((void *)(uintptr_t)params);
}

/* The audio thread is gone: all parameters are main's again. */
static void free_all_params(struct engine *engine)
{
    struct posted posted;
    const struct posted *waiting;
    struct event event;
    while ((waiting = schedule_next_rt(&engine->schedule)))
        free_params(waiting->op.params);
    while (ring_pop_rt(&engine->ops, &posted))
        free_params(posted.op.params);
    while (ring_pop_rt(&engine->events, &event))
        free_params(event.params);
    for (unsigned i = 0; i < engine->retirings; i++)
        free_params(engine->retiring[i]);
    for (int i = 0; i < ENGINE_CLIPS; i++)
        free_params(engine->clip[i].params);
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    free_all_params(engine);
    for (int i = 0; i < RATES; i++)
        rates_free(engine->known[i]);
    ring_clear(&engine->ops);
    ring_clear(&engine->events);
    free(engine);
}

void engine_know_rate(struct engine *engine, uint32_t rate)
{
    int index = rates_index_rt(rate);
    assert(index >= 0);
    if (!engine->known[index])
        atomic_store_explicit(&engine->known[index], rates_new(rate), memory_order_release);
}

void core_fill_sides(struct voice_sides *sides, const struct clip_params *params)
{
    for (unsigned i = 0; i < 2; i++) {
        pan_gains(i + 1, params->pan, &sides->side[i][0], &sides->side[i][1]);
        for (int s = 0; s < SIDES; s++)
            sides->side[i][s] *= params->gain_lin;
    }
}

bool engine_post(struct engine *engine, const struct op *op)
{
    assert(op->type <= OP_FAMILIES && (op->type != OP_CLIP || op->clip < ENGINE_CLIPS));
    if (engine->unanswered >= ENGINE_OPS)
        return false;
    struct posted posted = {.op = *op};
    if (op->type == OP_CLIP && op->params)
        core_fill_sides(&posted.sides, op->params);
    if (op->type == OP_CLIP && op->params && engine->resume)    /* nobody else has them yet */
        ((struct clip_params *)(uintptr_t)op->params)->block = resume_write_block(engine->resume, op->clip, op->params);
    if (op->type != OP_CLIP)
        posted.op.params = NULL;
    ring_push_rt(&engine->ops, &posted);        /* has room: it holds as many as may be unanswered */
    engine->unanswered++;
    return true;
}

bool engine_take_event(struct engine *engine, struct event *event)
{
    if (!ring_pop_rt(&engine->events, event))
        return false;
    engine->unanswered -= event->type == EVENT_RESULT;
    if (event->type == EVENT_RETIRED && engine->resume)
        resume_give_block(engine->resume, event->params->block);
    return true;
}

bool engine_is_sounding(const struct engine *engine)
{
    return atomic_load_explicit(&engine->sounding, memory_order_relaxed);       /* alone: nothing else follows from it */
}
